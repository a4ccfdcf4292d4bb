// SPDX-License-Identifier: GPL-2.0
/*
 * Externalises the file it was granted, as often as it is asked to: what
 * bench-revoke.c revokes.
 */
#include <spin/bpf/file.h>
#include <spin/bpf/reference.h>
#include <spin/bpf/trap.h>

SPIN_EXTENSION("bench-revoke");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Trap);
SPIN_IMPORT(Reference);
SPIN_IMPORT(File);
SPIN_CAPABILITY(spin_file_t, file);

/* As many references as the table of the caller's open file has room for. */
SPIN_SLEEPABLE_HANDLER(serve, struct spin_syscall *call)
{
	__u64 made = 0;
	int i;

	spin_for(i, 0, 1 << 16) {
		if (spin_externalize(call, file, 0) < 0)
			break;
		made++;
	}
	spin_syscall_return(call, made);
	return SPIN_SYSCALL_DONE;
}

SPIN_BIND(Trap_SystemCallSleepable, server, .handler = serve);
