// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel functions that the verifier may resolve for extensions: all of
 * them, of whichever interface. See name/interface.c for who may call which.
 */
#include <spin/kfuncs.h>
#include "kfuncs.h"

#define SPIN_KFUNCS(F) \
	F(spin_refuse, KF_TRUSTED_ARGS) \
	F(spin_capability_rights, KF_TRUSTED_ARGS) \
	F(bpf_iter_spin_range_new, KF_ITER_NEW | KF_SLEEPABLE) \
	F(bpf_iter_spin_range_next, KF_ITER_NEXT | KF_RET_NULL | KF_SLEEPABLE) \
	F(bpf_iter_spin_range_destroy, KF_ITER_DESTROY) \
	F(spin_install, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_uninstall, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_is_installed, KF_TRUSTED_ARGS) \
	F(spin_get_handlers, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_filter_set, KF_TRUSTED_ARGS) \
	F(spin_call, KF_TRUSTED_ARGS) \
	F(spin_call_sleepable, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_call_store, KF_TRUSTED_ARGS) \
	F(spin_impose, KF_TRUSTED_ARGS) \
	F(spin_console_write, KF_TRUSTED_ARGS) \
	F(spin_console_print, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_udp_data, KF_TRUSTED_ARGS | KF_RET_NULL) \
	F(spin_udp_load, KF_TRUSTED_ARGS) \
	F(spin_udp_reply, KF_TRUSTED_ARGS) \
	F(spin_file_size, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_file_read, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_file_readahead, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_file_acquire, KF_TRUSTED_ARGS | KF_ACQUIRE | KF_RET_NULL) \
	F(spin_file_release, KF_RELEASE) \
	F(spin_file_size_by, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_file_read_by, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_file_readahead_by, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_socket_send, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_directory_open, KF_TRUSTED_ARGS | KF_SLEEPABLE | KF_ACQUIRE | KF_RET_NULL) \
	F(spin_stream_send, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_stream_send_file, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_stream_receive, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_socket_room, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_socket_acquire, KF_TRUSTED_ARGS | KF_ACQUIRE | KF_RET_NULL) \
	F(spin_socket_release, KF_RELEASE) \
	F(spin_socket_send_by, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_socket_send_file, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_framebuffer_geometry, KF_TRUSTED_ARGS) \
	F(spin_framebuffer_blit, KF_TRUSTED_ARGS) \
	F(spin_framebuffer_blit_pieces, KF_TRUSTED_ARGS) \
	F(spin_framebuffer_flush, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_framebuffer_acquire, KF_TRUSTED_ARGS | KF_ACQUIRE | KF_RET_NULL) \
	F(spin_framebuffer_release, KF_RELEASE) \
	F(spin_framebuffer_geometry_by, KF_TRUSTED_ARGS) \
	F(spin_framebuffer_blit_by, KF_TRUSTED_ARGS) \
	F(spin_framebuffer_blit_pieces_by, KF_TRUSTED_ARGS) \
	F(spin_framebuffer_flush_by, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_fault_zero, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_fault_write, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_fault_read, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_region_info, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_region_discard, KF_TRUSTED_ARGS | KF_SLEEPABLE) \
	F(spin_strand_info, KF_TRUSTED_ARGS) \
	F(spin_syscall_return, KF_TRUSTED_ARGS) \
	F(spin_syscall_load, KF_TRUSTED_ARGS) \
	F(spin_syscall_store, KF_TRUSTED_ARGS) \
	F(spin_externalize, KF_TRUSTED_ARGS) \
	F(spin_externalize_value, KF_TRUSTED_ARGS) \
	F(spin_internalize_value, KF_TRUSTED_ARGS) \
	F(spin_reference_delete, KF_TRUSTED_ARGS)

SPIN_KFUNC_TABLE(spin_kfunc_table, SPIN_KFUNCS);

int __init spin_kfuncs_init(void)
{
	return spin_kfunc_table_register(&spin_kfunc_table);
}
