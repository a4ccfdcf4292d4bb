/* SPDX-License-Identifier: GPL-2.0 */
/* Interface Console: say something to whoever runs this machine. */
#ifndef _SPIN_BPF_CONSOLE_H
#define _SPIN_BPF_CONSOLE_H

#include <spin/bpf/spin.h>

/**
 * spin_console_write - write one line to the kernel's log
 * @ctx: context of the handler
 * @text: the line; ends at a NUL or at its size; what is not printable is
 *	replaced by '?'
 * @text__sz: its size in bytes, at most 256
 *
 * The extension's name is put before it. Any context. An extension may write
 * 50 lines in 5 seconds; what is more is dropped.
 *
 * Returns: 0; -EINVAL: size; -EAGAIN: too many lines. (SPIN: Console.Write)
 */
extern int spin_console_write(struct spin_ctx *ctx, const char *text,
			      __u32 text__sz) __ksym;

#endif /* _SPIN_BPF_CONSOLE_H */
