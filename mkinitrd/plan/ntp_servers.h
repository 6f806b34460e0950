/* SPDX-License-Identifier: MIT */
/*
 * Who tells the running machine the time of day: the servers in the configuration of chrony,
 * systemd-timesyncd or ntpd.
 */
#ifndef MKINITRD_PLAN_NTP_SERVERS_H
#define MKINITRD_PLAN_NTP_SERVERS_H

#include "mkinitrd/plan/recipe.h"

/* Puts them into p->conf, which has none, with p's memory. */
void ntp_servers_take(struct recipe *p);

#endif
