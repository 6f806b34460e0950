/* SPDX-License-Identifier: MIT */
/*
 * Images that stay right by themselves: each installed kernel has one, made from what is there now.
 */
#ifndef LOADER_UPDATE_UPDATE_H
#define LOADER_UPDATE_UPDATE_H

struct update_options {
	const char *release;  /* this kernel alone; NULL: all that are installed */
	const char *mkinitrd; /* the program that makes an image */
};

/*
 * Makes the images that are missing, damaged or made from what has changed since, says why, and loads
 * the crash kernel again where the running kernel's image is a new one. What is loaded stays loaded
 * until the new pair takes its place. An image that kdump-mkinitrd did not make, or made otherwise
 * than by default (in two parts, for another root), is left alone. root: as for host_read(). 0, or
 * -1 where something failed, which is told.
 */
int update_run(int root, const struct update_options *o);

#endif
