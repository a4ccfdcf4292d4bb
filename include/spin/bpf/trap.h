/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interface Trap: events Trap.SystemCall and Trap.SystemCallSleepable are raised
 * when an application calls this extension, through an open file of /dev/spin
 * that it has connected to it (SPIN_IOC_CONNECT in <linux/spin.h>, spin_connect()
 * of libspin). The context of both is struct spin_syscall.
 *
 * Trap.SystemCall comes first, and its handlers cannot sleep; it costs little. A
 * call that they all pass on is raised as Trap.SystemCallSleepable. The extension
 * defines what each number means. A handler returns SPIN_SYSCALL_DONE, with the
 * answer set by spin_syscall_return(); or a negative errno, which the caller
 * gets; or SPIN_SYSCALL_PASS: it knows no such call, and has done nothing.
 */
#ifndef _SPIN_BPF_TRAP_H
#define _SPIN_BPF_TRAP_H

#include <spin/bpf/spin.h>

/**
 * spin_syscall_return - set the answer to a call
 * @call: the context
 * @value: the answer, which the caller gets if a handler says SPIN_SYSCALL_DONE
 *
 * Without it the answer is 0. Any handler of the two events may call it.
 *
 * Returns: 0.
 */
extern int spin_syscall_return(struct spin_syscall *call, __u64 value) __ksym;

/**
 * spin_syscall_load - bytes of the caller's buffer
 * @call: the context
 * @offset: in the buffer, of the first byte
 * @buf: where they go
 * @buf__sz: how many, at most 2048
 *
 * The buffer is a copy that the kernel made before the call. Any handler of the two
 * events may call this.
 *
 * Returns: 0; -EINVAL: the buffer (call->len bytes) is shorter.
 */
extern int spin_syscall_load(struct spin_syscall *call, __u32 offset, void *buf,
			     __u32 buf__sz) __ksym;

/**
 * spin_syscall_store - write to the caller's buffer
 * @call: the context
 * @offset: in the buffer, of the first byte
 * @buf: what
 * @buf__sz: how many bytes, at most 2048
 *
 * The caller sees the bytes if it asked for them (SPIN_CALL_OUT) and a handler says
 * SPIN_SYSCALL_DONE. Any handler of the two events may call this.
 *
 * Returns: 0; -EINVAL: the buffer (call->len bytes) is shorter.
 */
extern int spin_syscall_store(struct spin_syscall *call, __u32 offset,
			      const void *buf, __u32 buf__sz) __ksym;

#endif /* _SPIN_BPF_TRAP_H */
