// SPDX-License-Identifier: GPL-2.0
/*
 * The BPF core looks the program of a struct_ops member up twice by its
 * descriptor: once for the module (init_member), once for itself. If the
 * descriptor is exchanged in between, the module must not run a program that
 * nobody checked for the member. Either the update fails, or both saw the same
 * program.
 *
 * First by chance, with a thread that exchanges descriptors all the time; then
 * for certain, with a probe that holds the update up at each of its look-ups
 * while the descriptor is exchanged.
 */
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>

#include "raw.h"

#define MEMBER_FD 400	/* the descriptor that is exchanged */

static volatile bool stop;
static int good, bad;
static bool bad_fits;	/* it is a handler of the same event: no harm in itself */

/*
 * The extension keeps its links until it ends, and so their bindings: each has
 * a name of its own.
 */
static char name[SPIN_NAME_LEN];

static const char *new_name(void)
{
	static int number;

	snprintf(name, sizeof(name), "swapped-%d", number++);
	return name;
}

static void *exchange(void *arg)
{
	(void)arg;
	while (!stop) {
		dup2(bad, MEMBER_FD);
		dup2(good, MEMBER_FD);
	}
	return NULL;
}

static __u32 program_id(int fd)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	return bpf_prog_get_info_by_fd(fd, &info, &len) ? 0 : info.id;
}

/*
 * What a template that was accepted runs: the core's word for it, and the
 * module's. Returns false if they differ, or if it is the wrong one.
 */
static bool runs_the_good_one(int ext, int map, char *seen, size_t size)
{
	struct spin_ioc_binding_next binding;
	struct raw_value value = {};
	__u32 zero = 0, id = program_id(good), core, module = id;
	int link;

	if (bpf_map_lookup_elem(map, &zero, &value))
		core = id;	/* cannot be looked at */
	else
		core = value.handler;
	link = raw_link(map);
	if (link >= 0) {
		if (binding_find("swap", name, &binding))
			give_up("no binding");
		module = binding.handler_prog;
		close(link);
	}
	snprintf(seen, size, "program %u for the core, %u for the module (%s)",
		 core, module, link < 0 ? ext_verdict(ext) : "attached");
	return core == module && (core == id || bad_fits);
}

static void by_chance(int ext, struct fixture *f, const char *test, int wrong,
		      int attempts)
{
	int accepted = 0, refused = 0;
	char seen[700] = "";
	pthread_t thread;
	bool right = true;

	bad = wrong;
	bad_fits = wrong == f->other;
	dup2(good, MEMBER_FD);
	stop = false;
	pthread_create(&thread, NULL, exchange, NULL);
	int map = raw_map(f->by_port);

	for (int i = 0; i < attempts && right; i++) {
		struct raw_value value = raw_template(0, MEMBER_FD,
							new_name());

		if (raw_update(map, &value)) {
			refused++;
			continue;
		}
		accepted++;
		/* attaching is slow: not every time */
		if (accepted % 16 == 1)
			right = runs_the_good_one(ext, map, seen, sizeof(seen));
		close(map);
		map = raw_map(f->by_port);
	}
	stop = true;
	pthread_join(thread, NULL);
	close(map);
	check(test, right, "the good handler, or a refusal", "%s", seen);
	printf("# %d accepted, %d refused\n", accepted, refused);
}

/* --- for certain ---------------------------------------------------------- */

/* As in use/pause.bpf.c. */
struct control {
	__u32 victim, at_call, calls, held, go_on;
};

struct pause {
	struct bpf_object *object;
	struct bpf_link *link;
	volatile struct control *control;
};

static bool pause_open(struct pause *p, const char *function)
{
	struct bpf_program *prog;
	struct bpf_map *map;

	p->object = bpf_object__open(object_path("abi/use/pause"));
	if (!p->object || bpf_object__load(p->object))
		return false;
	prog = bpf_object__next_program(p->object, NULL);
	p->link = bpf_program__attach_kprobe(prog, false, function);
	if (!p->link) {
		bpf_object__close(p->object);
		return false;
	}
	bpf_object__for_each_map(map, p->object) {
		size_t size;

		if (strstr(bpf_map__name(map), ".bss"))
			p->control = bpf_map__initial_value(map, &size);
	}
	if (!p->control)
		give_up("extension pause has no variables");
	return true;
}

static void pause_close(struct pause *p)
{
	bpf_link__destroy(p->link);
	bpf_object__close(p->object);
}

static struct pause the_pause;

static void *exchange_when_held(void *arg)
{
	(void)arg;
	while (!the_pause.control->held && !stop)
		sched_yield();
	dup2(bad, MEMBER_FD);
	the_pause.control->go_on = 1;
	return NULL;
}

static void for_certain(int ext, struct fixture *f, const char *function,
			int wrong, const char *test)
{
	int exchanged = 0, refused = 0;
	char seen[700] = "";
	bool right = true;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
		skip(test, "needs two processors");
		return;
	}
	if (!pause_open(&the_pause, function)) {
		skip(test, "no kprobe on %s here", function);
		return;
	}
	bad = wrong;
	bad_fits = wrong == f->other;
	for (int call = 1; call <= 6 && right; call++) {
		struct raw_value value = raw_template(0, MEMBER_FD,
							new_name());
		int map = raw_map(f->by_port), ret;
		pthread_t thread;

		dup2(good, MEMBER_FD);
		stop = false;
		the_pause.control->held = 0;
		the_pause.control->go_on = 0;
		the_pause.control->calls = 0;
		the_pause.control->at_call = call;
		pthread_create(&thread, NULL, exchange_when_held, NULL);
		the_pause.control->victim = syscall(SYS_gettid);
		ret = raw_update(map, &value);
		the_pause.control->victim = 0;
		stop = true;
		pthread_join(thread, NULL);
		exchanged += the_pause.control->held;
		if (ret)
			refused++;
		else if (the_pause.control->held || call == 1)
			right = runs_the_good_one(ext, map, seen, sizeof(seen));
		close(map);
		if (!the_pause.control->held)
			break;
	}
	pause_close(&the_pause);
	check(test, right, "the good handler, or a refusal", "%s", seen);
	printf("# exchanged at %d look-ups, %d of them refused\n", exchanged,
	       refused);
	if (right && !exchanged)
		check("swap_was_tried", false, "a look-up that was held up",
		      "none at %s", function);
}

int main(int argc, char **argv)
{
	int attempts = argc > 1 ? atoi(argv[1]) : 300;
	struct census before = census();
	struct fixture f;
	int ext;

	libbpf_set_print(quiet);
	ext = fixture_ext("swap", &f);
	if (ext < 0)
		give_up("no extension: %s", said(ext));
	good = f.count;
	for_certain(ext, &f, "bpf_prog_get_type_dev", f.tick,
		    "swap_before_the_module_looks_is_harmless");
	for_certain(ext, &f, "bpf_prog_get", f.tick,
		    "swap_between_look_ups_is_harmless");
	/* One that the core itself has nothing against. */
	for_certain(ext, &f, "bpf_prog_get", f.other,
		    "swap_between_look_ups_for_same_type_is_harmless");
	by_chance(ext, &f, "swap_for_other_handler", f.other, attempts);
	by_chance(ext, &f, "swap_for_handler_of_another_event", f.tick, attempts);
	by_chance(ext, &f, "swap_for_guard", f.guard, attempts);
	close(MEMBER_FD);
	fixture_drop(&f);
	close(ext);
	nothing_left("swap_leaves_nothing", &before);
	return 0;
}
