/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every kernel function that extensions may call, by interface. The BPF core
 * takes one set of them per module; kfuncs.c holds it. What each does is said
 * for its callers in include/spin/bpf/.
 */
#ifndef _SPIN_KFUNCS_H
#define _SPIN_KFUNCS_H

#include <spin/spin.h>

/* Domain */
int spin_refuse(struct spin_initialize *init, const char *text, u32 text__sz);
int spin_capability_rights(struct spin_ctx *ctx, u32 slot);

int bpf_iter_spin_range_new(struct bpf_iter_spin_range *it, s32 start, s32 end);
s32 *bpf_iter_spin_range_next(struct bpf_iter_spin_range *it);
void bpf_iter_spin_range_destroy(struct bpf_iter_spin_range *it);

/* Dispatcher */
s64 spin_install(struct spin_ctx *ctx, struct spin_install *args);
int spin_uninstall(struct spin_ctx *ctx, u64 id);
int spin_is_installed(struct spin_ctx *ctx, u64 id);
int spin_get_handlers(struct spin_ctx *ctx, u64 *ids, u32 ids__sz);
int spin_filter_set(struct spin_ctx *ctx, u32 argument, u64 value);

/* Proc */
int spin_call(struct spin_ctx *ctx, u32 procedure, void *args, u32 args__sz);
int spin_call_sleepable(struct spin_ctx *ctx, u32 procedure, void *args,
			u32 args__sz);
int spin_call_store(struct spin_call *call, u32 offset, void *data,
		    u32 data__sz);

/* Authorize */
int spin_impose(struct spin_authorize *request, u32 slot, u64 closure);

/* Console */
int spin_console_write(struct spin_ctx *ctx, const char *text, u32 text__sz);
int spin_console_print(struct spin_ctx *ctx, u32 console, const char *text,
		       u32 text__sz);

/* Udp */
const u8 *spin_udp_data(struct spin_udp_packet *pkt, u32 offset,
			u32 rdonly_buf_size);
int spin_udp_load(struct spin_udp_packet *pkt, u32 offset, void *buf,
		  u32 buf__sz);
int spin_udp_reply(struct spin_udp_packet *pkt);

/* Capabilities as pointers: capability/pointer.h */
struct spin_file;
struct spin_socket;
struct spin_framebuffer;

#define SPIN_POINTER_DECLARE(TYPE)					\
struct TYPE *TYPE##_acquire(struct spin_ctx *ctx, u32 slot);		\
void TYPE##_release(struct TYPE *pointer);				\
void TYPE##_release_dtor(void *pointer)

SPIN_POINTER_DECLARE(spin_file);
SPIN_POINTER_DECLARE(spin_socket);
SPIN_POINTER_DECLARE(spin_framebuffer);

/* File */
s64 spin_file_size(struct spin_ctx *ctx, u32 file);
int spin_file_read(struct spin_ctx *ctx, u32 file, u64 offset, void *buf,
		   u32 buf__sz);
int spin_file_readahead(struct spin_ctx *ctx, u32 file, u64 offset, u32 len);
s64 spin_file_size_by(struct spin_ctx *ctx, struct spin_file *file);
int spin_file_read_by(struct spin_ctx *ctx, struct spin_file *file, u64 offset,
		      void *buf, u32 buf__sz);
int spin_file_readahead_by(struct spin_ctx *ctx, struct spin_file *file,
			   u64 offset, u32 len);

/* Socket */
int spin_socket_send(struct spin_ctx *ctx, struct spin_send *msg,
		     const struct spin_udp_dest *dests, u32 dests__sz);
int spin_socket_room(struct spin_ctx *ctx, u32 slot,
		     const struct spin_udp_dest *dest);
int spin_socket_send_by(struct spin_ctx *ctx, struct spin_socket *socket,
			struct spin_send *msg,
			const struct spin_udp_dest *dests, u32 dests__sz);
int spin_socket_send_file(struct spin_ctx *ctx, struct spin_file *file,
			  struct spin_send *msg,
			  const struct spin_udp_dest *dests, u32 dests__sz);

/* Directory */
struct spin_file *spin_directory_open(struct spin_ctx *ctx, u32 directory,
				      const char *name, u32 name__sz,
				      int *error);

/* Stream */
int spin_stream_send(struct spin_ctx *ctx, u32 stream, const void *buf,
		     u32 buf__sz);
int spin_stream_send_file(struct spin_ctx *ctx, u32 stream, u32 file,
			  u64 offset, u32 len);
int spin_stream_receive(struct spin_ctx *ctx, u32 stream, void *buf,
			u32 buf__sz);

/* FrameBuffer */
int spin_framebuffer_geometry(struct spin_ctx *ctx, u32 fb,
			      struct spin_geometry *geometry);
int spin_framebuffer_blit(struct spin_udp_packet *pkt, struct spin_blit *blit);
int spin_framebuffer_blit_pieces(struct spin_udp_packet *pkt,
				 struct spin_blit *blit,
				 const struct spin_blit_piece *pieces,
				 u32 pieces__sz);
int spin_framebuffer_flush(struct spin_ctx *ctx, u32 fb);
int spin_framebuffer_geometry_by(struct spin_ctx *ctx,
				 struct spin_framebuffer *fb,
				 struct spin_geometry *geometry);
int spin_framebuffer_blit_by(struct spin_udp_packet *pkt,
			     struct spin_framebuffer *fb,
			     struct spin_blit *blit);
int spin_framebuffer_blit_pieces_by(struct spin_udp_packet *pkt,
				    struct spin_framebuffer *fb,
				    struct spin_blit *blit,
				    const struct spin_blit_piece *pieces,
				    u32 pieces__sz);
int spin_framebuffer_flush_by(struct spin_ctx *ctx, struct spin_framebuffer *fb);

/* Translation */
int spin_fault_zero(struct spin_fault *fault);
int spin_fault_write(struct spin_fault *fault, u32 offset, const void *buf,
		     u32 buf__sz);
int spin_fault_read(struct spin_fault *fault, u32 file, u64 offset);
int spin_region_info(struct spin_ctx *ctx, u32 region,
		     struct spin_region_info *info);
int spin_region_discard(struct spin_ctx *ctx, u32 region, u64 page, u32 count);

/* Strand */
int spin_strand_info(struct spin_ctx *ctx, u32 strand,
		     struct spin_strand_info *info);

/* Trap */
int spin_syscall_return(struct spin_syscall *call, u64 value);
int spin_syscall_load(struct spin_syscall *call, u32 offset, void *buf,
		      u32 buf__sz);
int spin_syscall_store(struct spin_syscall *call, u32 offset, const void *buf,
		       u32 buf__sz);

/* Reference */
s64 spin_externalize(struct spin_syscall *call, u32 slot, u32 rights);
s64 spin_externalize_value(struct spin_syscall *call, u64 type, u64 value);
int spin_internalize_value(struct spin_syscall *call, u64 handle, u64 type,
			   u64 *value);
int spin_reference_delete(struct spin_syscall *call, u64 handle);

int spin_kfuncs_init(void);

#endif /* _SPIN_KFUNCS_H */
