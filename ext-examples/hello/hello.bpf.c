// SPDX-License-Identifier: GPL-2.0
/*
 * hello - the smallest useful extension: one handler, on the event that every
 * extension is given when it is loaded.
 */
#include <spin/bpf/spin.h>
#include <spin/bpf/console.h>

SPIN_EXTENSION("hello");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Console);

SPIN_SLEEPABLE_HANDLER(say_hello, struct spin_initialize *init)
{
	char line[] = "hello from inside the kernel";

	/* What is returned here decides whether the extension is loaded. */
	return spin_console_write(&init->ctx, line, sizeof(line));
}

SPIN_BIND(Domain_Initialize, hello,
	.handler = say_hello);
