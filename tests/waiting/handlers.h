/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calls that last until somebody waits for their end, of two extensions alike: the
 * including file says which, NAME.
 */
#include "extension.h"
#include <spin/bpf/reference.h>
#include "waits.h"

SPIN_EXTENSION(NAME);
SPIN_LICENSE("GPL");
SPIN_IMPORT(Trap);
SPIN_IMPORT(Dispatcher);
SPIN_IMPORT(File);
SPIN_CAPABILITY_OPTIONAL(spin_file_t, file);

#define PASSING	1	/* slots */
#define ASLEEP	2

__u64 looping;
__u64 turns;
__u64 churned;
__u64 reading;

static int loop(void)
{
	int i, j;

	__sync_fetch_and_add(&looping, 1);
	spin_for(i, 0, 8000000)
		spin_for(j, 0, 8000000)
			turns++;
	__sync_fetch_and_add(&looping, -1);
	return SPIN_SYSCALL_DONE;
}

static int churn_once(struct spin_syscall *call, __u32 slot)
{
	struct spin_install args = { .slot = slot };
	__s64 id = spin_install(&call->ctx, &args);

	return id < 0 ? id : spin_uninstall(&call->ctx, id);
}

/* What is removed piles up for a while: -EDQUOT is no end. */
static int churn(struct spin_syscall *call)
{
	__u64 count = 0;
	int i, j;

	spin_for(i, 0, 8000000) {
		spin_for(j, 0, 8000000) {
			if (count == call->arg[0])
				break;
			if (churn_once(call, PASSING))
				continue;
			count++;
			churned++;
		}
		if (count == call->arg[0])
			break;
	}
	spin_syscall_return(call, count);
	return SPIN_SYSCALL_DONE;
}

static int read(struct spin_syscall *call)
{
	__u64 word = 0;
	int err;

	__sync_fetch_and_add(&reading, 1);
	err = spin_file_read(&call->ctx, file, call->arg[0], &word, sizeof(word));
	__sync_fetch_and_add(&reading, -1);
	if (err < 0)
		return err;
	spin_syscall_return(call, word);
	return SPIN_SYSCALL_DONE;
}

SPIN_SLEEPABLE_HANDLER(serve, struct spin_syscall *call)
{
	switch (call->number) {
	case WAITS_LOOP_OWING:
		/* The reaper waits for this very call. */
		churn_once(call, ASLEEP);
		return loop();
	case WAITS_LOOP:
		return loop();
	case WAITS_CHURN:
		return churn(call);
	case WAITS_READ:
		return read(call);
	default:
		return SPIN_SYSCALL_PASS;
	}
}

SPIN_SLEEPABLE_HANDLER(serve_later, struct spin_syscall *call)
{
	return call->number == WAITS_LATER ? loop() : SPIN_SYSCALL_PASS;
}

SPIN_HANDLER(pass, struct spin_syscall *call)
{
	return SPIN_SYSCALL_PASS;
}

SPIN_BIND(Trap_SystemCallSleepable, server, .handler = serve);
SPIN_BIND(Trap_SystemCall, passing, .handler = pass, .slot = PASSING);
SPIN_BIND(Trap_SystemCallSleepable, later, .handler = serve_later,
	.slot = ASLEEP);
