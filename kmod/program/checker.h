/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What programs may do, beyond what the verifier looks at. Process context; the
 * checker itself under spin_mutex.
 */
#ifndef _SPIN_CHECKER_H
#define _SPIN_CHECKER_H

#include <linux/bpf.h>

struct spin_event;
struct spin_extension;
struct spin_kfunc_table;

int spin_checker_check(struct spin_extension *ext, struct spin_event *event,
		       struct bpf_prog *prog, bool guard, u32 cost_max,
		       u32 *cost, unsigned long *uses);
bool spin_checker_lean(const struct bpf_prog *prog);
bool spin_checker_helper_allowed(const struct spin_event *event,
				 enum bpf_func_id id, bool guard);

/* loop.c */
int spin_cycle_find(const struct bpf_insn *insns, u32 len, u32 *at);

/* range.c */
extern const struct spin_kfunc_table spin_range_kfuncs;

#endif /* _SPIN_CHECKER_H */
