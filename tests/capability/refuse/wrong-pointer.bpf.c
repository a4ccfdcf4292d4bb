// SPDX-License-Identifier: GPL-2.0
/* Takes a socket for a file. */
#include "extension.h"

HOSTILE("cap-wrong-pointer", "spin_socket");
SPIN_IMPORT(Clock);
SPIN_IMPORT(File);
SPIN_IMPORT(Socket);
SPIN_IMPORT(Strand);

SPIN_CAPABILITY_OPTIONAL(spin_file_t, clip);
SPIN_CAPABILITY_OPTIONAL(spin_socket_t, out);

struct entry {
	struct spin_file __kptr *file;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct entry);
} kept SEC(".maps");

SPIN_SLEEPABLE_HANDLER(try, struct spin_clock_tick *tick)
{
	struct spin_socket *socket = spin_socket_acquire(&tick->ctx, out);
	int err;

	if (!socket)
		return 0;
	err = spin_file_size(&tick->ctx, (struct spin_file *)socket) < 0;
	spin_socket_release(socket);
	return err;
}

SPIN_BIND(Clock_Tick, try_it, .handler = try, .period_us = 1000);
