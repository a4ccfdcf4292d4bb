// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* spinctl call: a system call to an extension. */
#include <stdio.h>
#include <unistd.h>

#include "spinctl.h"

static int parse(char **args, int nr_args, struct spin_ioc_call *call)
{
	int i;

	if (!parse_number(args[1], &call->number))
		return fail(USAGE, "'%s' is no number of a call: write a number",
			    args[1]);
	for (i = 2; i < nr_args; i++) {
		__u64 value;

		if (!parse_number(args[i], &value))
			return fail(USAGE, "'%s' is no argument: write a number",
				    args[i]);
		call->arg[i - 2] = value;
	}
	return DONE;
}

static void report(const char *ext, const struct spin_ioc_call *call)
{
	struct json_object *object;

	if (!options.json) {
		say("%llu\n", (unsigned long long)call->result);
		return;
	}
	object = json_new();
	json_add_text(object, "extension", ext);
	json_add_number(object, "call", call->number);
	json_add_number(object, "answer", call->result);
	print_json(object);
}

static int do_call(char **args, int nr_args)
{
	struct spin_ioc_call call = {};
	struct spin *spin;
	int code, fd, err;

	code = parse(args, nr_args, &call);
	if (code != DONE)
		return code;
	spin = spin_open();
	if (!spin)
		return out_of_memory();
	fd = spin_connect(spin, args[0]);
	err = fd < 0 ? fd : spin_call_block(fd, &call);
	if (fd >= 0 && err)
		spin_call_fail(spin, args[0], call.number, err);
	if (err)
		code = fail_spin(spin);
	else
		report(args[0], &call);
	if (fd >= 0)
		close(fd);
	spin_close(spin);
	return code;
}

static const struct command call_command[] = {
	{ NULL, "EXTENSION NUMBER [ARGUMENT]...",
	  "call an extension, and print its answer", 2, 2 + SPIN_CALL_ARGS,
	  do_call },
};

const struct object call_object = {
	"call", "a system call to an extension", call_command,
	ARRAY_SIZE(call_command),
};
