// SPDX-License-Identifier: GPL-2.0
/*
 * The set of kernel functions that the verifier may resolve for extensions.
 */
#include <linux/btf_ids.h>
#include "core/internal.h"
#include "kfuncs.h"

BTF_KFUNCS_START(spin_kfunc_ids)
BTF_ID_FLAGS(func, spin_refuse, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, bpf_iter_spin_range_new, KF_ITER_NEW | KF_SLEEPABLE)
BTF_ID_FLAGS(func, bpf_iter_spin_range_next, KF_ITER_NEXT | KF_RET_NULL | KF_SLEEPABLE)
BTF_ID_FLAGS(func, bpf_iter_spin_range_destroy, KF_ITER_DESTROY)
BTF_ID_FLAGS(func, spin_install, KF_TRUSTED_ARGS | KF_SLEEPABLE)
BTF_ID_FLAGS(func, spin_uninstall, KF_TRUSTED_ARGS | KF_SLEEPABLE)
BTF_ID_FLAGS(func, spin_is_installed, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, spin_get_handlers, KF_TRUSTED_ARGS | KF_SLEEPABLE)
BTF_ID_FLAGS(func, spin_filter_set, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, spin_console_write, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, spin_console_print, KF_TRUSTED_ARGS | KF_SLEEPABLE)
BTF_ID_FLAGS(func, spin_udp_data, KF_TRUSTED_ARGS | KF_RET_NULL)
BTF_ID_FLAGS(func, spin_udp_load, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, spin_udp_reply, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, spin_file_size, KF_TRUSTED_ARGS | KF_SLEEPABLE)
BTF_ID_FLAGS(func, spin_file_read, KF_TRUSTED_ARGS | KF_SLEEPABLE)
BTF_ID_FLAGS(func, spin_file_readahead, KF_TRUSTED_ARGS | KF_SLEEPABLE)
BTF_ID_FLAGS(func, spin_socket_send, KF_TRUSTED_ARGS | KF_SLEEPABLE)
BTF_ID_FLAGS(func, spin_directory_open, KF_TRUSTED_ARGS | KF_SLEEPABLE | KF_ACQUIRE | KF_RET_NULL)
BTF_ID_FLAGS(func, spin_stream_send, KF_TRUSTED_ARGS | KF_SLEEPABLE)
BTF_ID_FLAGS(func, spin_stream_send_file, KF_TRUSTED_ARGS | KF_SLEEPABLE)
BTF_ID_FLAGS(func, spin_stream_receive, KF_TRUSTED_ARGS | KF_SLEEPABLE)
BTF_ID_FLAGS(func, spin_framebuffer_geometry, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, spin_framebuffer_blit, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, spin_framebuffer_flush, KF_TRUSTED_ARGS | KF_SLEEPABLE)
BTF_ID_FLAGS(func, spin_fault_zero, KF_TRUSTED_ARGS | KF_SLEEPABLE)
BTF_ID_FLAGS(func, spin_fault_write, KF_TRUSTED_ARGS | KF_SLEEPABLE)
BTF_ID_FLAGS(func, spin_fault_read, KF_TRUSTED_ARGS | KF_SLEEPABLE)
BTF_ID_FLAGS(func, spin_region_info, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, spin_region_discard, KF_TRUSTED_ARGS | KF_SLEEPABLE)
BTF_ID_FLAGS(func, spin_strand_info, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, spin_syscall_return, KF_TRUSTED_ARGS)
BTF_KFUNCS_END(spin_kfunc_ids)

/*
 * Decides on the program alone: with a distilled base BTF the ids in the set
 * above are not those the verifier asks with. Struct_ops programs of others
 * (TCP congestion control, sched_ext) and freplace programs get nothing; the
 * checker does the rest when the program is bound.
 */
int spin_kfunc_filter(const struct bpf_prog *prog, u32 kfunc_id)
{
	if (prog->type != BPF_PROG_TYPE_STRUCT_OPS)
		return -EACCES;
	return spin_event_btf_known(prog->aux->attach_btf) ? 0 : -EACCES;
}
EXPORT_SYMBOL_GPL(spin_kfunc_filter);

static const struct btf_kfunc_id_set kfunc_set = {
	.owner = THIS_MODULE,
	.set = &spin_kfunc_ids,
	.filter = spin_kfunc_filter,
};

int __init spin_kfuncs_init(void)
{
	return register_btf_kfunc_id_set(BPF_PROG_TYPE_STRUCT_OPS, &kfunc_set);
}
