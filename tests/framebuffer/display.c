// SPDX-License-Identifier: GPL-2.0
/*
 * Grants of displays that are not what they say: memory of another frame
 * buffer, too little of it, a device somebody else is master of.
 *
 * usage: display [imported|major]
 */
#include <drm_fourcc.h>
#include <linux/fuse.h>
#include <signal.h>
#include <sys/syscall.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "card.h"
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
		.kind = SPIN_CAP_FRAMEBUFFER,
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

/* A frame buffer in memory of another device's, which may move it. */
static int imported(void)
{
	__u32 handles[4] = {}, pitches[4] = {}, offsets[4] = {}, foreign, fb;
	int other = card_of("vgem"), ext, dma_buf;
	struct buffer own;
	uint64_t size;

	card = card_of("vkms");
	if (card < 0 || other < 0) {
		skip("imported", "no vkms and vgem here");
		return 0;
	}
	if (drmModeCreateDumbBuffer(other, 640, 480, 32, 0, &foreign, &pitches[0],
				    &size) ||
	    drmPrimeHandleToFD(other, foreign, DRM_CLOEXEC | DRM_RDWR, &dma_buf) ||
	    drmPrimeFDToHandle(card, dma_buf, &handles[0]) ||
	    drmModeAddFB2(card, 640, 480, DRM_FORMAT_XRGB8888, handles, pitches,
			  offsets, &fb, 0))
		give_up("no frame buffer in another device's memory");
	own = make_buffer(640, 480, DRM_FORMAT_XRGB8888);
	ext = ext_create("display");
	refused("imported_memory_is_refused", ext,
		grant(ext, dma_buf, card, fb), "another device's");
	expect("its_own_is_granted", grant(ext, own.dma_buf, card, own.fb), 1);
	close(ext);
	return 0;
}

/* A character device of user space's, with DRM's major and a minor of nobody's. */
static void serve_device(int cuse)
{
	static char in[1 << 17];
	const struct fuse_in_header *head = (void *)in;
	struct {
		struct fuse_out_header head;
		struct cuse_init_out init;
		char info[24];
	} device = {
		.head.len = sizeof(device),
		.init = {
			.major = FUSE_KERNEL_VERSION,
			.minor = FUSE_KERNEL_MINOR_VERSION,
			.max_read = 4096, .max_write = 4096,
			.dev_major = 226, .dev_minor = 300,
		},
		.info = "DEVNAME=spin-tests-cuse",
	};
	struct {
		struct fuse_out_header head;
		struct fuse_open_out open;
	} opened = { .head.len = sizeof(opened) };
	struct fuse_out_header done = { .len = sizeof(done) };

	while (read(cuse, in, sizeof(in)) > 0) {
		ssize_t sent;

		device.head.unique = opened.head.unique = done.unique = head->unique;
		if (head->opcode == CUSE_INIT)
			sent = write(cuse, &device, sizeof(device));
		else if (head->opcode == FUSE_OPEN)
			sent = write(cuse, &opened, sizeof(opened));
		else
			sent = write(cuse, &done, sizeof(done));
		if (sent < 0)
			_exit(1);
	}
	_exit(0);
}

static int device_of_major(void)
{
	int cuse = open("/dev/cuse", O_RDWR | O_CLOEXEC), fd, ext;
	pid_t server;

	if (cuse < 0) {
		skip("major", "no /dev/cuse here");
		return 0;
	}
	server = fork();
	if (!server)
		serve_device(cuse);
	close(cuse);
	if (!wait_for((fd = open("/dev/spin-tests-cuse", O_RDWR | O_CLOEXEC)) >= 0, 20))
		give_up("the device does not come");
	ext = ext_create("display");
	refused("device_of_drm_s_major_is_refused", ext, grant(ext, fd, fd, 1),
		"not a display");
	close(ext);
	close(fd);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	return 0;
}

int main(int argc, char **argv)
{
	struct census before;
	struct buffer large, small, other;
	int ext, second, ret, read_only;

	if (argc == 2)
		return strcmp(argv[1], "major") ? imported() :
						    device_of_major();
	card = card_of(DISPLAY_DRIVER);
	if (card < 0) {
		skip("displays", "no display here");
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
	second = card_of(DISPLAY_DRIVER);
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
