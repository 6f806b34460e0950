/* SPDX-License-Identifier: MIT */
/*
 * What a config means on this machine, in words for a person: kdump-mkinitrd --check.
 */
#ifndef MKINITRD_MEANING_H
#define MKINITRD_MEANING_H

#include <stdio.h>

#include "mkinitrd/plan/recipe.h"

/*
 * user: the config as it was read; p: what was made of it; machine: NULL for another root, of which
 * no device can be looked at.
 */
void meaning_print(FILE *to, const struct conf *user, const struct recipe *p,
		   const struct machine *machine);

#endif
