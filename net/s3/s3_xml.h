/* SPDX-License-Identifier: MIT */
/*
 * The few words of S3's answers that matter. Pure: the answer may be anything.
 */
#ifndef NET_S3_S3_XML_H
#define NET_S3_S3_XML_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The text of the first element of this name that has no others in it, its entities resolved,
 * control characters left out, cut to size. False, and "": there is none.
 */
bool s3_xml_text(const char *xml, size_t len, const char *name, char *ret, size_t size);

/* Is the outermost element of this name? */
bool s3_xml_is(const char *xml, size_t len, const char *name);

#endif
