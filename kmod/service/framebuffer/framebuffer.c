// SPDX-License-Identifier: GPL-2.0
/*
 * Capability FrameBuffer: display memory that the user granted, and blits of
 * packet bytes into it.
 */
#include <linux/io.h>
#include <linux/overflow.h>
#include <linux/unaligned.h>
#include <linux/slab.h>
#include <spin/spin.h>
#include "../../capability/pointer.h"
#include "../udp/udp.h"
#include "../io.h"

#define CHUNK_PIXELS	64	/* read from a packet at a time */
#define BLIT_PIXELS	512	/* drawn by one call: it cannot wait */

/**
 * struct framebuffer - a granted display
 * @display: what shows it
 * @map: its memory; constant
 * @geometry: constant
 * @drawn: not 0 if something was drawn since the last flush
 */
struct framebuffer {
	struct spin_display *display;
	struct iosys_map map;
	struct spin_geometry geometry;
	int drawn;
};

static int framebuffer_grant(struct spin_extension *ext,
			     const struct spin_ioc_ext_grant *args,
			     struct spin_capability *capability)
{
	struct framebuffer *fb = kzalloc(sizeof(*fb), GFP_KERNEL_ACCOUNT);

	if (!fb)
		return -ENOMEM;
	fb->display = spin_display_open(ext, args, &fb->geometry, &fb->map);
	if (IS_ERR(fb->display)) {
		int err = PTR_ERR(fb->display);

		kfree(fb);
		return err;
	}
	spin_display_describe(fb->display, capability->what,
			      sizeof(capability->what));
	capability->object = fb;
	return 0;
}

static void framebuffer_release(struct spin_capability *capability)
{
	struct framebuffer *fb = capability->object;

	spin_display_close(fb->display);
	kfree(fb);
}

SPIN_POINTER_IDS(spin_framebuffer)

static const struct spin_capability_type framebuffer_type = {
	.kind = SPIN_CAP_FRAMEBUFFER,
	.pointer = spin_framebuffer_pointer,
	.grant = framebuffer_grant,
	.release = framebuffer_release,
};

/* ---- drawing ---- */

static u32 pixel_bytes(u32 format)
{
	switch (format) {
	case SPIN_PIXELS_RGB24:
	case SPIN_PIXELS_BGR24:
		return 3;
	case SPIN_PIXELS_XRGB32:
	case SPIN_PIXELS_RGBX32:
	case SPIN_PIXELS_BGRX32:
		return 4;
	default:
		return 0;
	}
}

static u32 pixel_load(const u8 *from, u32 format)
{
	switch (format) {
	case SPIN_PIXELS_RGB24:
	case SPIN_PIXELS_RGBX32:
		return from[0] << 16 | from[1] << 8 | from[2];
	case SPIN_PIXELS_XRGB32:
		return get_unaligned((const u32 *)from);
	default:
		return from[2] << 16 | from[1] << 8 | from[0];
	}
}

static void draw(const struct framebuffer *fb, u32 at, const u8 *from,
		 u32 pixels, u32 format)
{
	u32 i, bytes = pixel_bytes(format);

	if (fb->map.is_iomem) {
		u32 __iomem *to = fb->map.vaddr_iomem + at;

		for (i = 0; i < pixels; i++, from += bytes)
			__raw_writel(pixel_load(from, format), to + i);
	} else {
		u32 *to = fb->map.vaddr + at;

		for (i = 0; i < pixels; i++, from += bytes)
			to[i] = pixel_load(from, format);
	}
}

static bool inside(const struct spin_geometry *geometry,
		   const struct spin_blit *blit)
{
	return blit->y < geometry->height && blit->x < geometry->width &&
	       blit->pixels <= geometry->width - blit->x;
}

/* Draws what is inside(). */
static int blit_pixels(struct framebuffer *fb, struct spin_udp_packet *pkt,
		       const struct spin_blit *blit)
{
	u32 bytes = pixel_bytes(blit->format);
	u8 chunk[CHUNK_PIXELS * 4];
	u32 left = blit->pixels;
	struct sk_buff *skb;
	int from;
	u32 to;

	if (!bytes || left > BLIT_PIXELS)
		return -EINVAL;
	from = spin_udp_packet_skb(pkt, blit->offset, left * bytes, &skb);
	if (from < 0)
		return -EINVAL;
	to = blit->y * fb->geometry.pitch + blit->x * 4;
	while (left) {
		u32 n = min_t(u32, left, CHUNK_PIXELS);
		const u8 *data = skb_header_pointer(skb, from, n * bytes, chunk);

		if (!data)
			return -EINVAL;
		draw(fb, to, data, n, blit->format);
		from += n * bytes;
		to += n * 4;
		left -= n;
	}
	WRITE_ONCE(fb->drawn, 1);
	return 0;
}

/*
 * Draws what of @piece is inside; the pixels begin where @blit says. Returns: 1:
 * all of it; 0: not all; an error.
 */
static int blit_piece(struct framebuffer *fb, struct spin_udp_packet *pkt,
		      const struct spin_blit *blit,
		      const struct spin_blit_piece *piece)
{
	const struct spin_geometry *geometry = &fb->geometry;
	struct spin_blit b = *blit;
	int err;

	b.pixels = piece->pixels;
	if (check_add_overflow(b.x, (u32)piece->x, &b.x) ||
	    check_add_overflow(b.y, (u32)piece->y, &b.y) ||
	    b.x >= geometry->width || b.y >= geometry->height)
		return 0;
	b.pixels = min(b.pixels, geometry->width - b.x);
	err = blit_pixels(fb, pkt, &b);
	return err ?: b.pixels == piece->pixels;
}

static int blit_pieces(struct framebuffer *fb, struct spin_udp_packet *pkt,
		       struct spin_blit *blit, const struct spin_blit_piece *pieces,
		       u32 count)
{
	u32 left = blit->pixels, bytes = pixel_bytes(blit->format), i;
	int whole = 0, err;

	if (!bytes || left > BLIT_PIXELS)
		return -EINVAL;
	for (i = 0; i < count; i++) {
		struct spin_blit_piece piece = {
			.pixels = READ_ONCE(pieces[i].pixels),
			.y = READ_ONCE(pieces[i].y),
			.x = READ_ONCE(pieces[i].x),
		};

		if (piece.pixels > left)
			return -EINVAL;
		err = blit_piece(fb, pkt, blit, &piece);
		if (err < 0)
			return err;
		whole += err;
		left -= piece.pixels;
		if (check_add_overflow(blit->offset, piece.pixels * bytes,
				       &blit->offset))
			return -EINVAL;
	}
	return left ? -EINVAL : whole;
}

/* ---- what the functions do; the capability is in use ---- */

static void framebuffer_geometry(const struct spin_capability *capability,
				 struct spin_geometry *geometry)
{
	const struct framebuffer *fb = capability->object;

	*geometry = fb->geometry;
}

/* The extension may share the block with another of its handlers. */
static struct spin_blit blit_copy(const struct spin_blit *blit)
{
	return (struct spin_blit) {
		.x = READ_ONCE(blit->x),
		.y = READ_ONCE(blit->y),
		.offset = READ_ONCE(blit->offset),
		.pixels = READ_ONCE(blit->pixels),
		.format = READ_ONCE(blit->format),
	};
}

static int framebuffer_blit(struct spin_capability *capability,
			    struct spin_udp_packet *pkt,
			    const struct spin_blit *blit)
{
	struct spin_blit b = blit_copy(blit);
	struct framebuffer *fb = capability->object;
	int err;

	err = inside(&fb->geometry, &b) ? blit_pixels(fb, pkt, &b) : -ERANGE;
	if (err)
		spin_count_add(capability, SPIN_COUNT_REFUSED, 1);
	else
		spin_count_add(capability, SPIN_COUNT_BLITS, 1);
	return err;
}

static int framebuffer_blit_pieces(struct spin_capability *capability,
				   struct spin_udp_packet *pkt,
				   const struct spin_blit *blit,
				   const struct spin_blit_piece *pieces, u32 size)
{
	struct spin_blit b = blit_copy(blit);
	u32 count = size / sizeof(*pieces);
	int whole = -EINVAL;

	if (count && count <= SPIN_BLIT_PIECES_MAX && !(size % sizeof(*pieces)))
		whole = blit_pieces(capability->object, pkt, &b, pieces, count);
	if (whole < 0)
		spin_count_add(capability, SPIN_COUNT_REFUSED, 1);
	else
		spin_count_add(capability, SPIN_COUNT_BLITS, whole);
	return whole;
}

static int framebuffer_flush(struct spin_capability *capability)
{
	struct framebuffer *fb = capability->object;
	int err;

	if (!xchg(&fb->drawn, 0))
		return 0;
	spin_handler_let_go();	/* it waits for others' commits */
	err = spin_display_flush(fb->display);
	spin_handler_take_up();
	if (!err)
		spin_count_add(capability, SPIN_COUNT_FLUSHES, 1);
	return err;
}

__bpf_kfunc_start_defs();

__bpf_kfunc int spin_framebuffer_geometry(struct spin_ctx *ctx, u32 fb,
					  struct spin_geometry *geometry)
{
	struct spin_capability *capability =
		spin_capability_use(ctx, fb, SPIN_CAP_FRAMEBUFFER,
				    SPIN_RIGHT_READ);

	if (IS_ERR(capability))
		return PTR_ERR(capability);
	framebuffer_geometry(capability, geometry);
	spin_capability_done(capability);
	return 0;
}

__bpf_kfunc int spin_framebuffer_blit(struct spin_udp_packet *pkt,
				      struct spin_blit *blit)
{
	struct spin_capability *capability =
		spin_capability_use(&pkt->ctx, READ_ONCE(blit->framebuffer),
				    SPIN_CAP_FRAMEBUFFER, SPIN_RIGHT_WRITE);
	int err;

	if (IS_ERR(capability))
		return PTR_ERR(capability);
	err = framebuffer_blit(capability, pkt, blit);
	spin_capability_done(capability);
	return err;
}

__bpf_kfunc int spin_framebuffer_blit_pieces(struct spin_udp_packet *pkt,
					     struct spin_blit *blit,
					     const struct spin_blit_piece *pieces,
					     u32 pieces__sz)
{
	struct spin_capability *capability =
		spin_capability_use(&pkt->ctx, READ_ONCE(blit->framebuffer),
				    SPIN_CAP_FRAMEBUFFER, SPIN_RIGHT_WRITE);
	int whole;

	if (IS_ERR(capability))
		return PTR_ERR(capability);
	whole = framebuffer_blit_pieces(capability, pkt, blit, pieces,
					pieces__sz);
	spin_capability_done(capability);
	return whole;
}

__bpf_kfunc int spin_framebuffer_flush(struct spin_ctx *ctx, u32 fb)
{
	struct spin_capability *capability =
		spin_capability_use(ctx, fb, SPIN_CAP_FRAMEBUFFER,
				    SPIN_RIGHT_WRITE);
	int err;

	if (IS_ERR(capability))
		return PTR_ERR(capability);
	err = framebuffer_flush(capability);
	spin_capability_done(capability);
	return err;
}

SPIN_POINTER_KFUNCS(spin_framebuffer, SPIN_CAP_FRAMEBUFFER)

__bpf_kfunc int spin_framebuffer_geometry_by(struct spin_ctx *ctx,
					     struct spin_framebuffer *fb,
					     struct spin_geometry *geometry)
{
	struct spin_capability *capability =
		spin_capability_use_held(ctx, spin_pointer_capability(fb),
					 SPIN_CAP_FRAMEBUFFER, SPIN_RIGHT_READ);

	if (IS_ERR(capability))
		return PTR_ERR(capability);
	framebuffer_geometry(capability, geometry);
	spin_capability_done(capability);
	return 0;
}

__bpf_kfunc int spin_framebuffer_blit_by(struct spin_udp_packet *pkt,
					 struct spin_framebuffer *fb,
					 struct spin_blit *blit)
{
	struct spin_capability *capability =
		spin_capability_use_held(&pkt->ctx, spin_pointer_capability(fb),
					 SPIN_CAP_FRAMEBUFFER, SPIN_RIGHT_WRITE);
	int err;

	if (IS_ERR(capability))
		return PTR_ERR(capability);
	err = framebuffer_blit(capability, pkt, blit);
	spin_capability_done(capability);
	return err;
}

__bpf_kfunc int
spin_framebuffer_blit_pieces_by(struct spin_udp_packet *pkt,
				struct spin_framebuffer *fb,
				struct spin_blit *blit,
				const struct spin_blit_piece *pieces, u32 pieces__sz)
{
	struct spin_capability *capability =
		spin_capability_use_held(&pkt->ctx, spin_pointer_capability(fb),
					 SPIN_CAP_FRAMEBUFFER, SPIN_RIGHT_WRITE);
	int whole;

	if (IS_ERR(capability))
		return PTR_ERR(capability);
	whole = framebuffer_blit_pieces(capability, pkt, blit, pieces,
					pieces__sz);
	spin_capability_done(capability);
	return whole;
}

__bpf_kfunc int spin_framebuffer_flush_by(struct spin_ctx *ctx,
					  struct spin_framebuffer *fb)
{
	struct spin_capability *capability =
		spin_capability_use_held(ctx, spin_pointer_capability(fb),
					 SPIN_CAP_FRAMEBUFFER, SPIN_RIGHT_WRITE);
	int err;

	if (IS_ERR(capability))
		return PTR_ERR(capability);
	err = framebuffer_flush(capability);
	spin_capability_done(capability);
	return err;
}

__bpf_kfunc_end_defs();

/* To flush takes the locks of the display's modes. */
#define FRAMEBUFFER_KFUNCS(F) \
	F(spin_framebuffer_geometry, KF_TRUSTED_ARGS, 50, SPIN_CLASS_SPINNING, 0) \
	F(spin_framebuffer_blit, KF_TRUSTED_ARGS, 1400, SPIN_CLASS_SPINNING, 0) \
	F(spin_framebuffer_blit_pieces, KF_TRUSTED_ARGS, 2100, SPIN_CLASS_SPINNING, 0) \
	F(spin_framebuffer_flush, KF_TRUSTED_ARGS | KF_SLEEPABLE, 2000, SPIN_CLASS_DISPLAY, 0) \
	F(spin_framebuffer_acquire, KF_TRUSTED_ARGS | KF_ACQUIRE | KF_RET_NULL, \
	  800, SPIN_CLASS_SPINNING, 0) \
	F(spin_framebuffer_release, KF_RELEASE, 100, SPIN_CLASS_SPINNING, 0) \
	F(spin_framebuffer_geometry_by, KF_TRUSTED_ARGS, 50, SPIN_CLASS_SPINNING, 0) \
	F(spin_framebuffer_blit_by, KF_TRUSTED_ARGS, 1400, SPIN_CLASS_SPINNING, 0) \
	F(spin_framebuffer_blit_pieces_by, KF_TRUSTED_ARGS, 2100, SPIN_CLASS_SPINNING, 0) \
	F(spin_framebuffer_flush_by, KF_TRUSTED_ARGS | KF_SLEEPABLE, 2000, SPIN_CLASS_DISPLAY, 0)

SPIN_KFUNC_TABLE(framebuffer_kfuncs, FRAMEBUFFER_KFUNCS);

SPIN_SERVICE(spin_framebuffer_service) = {
	.interface = {
		.name = "FrameBuffer",
		.authorize = spin_interface_public,
		.kfuncs = { &framebuffer_kfuncs },
	},
	.kinds = { &framebuffer_type },
};
