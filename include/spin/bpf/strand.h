/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interface Strand: event Strand.Checkpoint is raised when a strand is taken
 * off a CPU, Strand.Resume when it is put on one. The context is struct
 * spin_strand_switch.
 *
 * A strand is a thread of a process that registered itself for this extension,
 * by name (SPIN_IOC_STRAND_REGISTER; spin-profile(1) does it for a command), or
 * that was granted to it (spin_strand_t, --grant NAME=strand:PID/FD). Its
 * first event is a Resume, when it is registered, and its last a Checkpoint,
 * when the registration or the thread ends; they alternate in between.
 *
 * Handlers run in the scheduler with interrupts off, Checkpoint's under its
 * lock. They are short: at most 1,024 instructions. They may count in global
 * variables and look things up in maps; they may not update maps, nor call
 * functions that need a lock or wake somebody. Handlers of one event run on
 * several CPUs at a time, but for one strand one at a time.
 */
#ifndef _SPIN_BPF_STRAND_H
#define _SPIN_BPF_STRAND_H

#include <spin/bpf/spin.h>

/**
 * spin_strand_info - look at a strand that was granted
 * @ctx: context of the handler
 * @strand: slot of the capability; right READ
 * @info: filled in
 *
 * Handlers of any event may call it, but those that run with interrupts off.
 *
 * Returns: 0; -ENXIO: the registration is gone, and its descriptor closed; -ENOENT:
 * slot @strand is empty; -EBADF: it holds something else; -EACCES: it lacks the
 * right; -EKEYREVOKED: it was taken away; -ESHUTDOWN: the extension is being
 * unloaded.
 */
extern int spin_strand_info(struct spin_ctx *ctx, spin_strand_t strand,
			    struct spin_strand_info *info) __ksym;

#endif /* _SPIN_BPF_STRAND_H */
