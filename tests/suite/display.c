// SPDX-License-Identifier: GPL-2.0
/*
 * Grants of displays that are not what they say: memory of another frame
 * buffer, too little of it, a device somebody else is master of.
 */
#include <drm_fourcc.h>
#include <sys/syscall.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "raw.h"

struct buffer {
	__u32 handle, fb, width, height;
	int dma_buf;
};

static int card;

static struct buffer make_buffer(__u32 width, __u32 height, __u32 format)
{
	struct buffer b = { .width = width, .height = height };
	__u32 handles[4] = {}, pitches[4] = {}, offsets[4] = {};
	uint64_t size;

	if (drmModeCreateDumbBuffer(card, width, height,
				    format == DRM_FORMAT_RGB565 ? 16 : 32, 0,
				    &b.handle, &pitches[0], &size))
		give_up("no dumb buffer");
	handles[0] = b.handle;
	if (drmModeAddFB2(card, width, height, format, handles, pitches, offsets,
			  &b.fb, 0))
		b.fb = 0;	/* the driver has no such format */
	if (drmPrimeHandleToFD(card, b.handle, DRM_CLOEXEC | DRM_RDWR,
			       &b.dma_buf))
		give_up("no dma-buf");
	return b;
}

static int grant(int ext, int fd, int fd2, __u32 object)
{
	struct spin_ioc_ext_grant block = {
		.size = sizeof(block), .kind = SPIN_CAP_FRAMEBUFFER,
		.name = "screen", .fd = fd, .fd2 = fd2, .object = object,
	};

	return result(ioctl(ext, SPIN_IOC_EXT_GRANT, &block));
}

static void refused(const char *name, int ext, int ret, const char *word)
{
	const char *text = ext_verdict(ext);

	check(name, ret < 0 && strstr(text, word), word, "%s: %s", said(ret),
	      text);
}

int main(void)
{
	struct census before;
	struct buffer large, small, other;
	int ext, second, ret, read_only;

	card = open("/dev/dri/card0", O_RDWR | O_CLOEXEC);
	if (card < 0) {
		skip("displays", "no /dev/dri/card0 here");
		return 0;
	}
	before = census();
	if (!drmIsMaster(card) && drmSetMaster(card))
		give_up("somebody else has the display");
	large = make_buffer(640, 480, DRM_FORMAT_XRGB8888);
	small = make_buffer(64, 48, DRM_FORMAT_XRGB8888);
	other = make_buffer(640, 480, DRM_FORMAT_RGB565);
	ext = ext_create("display");

	refused("dma_buf_of_another_frame_buffer_is_refused", ext,
		grant(ext, small.dma_buf, card, large.fb), "frame buffer");
	refused("larger_dma_buf_of_another_frame_buffer_is_refused", ext,
		grant(ext, large.dma_buf, card, small.fb), "frame buffer");
	refused("unknown_frame_buffer_is_refused", ext,
		grant(ext, large.dma_buf, card, 0x7777), "no frame buffer");
	refused("file_in_place_of_dma_buf_is_refused", ext,
		grant(ext, card, card, large.fb), "not a dma-buf");
	refused("file_in_place_of_display_is_refused", ext,
		grant(ext, large.dma_buf, spin_device(), large.fb), "display");
	refused("dma_buf_in_place_of_display_is_refused", ext,
		grant(ext, large.dma_buf, large.dma_buf, large.fb), "display");
	if (other.fb)
		refused("frame_buffer_of_other_pixels_is_refused", ext,
			grant(ext, other.dma_buf, card, other.fb), "XR24");
	if (!drmPrimeHandleToFD(card, large.handle, DRM_CLOEXEC, &read_only)) {
		ret = grant(ext, read_only, card, large.fb);
		check("read_only_dma_buf_is_refused_or_the_same",
		      ret < 0 || ret == 1, "an error, or a slot", "%s", said(ret));
		close(read_only);
		if (ret > 0) {
			close(ext);
			ext = ext_create("display");
		}
	}
	second = open("/dev/dri/card0", O_RDWR | O_CLOEXEC);
	refused("display_of_another_master_is_refused", ext,
		grant(ext, large.dma_buf, second, large.fb), "master");
	close(second);

	ret = grant(ext, large.dma_buf, card, large.fb);
	check("right_display_is_granted", ret == 1, "slot 1", "%s: %s", said(ret),
	      ext_verdict(ext));
	/* Gone under the extension's hands, before it goes itself. */
	close(large.dma_buf);
	drmModeRmFB(card, large.fb);
	drmModeDestroyDumbBuffer(card, large.handle);
	close(card);
	close(ext);
	nothing_left("displays_leave_nothing", &before);
	return 0;
}
