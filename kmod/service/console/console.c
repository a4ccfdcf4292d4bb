// SPDX-License-Identifier: GPL-2.0
/*
 * Interface Console: lines in the kernel's log, here, and on terminals that were
 * granted (terminal.c).
 */
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <spin/spin.h>
#include "terminal.h"

#define LINE_MAX	256

__bpf_kfunc_start_defs();

__bpf_kfunc int spin_console_write(struct spin_ctx *ctx, const char *text,
				   u32 text__sz)
{
	struct spin_extension *ext = spin_ctx_extension(ctx);
	char line[LINE_MAX + 1];

	if (!text__sz || text__sz > LINE_MAX)
		return -EINVAL;
	if (!__ratelimit(spin_extension_console(ext)))
		return -EAGAIN;
	spin_text_clean(line, sizeof(line), text, text__sz);
	pr_info("%s: %s\n", spin_extension_name(ext), line);
	return 0;
}

__bpf_kfunc_end_defs();

/* The kernel's log waits for nobody. */
#define CONSOLE_KFUNCS(F) \
	F(spin_console_write, KF_TRUSTED_ARGS, 600, SPIN_CLASS_SPINNING, 0)

SPIN_KFUNC_TABLE(console_kfuncs, CONSOLE_KFUNCS);

SPIN_SERVICE(spin_console_service) = {
	.interface = {
		.name = "Console",
		.authorize = spin_interface_public,
		.kfuncs = { &console_kfuncs, &spin_terminal_kfuncs },
	},
	.kinds = { &spin_terminal_type },
};
