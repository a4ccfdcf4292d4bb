/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cards of a guest: its display, and what else a kernel makes of itself.
 */
#ifndef _SPIN_TESTS_CARD_H
#define _SPIN_TESTS_CARD_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>

#define DISPLAY_DRIVER "bochs-drm"

/* The path of a driver's card, or NULL. */
static inline const char *card_path(const char *driver)
{
	static char path[32];
	drmVersionPtr version;
	bool found;
	int fd, i;

	for (i = 0; i < 16; i++) {
		snprintf(path, sizeof(path), "/dev/dri/card%d", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		version = drmGetVersion(fd);
		found = version && !strcmp(version->name, driver);
		drmFreeVersion(version);
		close(fd);
		if (found)
			return path;
	}
	return NULL;
}

/* A driver's card, open, or -1. */
static inline int card_of(const char *driver)
{
	const char *path = card_path(driver);

	return path ? open(path, O_RDWR | O_CLOEXEC) : -1;
}

#endif /* _SPIN_TESTS_CARD_H */
