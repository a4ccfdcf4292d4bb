// SPDX-License-Identifier: GPL-2.0
/*
 * Everything at once: on each processor a thread raises the events of module
 * spin_events as fast as it can, and looks at what ran, while
 *
 *  - extension "storm" is replaced by its next version over and over. A raise
 *    must be handled by each handler of it once, all of one version, those of
 *    an event raised inside another included;
 *  - extension "blink" is loaded and unloaded. A raise must see all its handlers
 *    or none;
 *  - bindings of extension "noise" are installed, disabled, enabled and removed.
 *    Those that run must do so in the order they were installed in;
 *  - timing is turned on and off, and with it the way raises take.
 *
 * "storm" (version 1) and "noise" must be loaded.
 *
 * usage: storm [SECONDS [still]]
 *   still  leave timing alone, and with it the kernel's code: QEMU's emulation,
 *          where it has a thread for each processor, now and then runs a
 *          breakpoint that the kernel has patched out again (an Oops of int3)
 */
#include <sched.h>
#include <sys/mman.h>

#include <spin/libspin.h>

#include "events.h"
#include "storm.h"

#define CPUS_MAX	16
#define WINDOW		48	/* bindings of one event that are there at a time */
/* The closure of noise: when it was installed, its match, and the event. */
#define NOISE_ORDER(PLACE)	((PLACE) & 0xfffffff)
#define NOISE_MATCH(PLACE)	((PLACE) >> 28 & 3)
#define INNER_BIT		0x80000000U

enum noise_match {
	MATCH_NONE,
	MATCH_A_1,
	MATCH_A_2,
	MATCH_BOTH,	/* a and b are 1 */
};
#define PATIENCE	120	/* seconds */

/* What the processes share. */
static struct shared {
	volatile bool stop;
	volatile int failures;
	char failure[512];
	volatile __u64 raises[CPUS_MAX][EVENTS_COUNT];
	volatile __u64 noise_seen, blinks_seen, blinks_unseen, versions_seen;
	volatile __u64 upgrades, blinks, installs, removals, switches;
} *shared;

__attribute__((format(printf, 1, 2)))
static void fail(const char *fmt, ...)
{
	va_list args;

	if (__sync_fetch_and_add(&shared->failures, 1))
		return;
	va_start(args, fmt);
	vsnprintf(shared->failure, sizeof(shared->failure), fmt, args);
	va_end(args);
	shared->stop = true;
}

/* ---- what a raise must look like ---- */

struct look {
	__u32 places;		/* how often each place of "storm" was, by nibble */
	__u32 order;		/* the places, in order */
	__u32 version;
	bool mixed;
	__u32 blinks;		/* bit for each place of "blink" */
	bool blink_twice;
	__u32 noise[2];		/* the last of the event, of Events.Inner */
	__u32 noises;
	bool misordered;
	bool mismatched;
};

static bool noise_matches(__u32 match, const struct call *call)
{
	switch (match) {
	case MATCH_A_1:
		return call->a == 1;
	case MATCH_A_2:
		return call->a == 2;
	case MATCH_BOTH:
		return call->a == 1 && call->b == 1;
	default:
		return true;
	}
}

static void look_at(struct look *look, const struct call *call, __u64 note)
{
	__u32 place = STORM_PLACE(note), inner;

	switch (STORM_KIND(note)) {
	case STORM_VERSIONED:
		if (look->order && look->version != STORM_VERSION(note))
			look->mixed = true;
		look->version = STORM_VERSION(note);
		look->order = look->order << 4 | place;
		return;
	case STORM_BLINKING:
		if (look->blinks & 1U << place)
			look->blink_twice = true;
		look->blinks |= 1U << place;
		return;
	case STORM_NOISE:
		inner = !!(place & INNER_BIT);
		if (NOISE_ORDER(place) <= look->noise[inner])
			look->misordered = true;
		look->noise[inner] = NOISE_ORDER(place);
		if (!noise_matches(NOISE_MATCH(place), call))
			look->mismatched = true;
		look->noises++;
		return;
	default:
		look->mixed = true;
	}
}

/* The places of each event, as digits, and the bits of "blink". */
static const struct {
	__u32 order;
	__u32 blinks;
} complete[EVENTS_COUNT] = {
	[EVENTS_Atomic] = { 0x1234, 0xe },
	[EVENTS_Sleepable] = { 0x12, 0x6 },
	[EVENTS_IrqsOff] = { 0x1, 0 },
	[EVENTS_Softirq] = { 0x1, 0 },
	[EVENTS_Needed] = { 0x1, 0 },
};

static const char *notes_of(const struct seen *seen)
{
	static char text[400];
	size_t at = 0;

	for (__u32 i = 0; i < seen->count && at < sizeof(text) - 32; i++) {
		__u64 note = seen->notes[i];

		at += snprintf(text + at, sizeof(text) - at, " %c%x.%x",
			       " VBN"[STORM_KIND(note) & 3],
			       (__u32)STORM_VERSION(note),
			       (__u32)STORM_PLACE(note));
	}
	return text;
}

static void check_raise(__u32 event, const struct call *call,
			const struct seen *seen, __u32 *version)
{
	const char *name = event_names[event];
	struct look look = {};

	for (__u32 i = 0; i < seen->count; i++)
		look_at(&look, call, seen->notes[i]);
	if (look.mixed)
		fail("%s: two versions in one raise:%s", name, notes_of(seen));
	if (look.order != complete[event].order)
		fail("%s: handlers %x, not %x:%s", name, look.order,
		     complete[event].order, notes_of(seen));
	if (look.blinks && look.blinks != complete[event].blinks)
		fail("%s: a part of an extension ran:%s", name, notes_of(seen));
	if (look.blink_twice)
		fail("%s: a handler ran twice:%s", name, notes_of(seen));
	if (look.misordered)
		fail("%s: out of order:%s", name, notes_of(seen));
	if (event == EVENTS_Needed && seen->result != 1)
		fail("%s: result %d", name, seen->result);
	if (look.mismatched)
		fail("%s: a match does not hold:%s", name, notes_of(seen));
	if (look.noises && !(call->value & 1))
		fail("%s: a guard was passed over:%s", name, notes_of(seen));
	/* The next version does not give way to the one before. */
	if (look.version < *version)
		fail("%s: version %u after %u", name, look.version, *version);
	if (look.version > *version)
		__sync_fetch_and_add(&shared->versions_seen, 1);
	*version = look.version;
	if (complete[event].blinks)
		__sync_fetch_and_add(look.blinks ? &shared->blinks_seen :
						   &shared->blinks_unseen, 1);
	__sync_fetch_and_add(&shared->noise_seen, look.noises);
}

static void raiser(int cpu)
{
	static const __u32 turns[] = {
		EVENTS_Atomic, EVENTS_Needed, EVENTS_IrqsOff, EVENTS_Atomic,
		EVENTS_Sleepable, EVENTS_Needed, EVENTS_Softirq,
	};
	enum { NR = sizeof(turns) / sizeof(turns[0]) };
	static struct seen seen;
	__u32 version = 0;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	for (__u64 i = 0; !shared->stop; i++) {
		struct call call = {
			.a = i & 3, .b = i >> 2 & 1, .value = i / NR,
		};
		__u32 event = turns[i % NR];

		raise_event(event, call, &seen);
		shared->raises[cpu][event]++;
		if (seen.count > SEEN_MAX)
			fail("%u notes", seen.count);
		else
			check_raise(event, &call, &seen, &version);
	}
}

/* ---- what goes on meanwhile ---- */

static void upgrader(int unused)
{
	struct spin *spin = spin_open();
	char setting[32];
	const char *settings[] = { setting };
	struct spin_load_opts opts = {
		.size = sizeof(opts), .settings = settings, .nr_settings = 1,
		.flags = SPIN_LOAD_UPGRADE,
	};

	(void)unused;
	for (__u32 version = 2; !shared->stop; version++) {
		snprintf(setting, sizeof(setting), "version=%u", version);
		if (spin_ext_load(spin, object_path("dispatch/use/storm"), &opts, NULL))
			fail("upgrade to version %u: %s", version,
			     spin_error(spin));
		else
			shared->upgrades++;
	}
	spin_close(spin);
}

static void blinker(int unused)
{
	struct spin *spin = spin_open();

	(void)unused;
	while (!shared->stop) {
		if (spin_ext_load(spin, object_path("dispatch/use/blink"), NULL, NULL))
			fail("load of blink: %s", spin_error(spin));
		else if (spin_ext_unload(spin, "blink", 60000))
			fail("unload of blink: %s", spin_error(spin));
		else
			shared->blinks++;
	}
	spin_close(spin);
}

static const struct spin_match matches[] = {
	[MATCH_A_1] = { EVENTS_KEY_A, 0, { 1 } },
	[MATCH_A_2] = { EVENTS_KEY_A, 0, { 2 } },
	[MATCH_BOTH] = { EVENTS_KEY_A | EVENTS_KEY_B, 0, { 1, 1 } },
};

static bool still;	/* do not have code patched */

static __s64 noise_install(__u32 event, __u32 closure, __u32 match, __u32 flags)
{
	struct spin_ioc_binding_install args = {
		.ext = "noise",
		.closure = NOISE_ORDER(closure) | match << 28,
		.flags = flags, .match = matches[match],
	};

	if (event == EVENTS_Inner)
		args.closure |= INNER_BIT;
	snprintf(args.template_name, sizeof(args.template_name), "%s_noise",
		 event_names[event]);
	if (ioctl(spin_device(), SPIN_IOC_BINDING_INSTALL, &args)) {
		fail("install of noise: %s: %s", strerror(errno), refusal());
		return 0;
	}
	shared->installs++;
	return args.id;
}

static void noise_switch(__u64 id, bool active)
{
	int err = enable(id, active);

	if (err)
		fail("enable: %s", said(err));
	shared->switches++;
}

static void noise_remove(__u64 id)
{
	int err = removed(id, 1);

	if (err)
		fail("remove: %s", said(err));
	shared->removals++;
}

/* Installs in bursts, since a removal or a switch waits for all raises. */
static void noise_maker(int unused)
{
	static const __u32 events[] = {
		EVENTS_Atomic, EVENTS_Inner, EVENTS_IrqsOff, EVENTS_Sleepable,
		EVENTS_Softirq,
	};
	enum { NR = sizeof(events) / sizeof(events[0]) };
	__u64 ids[NR][WINDOW] = {};
	__u32 closure = 1;
	int timing = -1;

	(void)unused;
	srand(1);
	for (__u32 turn = 0; !shared->stop; turn++) {
		__u32 e = turn % NR;
		__u64 *slots = ids[e];

		for (int i = 0; i < WINDOW && !shared->stop; i++) {
			if (!slots[i] && rand() % 3)
				slots[i] = noise_install(events[e], closure++,
							 rand() % 4,
							 rand() % 4 ? 0 :
							 SPIN_BIND_INACTIVE);
			else if (slots[i] && !(rand() % 16))
				noise_switch(slots[i], rand() % 2);
			else if (slots[i] && !(rand() % 12)) {
				noise_remove(slots[i]);
				slots[i] = 0;
			}
		}
		if (!(turn % 8) && !still) {
			if (timing >= 0) {
				close(timing);
				timing = -1;
			} else {
				timing = open("/dev/spin", O_RDWR);
				if (ioctl(timing, SPIN_IOC_TIMING))
					fail("timing: %s", strerror(errno));
			}
		}
	}
}

/* ---- all together ---- */

static pid_t children[CPUS_MAX + 8];
static int nr_children;

static void start(void (*run)(int), int arg)
{
	pid_t pid = fork();

	if (pid < 0)
		give_up("fork");
	if (!pid) {
		run(arg);
		_exit(0);
	}
	children[nr_children++] = pid;
}

static __u64 raised_of(__u32 event)
{
	return event_of(event).raised;
}

static __u64 sum_of(__u32 event)
{
	__u64 sum = 0;

	for (int cpu = 0; cpu < CPUS_MAX; cpu++)
		sum += shared->raises[cpu][event];
	return sum;
}

static bool saw_all(void)
{
	return shared->noise_seen && shared->blinks_seen &&
	       shared->blinks_unseen && shared->versions_seen > 1 &&
	       shared->removals && shared->switches;
}

static void report(const __u64 *before)
{
	static const __u32 counted[] = {
		EVENTS_Atomic, EVENTS_Sleepable, EVENTS_IrqsOff, EVENTS_Softirq,
		EVENTS_Needed,
	};
	__u64 total = 0;

	check("storm", !shared->failures, "each raise whole, once, in order",
	      "%s (%d times)", shared->failure, shared->failures);
	for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++) {
		__u64 raised = raised_of(counted[i]) - before[counted[i]];

		total += sum_of(counted[i]);
		check("every_raise_was_counted", raised == sum_of(counted[i]),
		      "as many as there were", "%s: %lld of %lld",
		      event_names[counted[i]], (long long)raised,
		      (long long)sum_of(counted[i]));
	}
	check("raises_saw_what_went_on", saw_all(), "noise, blinks, versions",
	      "%lld, %lld and %lld without, %lld", (long long)shared->noise_seen,
	      (long long)shared->blinks_seen, (long long)shared->blinks_unseen,
	      (long long)shared->versions_seen);
	printf("# %lld raises; %lld upgrades (%lld seen), %lld loads and unloads, %lld installs, %lld removals, %lld switches\n",
	       (long long)total, (long long)shared->upgrades,
	       (long long)shared->versions_seen, (long long)shared->blinks,
	       (long long)shared->installs, (long long)shared->removals,
	       (long long)shared->switches);
}

int main(int argc, char **argv)
{
	int seconds = argc > 1 ? atoi(argv[1]) : 10;
	int cpus = sysconf(_SC_NPROCESSORS_ONLN);
	__u64 before[EVENTS_COUNT];
	double end;

	still = argc > 2 && !strcmp(argv[2], "still");
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		give_up("mmap");
	for (int i = 0; i < EVENTS_COUNT; i++)
		before[i] = raised_of(i);
	end = now() + seconds;
	for (int cpu = 0; cpu < cpus && cpu < CPUS_MAX; cpu++)
		start(raiser, cpu);
	start(upgrader, 0);
	start(blinker, 0);
	start(noise_maker, 0);
	/* A slow machine may need longer to have seen something of everything. */
	while (!shared->stop &&
	       (now() < end || (!saw_all() && now() < end + PATIENCE)))
		nap(50);
	shared->stop = true;
	for (int i = 0; i < nr_children; i++) {
		int status;

		if (waitpid(children[i], &status, 0) < 0 || status)
			fail("a process ended with status %#x", status);
	}
	report(before);
	return 0;
}
