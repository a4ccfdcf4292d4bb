/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interface Console: lines for the machine's log, and for terminals that were
 * granted.
 */
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
 * The extension's name is put before the line. Handlers of any context may
 * call it. An extension may write 50 lines in 5 seconds; further ones are
 * dropped.
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
 * A line feed is put behind the line. Sleepable handlers may call it, but not
 * those of page faults. It does not wait for a terminal that is stopped or full.
 * (SPIN: Console.Open, which is the grant, and Console.Write)
 *
 * Returns: how many bytes the terminal took, the line feed included; if that is
 * not all, the rest is lost; -EAGAIN: none, because it is stopped or full; -EIO:
 * it was hung up; -EINVAL: @text__sz; -ENOENT: slot @console is empty; -EBADF:
 * it holds something else; -EACCES: it lacks the right; -EKEYREVOKED: it was
 * taken away; -ESHUTDOWN: the extension is being unloaded.
 */
extern int spin_console_print(struct spin_ctx *ctx, spin_console_t console,
			      const char *text, __u32 text__sz) __ksym;

#endif /* _SPIN_BPF_CONSOLE_H */
