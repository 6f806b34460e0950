/* SPDX-License-Identifier: MIT */
/*
 * dropbear's SSH client as a pipe to one server: no forwarding, no passwords, no agent. Becomes its
 * localoptions.h.
 */
#define DROPBEAR_CLI_LOCALTCPFWD 0
#define DROPBEAR_CLI_REMOTETCPFWD 0
#define DROPBEAR_CLI_AGENTFWD 0
#define DROPBEAR_CLI_NETCAT 0
#define DROPBEAR_CLI_PASSWORD_AUTH 0
#define DROPBEAR_USE_PASSWORD_ENV 0
#define DROPBEAR_SK_KEYS 0
/* -J &N: the connection is a descriptor that is open already */
#define DROPBEAR_CLI_PROXYCMD 1
/* the smaller one of the two key exchanges against quantum computers */
#define DROPBEAR_SNTRUP761 0
#define DROPBEAR_MLKEM768 1
#define DROPBEAR_DH_GROUP1 0
#define TRANS_MAX_PAYLOAD_LEN 32768
