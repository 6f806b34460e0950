/* SPDX-License-Identifier: MIT */
/*
 * Private keys as ssh-keygen and openssl write them → as dropbear's client reads them: the public
 * key of RFC 4253 6.6 with the secret numbers behind it. Pure.
 */
#ifndef MKINITRD_SSH_SSH_KEY_H
#define MKINITRD_SSH_SSH_KEY_H

#include <stddef.h>
#include <stdint.h>

#define SSH_KEY_BYTES 4096 /* RSA of 8192 bits fits */

/*
 * text: a key without a passphrase, in the form of OpenSSH ("OPENSSH PRIVATE KEY"), PKCS#1 ("RSA
 * …"), SEC 1 ("EC …") or PKCS#8 with one of these; ed25519, ecdsa (nistp256, 384, 521) or rsa; or a
 * key that dropbear has written. NULL with *ret_len, or what is wrong, as the end of a sentence
 * that names the file.
 */
const char *ssh_key_convert(const char *text, size_t len, uint8_t ret[SSH_KEY_BYTES],
			    size_t *ret_len);

#endif
