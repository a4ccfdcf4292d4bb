// SPDX-License-Identifier: GPL-2.0
/*
 * Interface Console: lines in the kernel's log, here, and on terminals that were
 * granted (terminal.c).
 */
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include "../../kfuncs.h"
#include "../services.h"

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

/* The kernel's log waits for nobody; a terminal's lock is held by who writes. */
static const struct spin_kfunc kfuncs[] = {
	SPIN_KFUNC(spin_console_write, 600, SPIN_KFUNC_LOCKLESS),
	SPIN_KFUNC(spin_console_print, 3000, 0),
};

static struct spin_interface interface = {
	.name = "Console",
	.authorize = spin_interface_public,
	.kfuncs = kfuncs,
	.count = ARRAY_SIZE(kfuncs),
};

int __init spin_console_init(void)
{
	int err = spin_terminal_init();

	if (err)
		return err;
	err = spin_interface_register(&interface);
	if (err)
		spin_terminal_exit();
	return err;
}

void spin_console_exit(void)
{
	spin_interface_unregister(&interface);
	spin_terminal_exit();
}
