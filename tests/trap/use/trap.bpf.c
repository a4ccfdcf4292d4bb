// SPDX-License-Identifier: GPL-2.0
/*
 * Serves calls of applications (tests/trap/calls.c).
 */
#include "extension.h"
#include <spin/bpf/reference.h>
#include "../calls.h"

SPIN_EXTENSION("trap");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Trap);
SPIN_IMPORT(Reference);
SPIN_IMPORT(Dispatcher);
SPIN_IMPORT(File);
SPIN_CAPABILITY_OPTIONAL(spin_file_t, file);

#define MINE 1

__u64 waiting, served, slept;
volatile __u64 go;

static int done(struct spin_syscall *call, __u64 value)
{
	spin_syscall_return(call, value);
	return SPIN_SYSCALL_DONE;
}

static int answer(struct spin_syscall *call, __s64 value)
{
	return value < 0 ? (int)value : done(call, value);
}

static int reverse(struct spin_syscall *call)
{
	__u64 word;
	int err = spin_syscall_load(call, call->arg[0], &word, sizeof(word));

	if (err)
		return err;
	word = __builtin_bswap64(word);
	err = spin_syscall_store(call, call->arg[0], &word, sizeof(word));
	return err ? err : done(call, call->len);
}

/* How many of these are refused that should be. */
static int edges(struct spin_syscall *call)
{
	__u64 word = 0;
	int refused = 0;

	refused += spin_syscall_load(call, call->len - 7, &word, 8) == -22;
	refused += spin_syscall_load(call, call->len, &word, 8) == -22;
	refused += spin_syscall_load(call, -1, &word, 8) == -22;
	refused += spin_syscall_load(call, -8, &word, 8) == -22;
	refused += spin_syscall_store(call, call->len - 7, &word, 8) == -22;
	refused += spin_syscall_store(call, call->len, &word, 8) == -22;
	refused += spin_syscall_store(call, -1, &word, 8) == -22;
	refused += spin_syscall_store(call, -8, &word, 8) == -22;
	return done(call, refused);
}

SPIN_HANDLER(serve_edges, struct spin_syscall *call)
{
	return edges(call);
}

static int get(struct spin_syscall *call)
{
	__u64 value = 0;
	int err = spin_internalize_value(call, call->arg[0], call->arg[1],
					 &value);

	return err ? err : done(call, value);
}

SPIN_HANDLER(serve, struct spin_syscall *call)
{
	__sync_fetch_and_add(&served, 1);
	switch (call->number) {
	case CALLS_NULL:
		return SPIN_SYSCALL_DONE;
	case CALLS_SUM:
		return done(call, call->arg[0] + call->arg[1] + call->arg[2] +
			    call->arg[3]);
	case CALLS_ERRNO:
		return -(int)call->arg[0];
	case CALLS_WHO:
		return done(call, (__u64)call->uid << 32 | call->pid);
	case CALLS_FILE:
		return done(call, call->file);
	case CALLS_REVERSE:
		return reverse(call);
	case CALLS_OPEN:
		return answer(call, spin_externalize_value(call, call->arg[0],
							   call->arg[1]));
	case CALLS_GET:
		return get(call);
	case CALLS_DELETE:
		return answer(call, spin_reference_delete(call, call->arg[0]));
	case CALLS_GO:
		go = 1;
		return SPIN_SYSCALL_DONE;
	default:
		return SPIN_SYSCALL_PASS;
	}
}

/* In a program of their own: what may be called in one is limited by its cost. */
SPIN_HANDLER(serve_file, struct spin_syscall *call)
{
	switch (call->number) {
	case CALLS_FILE_OPEN:
		return answer(call, spin_externalize(call, file, call->arg[0]));
	case CALLS_ARGUMENTS:
		return done(call, call->references);
	default:
		return SPIN_SYSCALL_PASS;
	}
}

static int read(struct spin_syscall *call)
{
	__u64 word = 0;
	int err = spin_file_read(&call->ctx, SPIN_SLOT_ARGUMENT + call->arg[1],
				 call->arg[0], &word, sizeof(word));

	return err < 0 ? err : done(call, word);
}

static int many(struct spin_syscall *call)
{
	__u64 made = 0;
	int i;

	spin_for(i, 0, 1 << 16) {
		if (spin_externalize(call, file,
				     SPIN_RIGHT_READ | SPIN_RIGHT_PASS) < 0)
			break;
		made++;
	}
	return done(call, made);
}

static int wait(struct spin_syscall *call)
{
	int i, j;

	__sync_fetch_and_add(&waiting, 1);
	spin_for(i, 0, 1 << 20) {
		spin_for(j, 0, 1 << 20)
			if (go)
				break;
		if (go)
			break;
	}
	__sync_fetch_and_add(&waiting, -1);
	return done(call, go);
}

SPIN_SLEEPABLE_HANDLER(serve_asleep, struct spin_syscall *call)
{
	struct spin_install mine = {
		.slot = MINE,
		.closure = call->arg[0],
		.match = SPIN_MATCH2(SPIN_SYSCALL_FILE, call->file,
				     SPIN_SYSCALL_NUMBER, CALLS_CLOSURE),
	};

	__sync_fetch_and_add(&slept, 1);
	switch (call->number) {
	case CALLS_DOUBLE:
		return done(call, 2 * call->arg[0]);
	case CALLS_WAIT:
		return wait(call);
	case CALLS_FILE_READ:
		return read(call);
	case CALLS_FILE_AGAIN:
		return answer(call, spin_externalize(call, SPIN_SLOT_ARGUMENT,
						     call->arg[0]));
	case CALLS_FILE_MANY:
		return many(call);
	case CALLS_MINE:
		return answer(call, spin_install(&call->ctx, &mine));
	default:
		return SPIN_SYSCALL_PASS;
	}
}

SPIN_HANDLER(serve_one_file, struct spin_syscall *call)
{
	return done(call, call->ctx.closure);
}

SPIN_BIND(Trap_SystemCall, server, .handler = serve);
SPIN_BIND(Trap_SystemCall, file_server, .handler = serve_file);
SPIN_BIND(Trap_SystemCall, edge_server, .handler = serve_edges,
	.match = SPIN_MATCH(SPIN_SYSCALL_NUMBER, CALLS_EDGES));
SPIN_BIND(Trap_SystemCallSleepable, sleeper, .handler = serve_asleep);
SPIN_BIND(Trap_SystemCall, mine,
	.handler = serve_one_file, .slot = MINE);
