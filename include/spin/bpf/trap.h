/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interface Trap: events Trap.SystemCall and Trap.SystemCallSleepable, raised
 * when an application calls this extension through an open file of /dev/spin that
 * it has connected to it (SPIN_IOC_CONNECT in <linux/spin.h>, spin_connect() of
 * libspin). Context of both: struct spin_syscall.
 *
 * Trap.SystemCall comes first, and its handlers cannot sleep; it costs little. A
 * call that they all pass on is raised as Trap.SystemCallSleepable. What each
 * number means is the extension's to say. A handler returns SPIN_SYSCALL_DONE,
 * with the answer set by spin_syscall_return(); or a negative errno, which the
 * caller gets; or SPIN_SYSCALL_PASS: it knows no such call, and has done nothing.
 */
#ifndef _SPIN_BPF_TRAP_H
#define _SPIN_BPF_TRAP_H

#include <spin/bpf/spin.h>

/**
 * spin_syscall_return - set the answer to a call
 * @call: the context
 * @value: the answer, which the caller gets if a handler says SPIN_SYSCALL_DONE
 *
 * Without it the answer is 0. Any handler of the two events. Returns: 0.
 */
extern int spin_syscall_return(struct spin_syscall *call, __u64 value) __ksym;

#endif /* _SPIN_BPF_TRAP_H */
