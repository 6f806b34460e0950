/* SPDX-License-Identifier: MIT */
/*
 * A build without the TLS library.
 */
#include <errno.h>

#include "seal/sealing.h"

int sealing_open(struct sink_age *s, struct sink *below, const struct conf_encrypt *e)
{
	(void)s, (void)below, (void)e;
	return -ENOTSUP;
}

int sealing_text(const struct conf_encrypt *e, const char *text, char *buf, size_t size)
{
	(void)e, (void)text, (void)buf, (void)size;
	return -ENOTSUP;
}
