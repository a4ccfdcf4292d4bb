// SPDX-License-Identifier: GPL-2.0
/* The extension of Documentation/system-calls.rst, "A buffer". */
#include <spin/bpf/trap.h>

SPIN_EXTENSION("mirror");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Trap);

#define MIRROR	1	/* the buffer's 16 bytes, in the opposite order */

SPIN_HANDLER(serve, struct spin_syscall *call)
{
	__u64 word[2], turned[2];

	if (call->number != MIRROR)
		return SPIN_SYSCALL_PASS;
	if (spin_syscall_load(call, 0, word, sizeof(word)))
		return -22;	/* EINVAL: the buffer has not so many */
	turned[0] = __builtin_bswap64(word[1]);
	turned[1] = __builtin_bswap64(word[0]);
	spin_syscall_store(call, 0, turned, sizeof(turned));
	spin_syscall_return(call, call->len);
	return SPIN_SYSCALL_DONE;
}

SPIN_BIND(Trap_SystemCall, server, .handler = serve);
