// SPDX-License-Identifier: GPL-2.0
/*
 * What is in the display's memory: the pixels of a rectangle, three bytes each
 * (red, green, blue), to standard output.
 *
 * usage: screen X Y WIDTH HEIGHT
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "card.h"

static void give_up(const char *what)
{
	fprintf(stderr, "screen: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* The frame buffer that is on display. */
static drmModeFB *find_buffer(int card)
{
	drmModeRes *res = drmModeGetResources(card);

	if (!res)
		give_up("no resources");
	for (int i = 0; i < res->count_crtcs; i++) {
		drmModeCrtc *crtc = drmModeGetCrtc(card, res->crtcs[i]);

		if (crtc && crtc->buffer_id)
			return drmModeGetFB(card, crtc->buffer_id);
	}
	errno = ENOENT;
	return NULL;
}

int main(int argc, char **argv)
{
	int card = card_of(DISPLAY_DRIVER);
	uint32_t x, y, width, height, row, column;
	const uint8_t *memory;
	drmModeFB *fb;
	uint64_t offset;

	if (argc != 5) {
		fputs("usage: screen X Y WIDTH HEIGHT\n", stderr);
		return 2;
	}
	x = atoi(argv[1]);
	y = atoi(argv[2]);
	width = atoi(argv[3]);
	height = atoi(argv[4]);
	if (card < 0)
		give_up("no card of " DISPLAY_DRIVER);
	fb = find_buffer(card);
	if (!fb || !fb->handle)
		give_up("no frame buffer");
	if (x + width > fb->width || y + height > fb->height) {
		fprintf(stderr, "screen: it has %ux%u pixels\n", fb->width,
			fb->height);
		return 1;
	}
	if (drmModeMapDumbBuffer(card, fb->handle, &offset))
		give_up("cannot map it");
	memory = mmap(NULL, (size_t)fb->pitch * fb->height, PROT_READ,
		      MAP_SHARED, card, offset);
	if (memory == MAP_FAILED)
		give_up("cannot map it");
	for (row = y; row < y + height; row++)
		for (column = x; column < x + width; column++) {
			const uint8_t *p = memory + (size_t)row * fb->pitch +
					   column * 4;

			putchar(p[2]);
			putchar(p[1]);
			putchar(p[0]);
		}
	if (fflush(stdout) || ferror(stdout))
		give_up("standard output");
	return 0;
}
