/* SPDX-License-Identifier: GPL-2.0 */
/* Interface Console: say something to whoever runs this machine, or has a terminal. */
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

/**
 * spin_console_print - write one line to a terminal that was granted
 * @ctx: context of the handler
 * @console: slot of a capability Console; right WRITE
 * @text: the line; ends at a NUL or at its size; what is not printable is
 *	replaced by '?'
 * @text__sz: its size in bytes, 1 to 256
 *
 * A line feed is put behind it. For sleepable handlers, but not for those of page
 * faults; does not wait for a terminal that is stopped or full. (SPIN:
 * Console.Open, which is the grant, and Console.Write)
 *
 * Returns: the bytes that the terminal took, the line feed included: if fewer than
 * there were, the rest is lost; -EAGAIN: none, it is stopped or full; -EIO: it was
 * hung up; -EINVAL: @text__sz; -ENOENT: slot @console is empty; -EBADF: it holds
 * something else; -EACCES: it lacks the right; -EKEYREVOKED: it was taken away;
 * -ESHUTDOWN: the extension is being unloaded.
 */
extern int spin_console_print(struct spin_ctx *ctx, spin_console_t console,
			      const char *text, __u32 text__sz) __ksym;

#endif /* _SPIN_BPF_CONSOLE_H */
