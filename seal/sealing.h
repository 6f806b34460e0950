/* SPDX-License-Identifier: MIT */
/*
 * What a capture seals: files and short texts, to keys as kdump.conf has them. A build without the
 * TLS library (make NET=0) refuses.
 */
#ifndef SEAL_SEALING_H
#define SEAL_SEALING_H

#include "lib/conf/conf.h"
#include "seal/sink_age.h"

/*
 * sink_age_open() for the keys of the config. 0 or -errno: -ENOKEY: its lines name no key that is
 * one; -ENOTSUP: this build cannot.
 */
int sealing_open(struct sink_age *s, struct sink *below, const struct conf_encrypt *e);

/* age_armor() for them; also -ENOMEM. */
int sealing_text(const struct conf_encrypt *e, const char *text, char *buf, size_t size);
/* A buffer that is large enough for a line of len bytes. */
#define SEALING_TEXT_BYTES(len) AGE_ARMOR_BYTES(len)

#endif
