/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interface FrameBuffer: granted display memory. Common errors: -ENOENT: the slot
 * is empty; -EBADF: it holds something else; -ESHUTDOWN: the extension is being
 * unloaded.
 */
#ifndef _SPIN_BPF_FRAMEBUFFER_H
#define _SPIN_BPF_FRAMEBUFFER_H

#include <spin/bpf/capability.h>
#include <spin/bpf/spin.h>
#include <spin/bpf/udp.h>

/**
 * spin_framebuffer_geometry - size and format of the display
 * @ctx: context of the handler; any
 * @fb: slot of the capability
 * @geometry: filled in
 *
 * Returns: 0; -ENOENT, -EBADF, -ESHUTDOWN: slot.
 */
extern int spin_framebuffer_geometry(struct spin_ctx *ctx, spin_framebuffer_t fb,
				     struct spin_geometry *geometry) __ksym;

/**
 * spin_framebuffer_blit - draw pixels of a packet, straight from its bytes
 * @pkt: context of the handler of Udp.PacketArrived
 * @blit: which pixels, and where to; one line
 *
 * The CPU reads the packet's bytes and writes display memory: one copy.
 *
 * Returns: 0; -ERANGE: part of it lies outside of the display, nothing is
 * drawn; -EINVAL: the packet has fewer bytes, the format is unknown, or there
 * are more than 512 pixels; -ENOENT, -EBADF, -ESHUTDOWN: slot.
 */
extern int spin_framebuffer_blit(struct spin_udp_packet *pkt,
				 struct spin_blit *blit) __ksym;

/**
 * spin_framebuffer_blit_pieces - draw pixels of a packet on several lines
 * @pkt: context of the handler of Udp.PacketArrived
 * @blit: where the pixels of the first piece are, and the format; its @x and @y
 *	are added to those of each piece, its @pixels are those of all pieces
 *	together, at most 512
 * @pieces: where they go to; their pixels lie one behind the other in the packet
 * @pieces__sz: size of @pieces in bytes: 1 to SPIN_BLIT_PIECES_MAX whole ones
 *
 * Pixels outside of the display are left out.
 *
 * Returns: how many pieces were drawn whole; -EINVAL: the packet has too few bytes,
 * the format is unknown, @pieces__sz is not as above, or the pieces have another
 * number of pixels than @blit; pieces before the wrong one are drawn;
 * -ENOENT, -EBADF, -ESHUTDOWN: slot.
 */
extern int spin_framebuffer_blit_pieces(struct spin_udp_packet *pkt,
					struct spin_blit *blit,
					const struct spin_blit_piece *pieces,
					__u32 pieces__sz) __ksym;

/**
 * spin_framebuffer_flush - show what was drawn
 * @ctx: context of the handler, which must be sleepable
 * @fb: slot of the capability
 *
 * Some displays always show what is in their memory; others show it when they
 * are told.
 *
 * Returns: 0, also if nothing was drawn since the last flush; -ENOENT, -EBADF,
 * -ESHUTDOWN: slot; an error of the display's driver.
 */
extern int spin_framebuffer_flush(struct spin_ctx *ctx,
				  spin_framebuffer_t fb) __ksym;

/* @fb may be a pointer, too: see <spin/bpf/capability.h>. */
extern int spin_framebuffer_geometry_by(struct spin_ctx *ctx,
					struct spin_framebuffer *fb,
					struct spin_geometry *geometry) __ksym;
extern int spin_framebuffer_flush_by(struct spin_ctx *ctx,
				     struct spin_framebuffer *fb) __ksym;

#define spin_framebuffer_geometry(CTX, FB, GEOMETRY)			\
	SPIN_SLOT_OR_POINTER(FB, spin_framebuffer,			\
			     spin_framebuffer_geometry)(CTX, FB, GEOMETRY)
#define spin_framebuffer_flush(CTX, FB)					\
	SPIN_SLOT_OR_POINTER(FB, spin_framebuffer,			\
			     spin_framebuffer_flush)(CTX, FB)

/* To draw by a pointer: these ignore the slot in @blit. */
extern int spin_framebuffer_blit_by(struct spin_udp_packet *pkt,
				    struct spin_framebuffer *fb,
				    struct spin_blit *blit) __ksym;
extern int spin_framebuffer_blit_pieces_by(struct spin_udp_packet *pkt,
					   struct spin_framebuffer *fb,
					   struct spin_blit *blit,
					   const struct spin_blit_piece *pieces,
					   __u32 pieces__sz) __ksym;

#endif /* _SPIN_BPF_FRAMEBUFFER_H */
