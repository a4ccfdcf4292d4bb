// SPDX-License-Identifier: GPL-2.0
/*
 * What programs may expect of libspin: several threads that load, each with a
 * handle of its own; the program's own printer of libbpf's messages; extensions
 * that are loaded for the sake of others.
 */
#include <pthread.h>

#include <spin/libspin.h>

#include "raw.h"

/* Messages that reached the program's own printer, in this thread and in others. */
static pthread_t program;
static int printed, printed_elsewhere;

static int own_printer(enum libbpf_print_level level, const char *fmt,
		       va_list args)
{
	(void)level;
	(void)fmt;
	(void)args;
	if (pthread_equal(pthread_self(), program))
		printed++;
	else
		__atomic_add_fetch(&printed_elsewhere, 1, __ATOMIC_RELAXED);
	return 0;
}

static int other_printer(enum libbpf_print_level level, const char *fmt,
			 va_list args)
{
	return own_printer(level, fmt, args);
}

/* Something libbpf has a word on. */
static bool is_printed(void)
{
	static const char garbage[64] = "no object";
	int before = printed;

	if (bpf_object__open_mem(garbage, sizeof(garbage), NULL))
		give_up("garbage was opened");
	return printed > before;
}

struct loader {
	const char *object;
	pthread_t thread;
	pthread_barrier_t inside, go_on;
	bool stopped;
	int others;		/* messages that came in another thread */
	int messages;
	int ret;
	struct spin_loaded loaded;
};

/* The first message stops the load until the program says so. */
static void hold(void *arg, const char *text)
{
	struct loader *loader = arg;

	(void)text;
	loader->messages++;
	loader->others += !pthread_equal(pthread_self(), loader->thread);
	if (loader->stopped)
		return;
	loader->stopped = true;
	pthread_barrier_wait(&loader->inside);
	pthread_barrier_wait(&loader->go_on);
}

static void *load(void *arg)
{
	struct loader *loader = arg;
	const struct spin_load_opts opts = {
		.size = sizeof(opts), .debug = true, .log = hold,
		.log_arg = loader,
	};
	struct spin *spin = spin_open();

	loader->thread = pthread_self();
	loader->ret = spin_ext_load(spin, object_path(loader->object), &opts,
				    &loader->loaded);
	if (!loader->ret)
		spin_ext_unload(spin, loader->loaded.name, 0);
	spin_close(spin);
	return NULL;
}

static void start(struct loader *loader, const char *object)
{
	pthread_t thread;

	*loader = (struct loader){ .object = object };
	if (pthread_barrier_init(&loader->inside, NULL, 2) ||
	    pthread_barrier_init(&loader->go_on, NULL, 2) ||
	    pthread_create(&thread, NULL, load, loader))
		give_up("no thread");
	pthread_barrier_wait(&loader->inside);
}

static void finish(struct loader *loader)
{
	pthread_barrier_wait(&loader->go_on);
	pthread_join(loader->thread, NULL);
	pthread_barrier_destroy(&loader->inside);
	pthread_barrier_destroy(&loader->go_on);
}

static void printer(void)
{
	struct loader one, two;

	program = pthread_self();
	libbpf_set_print(own_printer);
	start(&one, "clock/use/clock");
	start(&two, "video/use/recorder");
	check("program_has_its_printer_while_two_load", is_printed(),
	      "the message", "none");
	finish(&one);
	check("program_has_its_printer_while_one_loads", is_printed(),
	      "the message", "none");
	finish(&two);
	check("both_were_loaded", !one.ret && !two.ret, "they were", "%s and %s",
	      said(one.ret), said(two.ret));
	check("each_load_has_its_messages", one.messages && two.messages &&
	      !one.others && !two.others, "some, all of its own thread",
	      "%d, %d of others; %d, %d of others", one.messages, one.others,
	      two.messages, two.others);
	check("program_has_no_messages_of_loads", !printed_elsewhere, "none",
	      "%d", printed_elsewhere);
	check("program_has_its_printer_after_them",
	      libbpf_set_print(own_printer) == own_printer, "its own",
	      "another");

	start(&one, "clock/use/clock");
	libbpf_set_print(other_printer);
	finish(&one);
	check("printer_that_a_program_set_meanwhile_stays",
	      libbpf_set_print(own_printer) == other_printer, "it",
	      "another");
}

/*
 * While one is being loaded, another begins to use what was loaded for it: in a
 * thread of its own, because this one is inside the first.
 */
struct second {
	struct spin *spin;
	bool tried;
	int ret;
};

static void *load_caller(void *arg)
{
	struct second *second = arg;

	second->ret = spin_ext_load(second->spin, object_path("procedure/use/caller"),
				    NULL, NULL);
	return NULL;
}

/* libbpf says so of maps, which it makes when all that is demanded is there. */
static void load_second(void *arg, const char *text)
{
	struct second *second = arg;
	pthread_t thread;

	if (second->tried || !strstr(text, "created successfully"))
		return;
	second->tried = true;
	if (pthread_create(&thread, NULL, load_caller, second))
		give_up("no thread");
	pthread_join(thread, NULL);
}

static void is_loaded(struct spin *spin, const char *name, const char *ext,
		      int expected)
{
	struct spin_ioc_ext_next found;

	expect(name, spin_ext_find(spin, ext, &found), expected);
}

/* $SPIN_PATH leads to an installed exporter of Adder, and to no other. */
static void demanded(void)
{
	struct second second = { .spin = spin_open() };
	const struct spin_load_opts opts = {
		.size = sizeof(opts), .debug = true, .log = load_second,
		.log_arg = &second,
	};
	const char *refusing = object_path("procedure/use/caller-that-refuses");
	struct spin *spin = spin_open();

	expect("caller_refuses", spin_ext_load(spin, refusing, NULL, NULL),
	       -EINVAL);
	is_loaded(spin, "what_was_loaded_for_it_goes", "adder", -ENOENT);
	spin_ext_load(spin, refusing, &opts, NULL);
	check("hint_says_what_stays",
	      strstr(spin_error_hint(spin), "adder was loaded for it and stays"),
	      "that adder stays", "%s", spin_error_hint(spin));
	expect("second_was_loaded", second.ret, 0);
	is_loaded(spin, "what_others_use_stays", "adder", 0);
	is_loaded(spin, "who_uses_it_stays", "caller", 0);
	expect("second_goes", spin_ext_unload(spin, "caller", 0), 0);
	expect("adder_goes", spin_ext_unload(spin, "adder", 0), 0);
	spin_close(second.spin);
	spin_close(spin);
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "printer"))
		printer();
	else if (argc == 2 && !strcmp(argv[1], "demanded"))
		demanded();
	else
		give_up("usage: libspin printer|demanded");
	return 0;
}
