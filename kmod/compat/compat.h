/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that differs between the kernels spin.ko is built for, and what it uses
 * of the BPF core's private state. Included before everything else by the
 * compiler's command line. Features are tested for, versions only where a
 * feature leaves no trace.
 */
#ifndef _SPIN_COMPAT_H
#define _SPIN_COMPAT_H

#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#error "spin needs Linux 6.12 or later"
#endif
#ifdef CONFIG_PREEMPT_RT
#error "spin does not support PREEMPT_RT"
#endif
#if defined(CONFIG_CFI) || defined(CONFIG_CFI_CLANG)
#error "spin does not support kernel control-flow integrity (CONFIG_CFI, CONFIG_CFI_CLANG): programs are called by a type of its own"
#endif
#ifndef CONFIG_X86_64
#error "spin supports x86-64 only"
#endif

/* Of BPF_ATOMIC; some kernels do not have them yet. */
#ifndef BPF_LOAD_ACQ
#define BPF_LOAD_ACQ	0x100
#define BPF_STORE_REL	0x110
#endif

/* Trusted arguments became the default. */
#ifndef KF_TRUSTED_ARGS
#define KF_TRUSTED_ARGS	0
#endif

/*
 * Functions for programs of BPF have no prototype in C. The compiler is told in the
 * kernel's headers; sparse here.
 */
#ifdef __CHECKER__
#undef __bpf_kfunc
#define __bpf_kfunc	__attribute__((externally_visible))
#endif

/* The argument became a string. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define SPIN_IMPORT_NS(NS)	MODULE_IMPORT_NS(#NS)
#else
#define SPIN_IMPORT_NS(NS)	MODULE_IMPORT_NS(NS)
#endif

/*
 * A program of another (freplace, tail call target) put into ours would run
 * unchecked. The BPF core refuses to extend what is in a prog array, and to
 * put in one what is extended: count ours as if it were in one.
 */
static inline int spin_prog_forbid_extension(struct bpf_prog *prog)
{
	int err = 0;

	mutex_lock(&prog->aux->ext_mutex);
	if (prog->aux->is_extended)
		err = -EBUSY;
	else
		prog->aux->prog_array_member_cnt++;
	mutex_unlock(&prog->aux->ext_mutex);
	return err;
}

static inline void spin_prog_permit_extension(struct bpf_prog *prog)
{
	mutex_lock(&prog->aux->ext_mutex);
	prog->aux->prog_array_member_cnt--;
	mutex_unlock(&prog->aux->ext_mutex);
}

#endif /* _SPIN_COMPAT_H */
