// SPDX-License-Identifier: GPL-2.0
/*
 * A display: a DRM dumb buffer that its owner shows, reached through its
 * dma-buf. The only file that knows DRM.
 *
 * The symbols of drm.ko are weak: spin.ko loads on a machine without a display
 * too, and then has none to offer. Loaded by modprobe, it brings drm.ko along.
 */
#include <linux/dma-buf.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <drm/drm_auth.h>
#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_fourcc.h>
#include <drm/drm_framebuffer.h>
#include <drm/drm_gem.h>
#include "../io.h"

extern typeof(drm_framebuffer_lookup) drm_framebuffer_lookup __weak;
extern typeof(drm_mode_object_put) drm_mode_object_put __weak;
extern typeof(drm_is_current_master) drm_is_current_master __weak;
extern typeof(drm_open) drm_open __weak;

#ifndef DRM_MAJOR
#define DRM_MAJOR	226	/* not in every kernel's headers */
#endif

/**
 * struct spin_display - one granted display
 * @card: the DRM device's file: while it is held, what it shows stays
 * @fb: the DRM frame buffer
 * @memory: its memory
 * @map: where the kernel sees it
 */
struct spin_display {
	struct file *card;
	struct drm_framebuffer *fb;
	struct dma_buf *memory;
	struct iosys_map map;
};

bool spin_display_supported(void)
{
	return drm_framebuffer_lookup && drm_mode_object_put &&
	       drm_is_current_master && drm_open;
}

/* The DRM file behind a descriptor's file, or NULL. */
static struct drm_file *drm_file_of(struct file *file)
{
	struct inode *inode = file_inode(file);

	/*
	 * The major is not DRM's alone: other character devices can have minors
	 * of it that DRM has not taken (CUSE). DRM's open() sets private_data.
	 */
	if (!S_ISCHR(inode->i_mode) || imajor(inode) != DRM_MAJOR ||
	    file->f_op->open != drm_open)
		return NULL;
	return file->private_data;
}

/*
 * Drivers whose memory stays in place while it is mapped. Others (amdgpu, i915,
 * …) may move a buffer that is not shown any more, and blits would hit what has
 * come there instead.
 */
static const char * const drivers[] = {
	"ast", "bochs-drm", "cirrus-qemu", "hyperv_drm", "mgag200", "simpledrm",
	"vboxvideo", "virtio_gpu", "vkms",
};

static bool driver_known(const struct drm_device *dev)
{
	return match_string(drivers, ARRAY_SIZE(drivers), dev->driver->name) >= 0;
}

static int card_check(struct spin_extension *ext, const char *name,
		      struct file *card)
{
	struct drm_file *drm = drm_file_of(card);

	if (!drm || drm->minor->type != DRM_MINOR_PRIMARY) {
		spin_extension_refuse(ext, "capability '%s': the descriptor is not a display (/dev/dri/cardN)",
				      name);
		return -ENODEV;
	}
	if (!driver_known(drm->minor->dev)) {
		spin_extension_refuse(ext, "capability '%s': it is not known of driver '%s' that display memory stays where it is",
				      name, drm->minor->dev->driver->name);
		return -EOPNOTSUPP;
	}
	if (!drm_is_current_master(drm)) {
		spin_extension_refuse(ext, "capability '%s': somebody else is master of the display (an X or Wayland server?)",
				      name);
		return -EACCES;
	}
	return 0;
}

static int fb_check(struct spin_extension *ext, const char *name,
		    const struct drm_framebuffer *fb,
		    const struct dma_buf *memory)
{
	if (!fb->obj[0] || fb->obj[0]->dma_buf != memory ||
	    !(memory->file->f_mode & FMODE_WRITE)) {
		spin_extension_refuse(ext, "capability '%s': the dma-buf is not the writable memory of frame buffer %u",
				      name, fb->base.id);
		return -EINVAL;
	}
	/* Of another driver, which may move it. */
	if (fb->obj[0]->import_attach) {
		spin_extension_refuse(ext, "capability '%s': the memory of frame buffer %u is another device's; make it of a buffer of the display's own",
				      name, fb->base.id);
		return -EOPNOTSUPP;
	}
	if (fb->format->format != DRM_FORMAT_XRGB8888 &&
	    fb->format->format != DRM_FORMAT_ARGB8888) {
		spin_extension_refuse(ext, "capability '%s': the frame buffer's pixels are %p4cc; XR24 is needed",
				      name, &fb->format->format);
		return -EINVAL;
	}
	if (fb->offsets[0] || fb->modifier || !fb->width || !fb->height ||
	    fb->pitches[0] % 4 || fb->pitches[0] / 4 < fb->width ||
	    (u64)fb->pitches[0] * fb->height > memory->size) {
		spin_extension_refuse(ext, "capability '%s': a dma-buf of %zu bytes is too small for %ux%u pixels",
				      name, memory->size, fb->width, fb->height);
		return -EINVAL;
	}
	return 0;
}

static int display_fill(struct spin_extension *ext,
			const struct spin_ioc_ext_grant *args,
			struct spin_display *display)
{
	struct drm_file *drm;
	int err;

	display->card = fget(args->fd2);
	if (!display->card) {
		spin_extension_refuse(ext, "capability '%s': descriptor %d is not open",
				      args->name, args->fd2);
		return -EBADF;
	}
	err = card_check(ext, args->name, display->card);
	if (err)
		return err;
	drm = drm_file_of(display->card);
	display->fb = drm_framebuffer_lookup(drm->minor->dev, drm, args->object);
	if (!display->fb) {
		spin_extension_refuse(ext, "capability '%s': the display has no frame buffer %u",
				      args->name, args->object);
		return -ENOENT;
	}
	display->memory = dma_buf_get(args->fd);
	if (IS_ERR(display->memory)) {
		err = PTR_ERR(display->memory);
		display->memory = NULL;
		spin_extension_refuse(ext, "capability '%s': descriptor %d is not a dma-buf",
				      args->name, args->fd);
		return err;
	}
	err = fb_check(ext, args->name, display->fb, display->memory);
	if (err)
		return err;
	err = dma_buf_vmap_unlocked(display->memory, &display->map);
	if (err)
		spin_extension_refuse(ext, "capability '%s': the driver cannot map the display's memory (error %d)",
				      args->name, err);
	return err;
}

/**
 * spin_display_open - take a display
 * @ext: for the reason of a refusal
 * @args: what the user granted
 * @geometry: filled in
 * @map: filled in: its memory
 *
 * Returns it or ERR_PTR. Process context.
 */
struct spin_display *spin_display_open(struct spin_extension *ext,
				       const struct spin_ioc_ext_grant *args,
				       struct spin_geometry *geometry,
				       struct iosys_map *map)
{
	struct spin_display *display;
	int err;

	if (!spin_display_supported()) {
		spin_extension_refuse(ext, "capability '%s': there is no display driver; load one (modprobe drm), then spin again",
				      args->name);
		return ERR_PTR(-ENODEV);
	}
	display = kzalloc(sizeof(*display), GFP_KERNEL_ACCOUNT);
	if (!display)
		return ERR_PTR(-ENOMEM);
	err = display_fill(ext, args, display);
	if (err) {
		spin_display_close(display);
		return ERR_PTR(err);
	}
	*map = display->map;
	*geometry = (struct spin_geometry) {
		.width = display->fb->width,
		.height = display->fb->height,
		.pitch = display->fb->pitches[0],
		.format = display->fb->format->format,
	};
	return display;
}

/* Also for one that was filled in part of the way. */
void spin_display_close(struct spin_display *display)
{
	if (!iosys_map_is_null(&display->map))
		dma_buf_vunmap_unlocked(display->memory, &display->map);
	if (display->memory)
		dma_buf_put(display->memory);
	if (display->fb)
		drm_framebuffer_put(display->fb);
	if (display->card)
		fput(display->card);
	kfree(display);
}

/* Process context, sleeps. Returns 0 or the driver's error. */
int spin_display_flush(struct spin_display *display)
{
	struct drm_framebuffer *fb = display->fb;
	struct drm_clip_rect clip = { 0, 0, fb->width, fb->height };

	if (!fb->funcs->dirty)
		return 0;	/* it shows what is in its memory */
	return fb->funcs->dirty(fb, NULL, 0, 0, &clip, 1);
}

void spin_display_describe(struct spin_display *display, char *what, size_t size)
{
	snprintf(what, size, "%s %ux%u", display->fb->dev->driver->name,
		 display->fb->width, display->fb->height);
}
