// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Grant framebuffer:/dev/dri/cardN[:WxH]: a buffer of that size, black, shown
 * on the first display that is connected. The module keeps the device's file,
 * so the picture outlives this process.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "internal.h"

#define DEPTH	24
#define BPP	32

struct screen {
	struct spin *spin;
	char device[128];
	unsigned int width, height;	/* wanted; 0: the preferred mode */
	int fd;
	__u32 connector, crtc;
	drmModeModeInfo mode;
	__u32 handle, pitch, fb;
	uint64_t size;
};

/* Split "DEVICE[:WxH]"; what follows a colon and is no size is part of DEVICE. */
static int parse(struct screen *s, const char *what)
{
	const char *colon = strrchr(what, ':');
	size_t len = strlen(what);
	int end = -1;

	if (colon && sscanf(colon, ":%5ux%5u%n", &s->width, &s->height,
			    &end) == 2 && !colon[end]) {
		len = colon - what;
		if (!s->width || !s->height)
			return spin_fail(s->spin, -EINVAL,
					 "a display has no mode '%s'", colon + 1);
	} else {
		s->width = s->height = 0;
	}
	if (!len || len >= sizeof(s->device))
		return spin_fail(s->spin, -EINVAL,
				 "'%s' names no display: write /dev/dri/cardN[:WxH]",
				 what);
	memcpy(s->device, what, len);
	s->device[len] = '\0';
	return 0;
}

static int open_card(struct screen *s)
{
	uint64_t dumb = 0;
	int err;

	s->fd = open(s->device, O_RDWR | O_CLOEXEC);
	if (s->fd < 0) {
		err = -errno;
		return spin_fail(s->spin, err, "cannot open the display %s: %s",
				 s->device, spin_strerror(err));
	}
	if (drmGetCap(s->fd, DRM_CAP_DUMB_BUFFER, &dumb))
		return spin_fail(s->spin, -ENOTTY,
				 "%s is not a DRM device: displays are /dev/dri/cardN",
				 s->device);
	if (!dumb)
		return spin_fail(s->spin, -EOPNOTSUPP,
				 "%s has no frame buffers the CPU can draw in",
				 s->device);
	/* Opening it made us master already if nobody was. */
	if (!drmIsMaster(s->fd) && drmSetMaster(s->fd)) {
		err = -errno;
		return spin_fail(s->spin, err,
				 "another program (or extension) has the display %s: stop or unload it first",
				 s->device);
	}
	return 0;
}

/* The mode wanted among a connector's. */
static bool find_mode(struct screen *s, const drmModeConnector *conn)
{
	int i, best = -1;

	for (i = 0; i < conn->count_modes; i++) {
		const drmModeModeInfo *mode = &conn->modes[i];

		if (!s->width) {
			if (best < 0 || mode->type & DRM_MODE_TYPE_PREFERRED)
				best = i;
			if (mode->type & DRM_MODE_TYPE_PREFERRED)
				break;
		} else if (mode->hdisplay == s->width &&
			   mode->vdisplay == s->height) {
			best = i;
			break;
		}
	}
	if (best < 0)
		return false;
	s->mode = conn->modes[best];
	return true;
}

/* A scan-out engine that can drive the connector; the present one if any. */
static bool find_crtc(struct screen *s, const drmModeRes *res,
		      const drmModeConnector *conn)
{
	drmModeEncoder *encoder;
	int i, j;

	s->crtc = 0;
	for (i = -1; i < conn->count_encoders && !s->crtc; i++) {
		encoder = drmModeGetEncoder(s->fd, i < 0 ? conn->encoder_id :
							   conn->encoders[i]);
		if (!encoder)
			continue;
		if (i < 0)
			s->crtc = encoder->crtc_id;
		for (j = 0; j < res->count_crtcs && j < 32 && !s->crtc; j++)
			if (encoder->possible_crtcs & (1U << j))
				s->crtc = res->crtcs[j];
		drmModeFreeEncoder(encoder);
	}
	return s->crtc;
}

static int no_mode(struct screen *s, const drmModeConnector *conn)
{
	struct spin_list modes = {};
	char size[16];
	int i;

	for (i = 0; i < conn->count_modes && modes.count < 20; i++) {
		snprintf(size, sizeof(size), "%ux%u", conn->modes[i].hdisplay,
			 conn->modes[i].vdisplay);
		if (!strstr(modes.text, size))
			spin_list_add(&modes, size);
	}
	return spin_fail(s->spin, -EINVAL,
			 "the display at %s has no mode %ux%u (it has: %s)",
			 s->device, s->width, s->height, spin_list_text(&modes));
}

static int find_display(struct screen *s, const drmModeRes *res)
{
	drmModeConnector *conn;
	int i, err;

	for (i = 0; i < res->count_connectors; i++) {
		conn = drmModeGetConnector(s->fd, res->connectors[i]);
		if (!conn)
			continue;
		if (conn->connection != DRM_MODE_CONNECTED ||
		    !conn->count_modes) {
			drmModeFreeConnector(conn);
			continue;
		}
		s->connector = conn->connector_id;
		if (!find_mode(s, conn))
			err = no_mode(s, conn);
		else if (!find_crtc(s, res, conn))
			err = spin_fail(s->spin, -ENODEV,
					"nothing can drive the display at %s",
					s->device);
		else
			err = 0;
		drmModeFreeConnector(conn);
		return err;
	}
	return spin_fail(s->spin, -ENODEV, "no display is connected to %s",
			 s->device);
}

static int clear(struct screen *s)
{
	void *pixels;
	uint64_t offset;
	int err;

	err = drmModeMapDumbBuffer(s->fd, s->handle, &offset);
	if (err)
		return err;
	pixels = mmap(NULL, s->size, PROT_READ | PROT_WRITE, MAP_SHARED, s->fd,
		      offset);
	if (pixels == MAP_FAILED)
		return -errno;
	memset(pixels, 0, s->size);
	munmap(pixels, s->size);
	return 0;
}

/* What fails half-way is undone when the device is closed. */
static int show(struct screen *s, struct spin_thing *thing)
{
	int err;

	err = drmModeCreateDumbBuffer(s->fd, s->mode.hdisplay, s->mode.vdisplay,
				      BPP, 0, &s->handle, &s->pitch, &s->size);
	if (!err)
		err = drmModeAddFB(s->fd, s->mode.hdisplay, s->mode.vdisplay,
				   DEPTH, BPP, s->pitch, s->handle, &s->fb);
	if (!err)
		err = clear(s);
	if (!err)
		err = drmModeSetCrtc(s->fd, s->crtc, s->fb, 0, 0, &s->connector,
				     1, &s->mode);
	if (!err)
		err = drmPrimeHandleToFD(s->fd, s->handle,
					 DRM_CLOEXEC | DRM_RDWR, &thing->fd);
	if (!err)
		return 0;
	err = err == -1 ? -errno : err;
	return spin_fail(s->spin, err,
			 "cannot show a frame buffer of %ux%u on %s: %s",
			 s->mode.hdisplay, s->mode.vdisplay, s->device,
			 spin_strerror(err));
}

int spin_grant_framebuffer(struct spin *spin, const char *what,
			   struct spin_thing *thing)
{
	struct screen s = { .spin = spin, .fd = -1 };
	drmModeRes *res;
	int err;

	err = parse(&s, what);
	if (err)
		return err;
	err = open_card(&s);
	thing->fd2 = s.fd;
	if (err)
		return err;
	res = drmModeGetResources(s.fd);
	if (!res)
		return spin_fail(spin, -ENODEV,
				 "%s drives no displays", s.device);
	err = find_display(&s, res);
	drmModeFreeResources(res);
	if (!err)
		err = show(&s, thing);
	thing->object = s.fb;
	return err;
}
