// SPDX-License-Identifier: GPL-2.0
/*
 * Benchmark `dispatch`: what one raise costs, with different bindings, by SPIN's
 * dispatcher, by a list of C functions, and by calling the same programs through
 * their struct_ops trampolines. Documentation/benchmarks.rst says what is
 * counted.
 */
#include "bench.h"
#include "../kmod/spin_bench.h"

#define BENCH		"dispatch"
#define OPERATIONS	4000
#define WORK		4000000		/* instructions, about, for each row */
#define SETTLE_MS	1000		/* until calls have been patched */
#define KEYED		1000		/* bindings with a key */
#define MATCHING	500		/* the key that is raised */

/**
 * struct scene - a case
 * @name: of the case
 * @count: bindings
 * @template_name: of theirs
 * @keyed: for spin: they have a match, and no guard. The others, who have no
 *	index, compare the key with each closure
 * @guard: the same for the list of C functions
 * @argument: raised; guards want SPIN_BENCH_ARGUMENT
 * @keys: so many keys are raised in turn, each of which one binding has
 * @fired: handlers that this must run
 */
struct scene {
	const char *name;
	unsigned int count;
	const char *template_name;
	bool keyed;
	enum spin_bench_guard guard;
	uint64_t argument;
	unsigned int keys;
	unsigned int fired;
};

static const struct scene scenes[] = {
	{ .name = "h0" },
	{ "h1", 1, "plain", .fired = 1 },
	{ "h1g", 1, "guarded", .guard = SPIN_BENCH_BY_ARGUMENT,
	  .argument = SPIN_BENCH_ARGUMENT, .fired = 1 },
	{ "h10", 10, "guarded", .guard = SPIN_BENCH_BY_ARGUMENT,
	  .argument = SPIN_BENCH_ARGUMENT, .fired = 10 },
	{ "h50", 50, "guarded", .guard = SPIN_BENCH_BY_ARGUMENT,
	  .argument = SPIN_BENCH_ARGUMENT, .fired = 50 },
	{ "g50false", 50, "guarded", .guard = SPIN_BENCH_BY_ARGUMENT,
	  .argument = SPIN_BENCH_ARGUMENT + 1, .fired = 0 },
	{ "g1indexed", 1, "compared", .keyed = true,
	  .guard = SPIN_BENCH_BY_CLOSURE, .fired = 1 },
	{ "g1000indexed", KEYED, "compared", .keyed = true,
	  .guard = SPIN_BENCH_BY_CLOSURE, .keys = KEYED, .fired = 1 },
};

static const struct {
	enum spin_bench_system system;
	const char *name;
} systems[] = {
	{ SPIN_BENCH_SPIN, "spin" },
	{ SPIN_BENCH_C_LIST, "c-list" },
	{ SPIN_BENCH_TRAMPOLINE, "trampoline" },
};

static int device;
static double overhead;		/* of the measuring */

/* The slower a raise, the fewer are needed; but each key once. */
static unsigned int operations(const struct scene *scene)
{
	unsigned int n = WORK / (100 * (scene->count + 1));

	if (n < scene->keys)
		return scene->keys;
	return n < OPERATIONS ? n : OPERATIONS;
}

static bool is_spin(enum spin_bench_system system)
{
	return system == SPIN_BENCH_SPIN || system == SPIN_BENCH_SPIN_BLOCK;
}

/*
 * A raise that was refused would be fast: have all handlers run that should? A
 * guard that is not indexed is asked by each raise.
 */
static void check(const struct scene *scene,
		  const struct spin_bench_measure *args)
{
	uint64_t fired = args->fired, expected = scene->fired, no = 0;
	struct counts c = {};

	if (args->system == SPIN_BENCH_NOTHING)
		return;
	if (is_spin(args->system)) {
		c = counts();
		fired = c.run;
		expected *= args->operations;
		if (!scene->keyed)
			no = (scene->count - scene->fired) * args->operations;
	}
	if (fired != expected || c.guard_false != no)
		errx(1, "%s: handlers ran %" PRIu64 " times, not %" PRIu64 ", and guards said no %" PRIu64 " times, not %" PRIu64,
		     scene->name, fired, expected, c.guard_false, no);
}

static void measure(const struct scene *scene, enum spin_bench_system system,
		    struct samples *s)
{
	static uint32_t raw[OPERATIONS];
	struct spin_bench_measure args = {
		.system = system,
		.guard = scene->guard,
		.steps = scene->count,
		.operations = operations(scene),
		.keys = scene->keys ? scene->keys : 1,
		.argument = scene->argument,
		.samples = (uintptr_t)raw,
	};
	unsigned int i;

	if (ioctl(device, SPIN_BENCH_MEASURE, &args))
		err(1, "%s: cannot be measured", scene->name);
	check(scene, &args);
	for (i = 0; i < args.operations; i++)
		samples_add(s, raw[i] - overhead);
}

/* Binding i has closure i, and the key i if SPIN is to find it by the key. */
static struct range scene_install(const struct scene *scene, bool indexed)
{
	struct range range = {};
	struct spin_ioc_binding_install request =
		install_request(indexed ? "plain" : scene->template_name, 1);
	unsigned int i;

	for (i = 0; i < scene->count; i++) {
		request.closure = i;
		if (indexed) {
			request.match.fields = SPIN_BENCH_KEY;
			request.match.value[0] = i;
		}
		range_add(&range, install(&request));
	}
	if (installed() != scene->count)
		errx(1, "%s: %u bindings, not %u: is something else loaded?",
		     scene->name, installed(), scene->count);
	pause_ms(SETTLE_MS);
	return range;
}

static void play(const struct scene *scene, enum spin_bench_system system,
		 const char *name)
{
	bool indexed = scene->keyed && is_spin(system);
	struct range range = {};
	struct samples s = {};

	if (system != SPIN_BENCH_C_LIST)
		range = scene_install(scene, indexed);
	pause_ms(500);	/* a single handler gets its direct call a little later */
	measure(scene, system, &s);
	uninstall(&range);
	samples_row(&s, BENCH, scene->name, name, "insn");
}

static void measure_overhead(void)
{
	static const struct scene nothing = { .name = "nothing" };
	struct samples s = {};

	measure(&nothing, SPIN_BENCH_NOTHING, &s);
	overhead = samples_median(&s);
	samples_free(&s);
}

int main(void)
{
	static const struct scene block = { "h1block", 1, "plain", .fired = 1 };
	unsigned int i, j;

	device = open("/dev/spin-bench", O_RDWR | O_CLOEXEC);
	if (device < 0)
		err(1, "/dev/spin-bench");
	bench_load();
	settle();
	measure_overhead();
	for (i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++)
		for (j = 0; j < sizeof(systems) / sizeof(systems[0]); j++)
			play(&scenes[i], systems[j].system, systems[j].name);
	play(&block, SPIN_BENCH_SPIN_BLOCK, "spin");
	bench_unload();
	return 0;
}
