// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * spinctl binding time: the module takes the time of guards and handlers while
 * somebody asks for it, here for some seconds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "spinctl.h"

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static int by_id(const void *left, const void *right)
{
	const struct spin_binding *a = left, *b = right;

	return a->info.id < b->info.id ? -1 : a->info.id > b->info.id;
}

/* The same binding in an earlier listing; NULL: there was none. */
static const struct spin_binding *find(const struct spin_binding *bindings,
				       size_t count,
				       const struct spin_binding *like)
{
	return count ? bsearch(like, bindings, count, sizeof(*bindings), by_id) :
		       NULL;
}

static struct json_object *row(const struct spin_ioc_binding_next *now,
			       const struct spin_ioc_binding_next *was,
			       double seconds)
{
	__u64 time_ns = now->time_ns - (was ? was->time_ns : 0);
	__u64 timed = now->timed - (was ? was->timed : 0);
	__u64 run = now->run - (was ? was->run : 0);
	struct json_object *object;

	if (!timed)
		return NULL;
	object = json_new();
	json_add_text(object, "name", now->name);
	json_add_number(object, "id", now->id);
	json_add_text(object, "extension", now->ext);
	json_add_text(object, "event", now->event);
	json_add_number(object, "time_ns", time_ns);
	json_add_number(object, "timed", timed);
	json_add_number(object, "run", run);
	json_add_real(object, "ns_per_raise", (double)time_ns / timed);
	json_add_real(object, "raises_per_second", timed / seconds);
	json_add_real(object, "runs_per_second", run / seconds);
	json_add_real(object, "cpu_percent", time_ns / seconds / 1e7);
	return object;
}

static void print(struct json_object *rows, double seconds)
{
	static const struct column columns[] = {
		{ "ID", "id", true, false },
		{ "BINDING", "name", false, false },
		{ "EXTENSION", "extension", false, false },
		{ "EVENT", "event", false, false },
		{ "NS PER RAISE", "ns_per_raise", true, false },
		{ "RAISES/S", "raises_per_second", true, false },
		{ "RUNS/S", "runs_per_second", true, false },
		{ "CPU %", "cpu_percent", true, false },
	};

	if (options.json)
		print_json(json_object_get(rows));
	else if (!print_table(rows, columns, ARRAY_SIZE(columns)))
		say("no binding was reached by a raise within %.1f s\n",
		    seconds);
}

static int measure(struct spin *spin, double seconds, struct json_object *rows)
{
	struct spin_binding *before = NULL, *after = NULL;
	size_t nr_before = 0, nr_after = 0, i;
	struct json_object *object;
	double start;
	int ret;

	ret = spin_timing_start(spin);
	if (!ret)
		ret = spin_bindings(spin, &before, &nr_before);
	if (ret)
		return fail_spin(spin);
	start = now();
	stop_on_signals();
	stop_wait(seconds);
	seconds = now() - start;
	ret = spin_bindings(spin, &after, &nr_after);
	spin_timing_stop(spin);
	if (!ret) {
		if (nr_before)
			qsort(before, nr_before, sizeof(*before), by_id);
		for (i = 0; i < nr_after; i++) {
			const struct spin_binding *was =
				find(before, nr_before, &after[i]);

			object = row(&after[i].info, was ? &was->info : NULL,
				     seconds);
			if (object)
				json_append(rows, object);
		}
		print(rows, seconds);
	}
	free(before);
	free(after);
	return ret ? fail_spin(spin) : DONE;
}

int do_time(char **args, int nr_args)
{
	struct json_object *rows;
	double seconds = 1;
	struct spin *spin;
	int code;

	if (nr_args && !parse_seconds(args[0], &seconds))
		return fail(USAGE, "'%s' is no time: write seconds, more than 0 and at most 86400",
			    args[0]);
	rows = json_object_new_array();
	spin = spin_open();
	if (!spin || !rows)
		code = out_of_memory();
	else
		code = measure(spin, seconds, rows);
	json_object_put(rows);
	spin_close(spin);
	return code;
}
