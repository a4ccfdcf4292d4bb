// SPDX-License-Identifier: GPL-2.0
/*
 * Declarations of procedures that no honest loader makes: prototypes that are
 * none, names that do not end, too many, too late; and loaders that end in the
 * middle.
 */
#include <pthread.h>

#include "raw.h"

static struct spin_ioc_ext_procedure adder(const char *interface,
					   const char *procedure)
{
	struct spin_ioc_ext_procedure arg = {
		.prototype = {
			.size = 16,
			.members = 2,
			.member = { { 0, 4, 0 }, { 4, 4, 0 } },
		},
	};

	snprintf(arg.interface, sizeof(arg.interface), "%s", interface);
	snprintf(arg.procedure, sizeof(arg.procedure), "%s", procedure);
	snprintf(arg.text, sizeof(arg.text), "a prototype");
	return arg;
}

static void check_int(const char *name, int expected, int seen)
{
	expect(name, seen, expected);
}

static int import(int ext, struct spin_ioc_ext_procedure *arg)
{
	return result(ioctl(ext, SPIN_IOC_EXT_PROC_IMPORT, arg));
}

static int export(int ext, struct spin_ioc_ext_procedure *arg)
{
	return result(ioctl(ext, SPIN_IOC_EXT_PROC_EXPORT, arg));
}

static unsigned int count(void)
{
	struct spin_ioc_proc_next proc = {};
	unsigned int n = 0;

	while (!ioctl(spin_device(), SPIN_IOC_PROC_NEXT, &proc))
		n++;
	return n;
}

/* They end a little after their last reference. */
static bool gone(void)
{
	int i;

	for (i = 0; i < 500 && count(); i++)
		usleep(10000);
	return !count();
}

static void wants_einval(int ext, const char *name,
			 const struct spin_ioc_ext_procedure *arg)
{
	struct spin_ioc_ext_procedure copy = *arg;
	int imported = import(ext, &copy), exported;

	copy = *arg;
	exported = export(ext, &copy);
	check(name, imported == -EINVAL && exported == -EINVAL, "EINVAL twice",
	      "%s, %s", said(imported), said(exported));
}

static void prototypes(int ext)
{
	struct spin_ioc_ext_procedure arg;

#define WITH(NAME, ...) do {			\
	arg = adder("Wrong", "Call");		\
	__VA_ARGS__;				\
	wants_einval(ext, NAME, &arg);		\
} while (0)
	WITH("proc_size_zero", arg.prototype.size = 0);
	WITH("proc_size_odd", arg.prototype.size = 12);
	WITH("proc_size_too_large", arg.prototype.size = 72);
	WITH("proc_size_huge", arg.prototype.size = 0xfffffff8);
	WITH("proc_unknown_flag", arg.prototype.flags = 4);
	WITH("proc_cost_too_large", arg.prototype.cost_max = 1 << 20);
	WITH("proc_too_many_members", arg.prototype.members = 17);
	WITH("proc_members_huge", arg.prototype.members = 0xffffffff);
	WITH("proc_member_empty", arg.prototype.member[1].size = 0);
	WITH("proc_member_beyond", arg.prototype.member[1].size = 16);
	WITH("proc_member_wraps", arg.prototype.member[1].offset = 0xfffc);
	WITH("proc_members_overlap", arg.prototype.member[1].offset = 2);
	WITH("proc_members_out_of_order",
	     arg.prototype.member[0].offset = 8);
	WITH("proc_rest_not_zero", arg.prototype.member[2].size = 4);
	WITH("proc_capability_of_two_bytes",
	     arg.prototype.member[0] = (struct spin_proc_member){ 0, 2, 1 });
	WITH("proc_capability_not_aligned",
	     arg.prototype.member[1] = (struct spin_proc_member){ 6, 4, 1 });
	WITH("proc_five_capabilities",
	     arg.prototype.size = 24;
	     arg.prototype.members = 5;
	     for (int i = 0; i < 5; i++)
		     arg.prototype.member[i] =
			     (struct spin_proc_member){ 4 * i, 4, 1 });
	WITH("proc_status", arg.status = 1);
	WITH("proc_flag", arg.flags = 2);
	WITH("proc_no_interface", arg.interface[0] = 0);
	WITH("proc_no_name", arg.procedure[0] = 0);
	WITH("proc_slash", strcpy(arg.interface, "u0/Wrong"));
	WITH("proc_dot", strcpy(arg.procedure, "Call.Me"));
#undef WITH
	arg = adder("Wrong", "Call");
	memset(arg.text, 'x', sizeof(arg.text));
	check_int("proc_text_without_end", -ENAMETOOLONG, import(ext, &arg));
	arg = adder("Clock", "Call");
	check_int("proc_import_of_kernel_interface", -EEXIST, import(ext, &arg));
	arg = adder("Wrong", "Call");
	memset(arg.interface, 'x', sizeof(arg.interface));
	check_int("proc_interface_without_end", -ENAMETOOLONG, import(ext, &arg));
	arg = adder("Wrong", "Call");
	memset(arg.procedure, 'x', sizeof(arg.procedure));
	check_int("proc_name_without_end", -ENAMETOOLONG, export(ext, &arg));
	check("proc_nothing_was_made", gone(), "no procedures", "%u", count());
}

static void names_and_numbers(int ext)
{
	struct spin_ioc_ext_procedure arg = adder("Many", "Call");
	int i, slot = 0;

	arg.flags = SPIN_PROC_PUBLIC;
	check_int("proc_import_public", -EINVAL, import(ext, &arg));
	arg = adder("Many", "Call");
	check_int("proc_first_slot", 1, import(ext, &arg));
	check_int("proc_unbound", SPIN_LINK_UNBOUND, arg.status);
	arg.status = 0;
	check_int("proc_twice", -EEXIST, export(ext, &arg));
	for (i = 2; i <= SPIN_PROCEDURES_MAX; i++) {
		char name[SPIN_NAME_LEN];

		snprintf(name, sizeof(name), "Call%d", i);
		arg = adder("Many", name);
		slot = i & 1 ? import(ext, &arg) : export(ext, &arg);
		if (slot != i)
			break;
	}
	check_int("proc_last_slot", SPIN_PROCEDURES_MAX, slot);
	arg = adder("Many", "CallMore");
	check_int("proc_too_many", -ENOSPC, import(ext, &arg));
	check_int("proc_listed", SPIN_PROCEDURES_MAX, count());
}

/* Calls are charged when templates are attached: nothing dearer comes later. */
static void too_late(void)
{
	struct fixture fixture;
	struct spin_ioc_ext_procedure arg = adder("Late", "Call");
	int ext = fixture_ext("proc-late", &fixture), map, link;

	if (ext < 0)
		give_up("fixture");
	map = raw_map(fixture.by_port);
	link = raw_bind(map, fixture.guard, fixture.count, "late");
	check("proc_template_is_attached", link >= 0, "a link", "%s", said(link));
	check_int("proc_import_after_attach", -EBUSY, import(ext, &arg));
	arg = adder("Late", "Call");
	check_int("proc_export_after_attach", -EBUSY, export(ext, &arg));
	close(link);
	close(map);
	close(ext);
	fixture_drop(&fixture);
}

/* What is being loaded has its names; nobody is bound to it. */
static void while_loading(void)
{
	struct spin_ioc_ext_procedure arg = adder("Soon", "Call");
	int one = ext_create("proc-one"), two = ext_create("proc-two");

	arg.flags = SPIN_PROC_PUBLIC;
	check_int("proc_export", 1, export(one, &arg));
	arg = adder("Soon", "Other");
	check_int("proc_interface_taken", -EEXIST, export(two, &arg));
	arg = adder("Soon", "Call");
	check_int("proc_import_early", 1, import(two, &arg));
	check_int("proc_not_bound_yet", SPIN_LINK_UNBOUND, arg.status);
	close(one);
	arg = adder("Soon", "Other");
	check("proc_name_is_free_again", export(two, &arg) == 2, "slot 2",
	      "refused");
	close(two);
	check("proc_both_gone", gone(), "no procedures", "%u", count());
}

/* A loader that is killed in the middle, many times, and two at once. */
static void killed(void)
{
	int i;

	for (i = 0; i < 50; i++) {
		pid_t pid = fork();

		if (pid < 0)
			give_up("fork");
		if (!pid) {
			int ext = ext_create(i & 1 ? "proc-killed" : "proc-dead");
			struct spin_ioc_ext_procedure arg;
			int n;

			for (n = 0;; n++) {
				char name[SPIN_NAME_LEN];

				snprintf(name, sizeof(name), "Call%d", n);
				arg = adder(i & 1 ? "Killed" : "Dead", name);
				if (n & 1)
					import(ext, &arg);
				else
					export(ext, &arg);
			}
		}
		usleep(3000);
		kill(pid, SIGKILL);
		if (i & 1)
			while (wait(NULL) > 0)
				;
	}
	while (wait(NULL) > 0)
		;
	check("proc_killed_loaders_leave_nothing", gone(), "no procedures", "%u",
	      count());
}

static void *declare(void *arg)
{
	int ext = *(int *)arg, i;

	for (i = 0; i < 200; i++) {
		struct spin_ioc_ext_procedure proc;
		char name[SPIN_NAME_LEN];

		snprintf(name, sizeof(name), "Call%d", i % 80);
		proc = adder("Both", name);
		if (i % 3)
			import(ext, &proc);
		else
			export(ext, &proc);
	}
	return NULL;
}

/* Two threads on one descriptor, and two extensions on one name. */
static void at_once(void)
{
	int ext[2] = { ext_create("proc-left"), ext_create("proc-right") }, i;
	pthread_t threads[4];

	for (i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, declare, &ext[i & 1]))
			give_up("pthread_create");
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	close(ext[0]);
	close(ext[1]);
	check("proc_at_once_leaves_nothing", gone(), "no procedures", "%u",
	      count());
}

/* ---- allocations that fail, one after the other ---- */

static void fail_nth(int fd, int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", n);

	if (pwrite(fd, text, len, 0) != len)
		give_up("cannot write to fail-nth");
}

/* Ends it: how many were left; 0: the fault came. */
static int nth_left(int fd)
{
	char text[16] = "";

	if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
		give_up("cannot read fail-nth");
	fail_nth(fd, 0);
	return atoi(text);
}

/* Each allocation of a declaration fails once; then the declaration can be made. */
static void faults(bool exports)
{
	int fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	const char *wrong = NULL;
	int n, ret = 0, failed = 0, left = 0;

	if (fd < 0) {
		skip("proc_allocations_fail_cleanly", "no fail-nth here");
		return;
	}
	for (n = 1; n < 200 && !left && !wrong; n++) {
		struct spin_ioc_ext_procedure arg = adder("Faulty", "Call");
		int ext = ext_create("proc-faulty");

		fail_nth(fd, n);
		ret = exports ? export(ext, &arg) : import(ext, &arg);
		left = nth_left(fd);
		if (ret < 0) {
			failed++;
			arg = adder("Faulty", "Call");
			if (ret != -ENOMEM)
				wrong = "ENOMEM";
			else if ((exports ? export(ext, &arg) :
					    import(ext, &arg)) != 1)
				wrong = "it works when tried again";
		}
		close(ext);
	}
	check(exports ? "proc_allocations_of_export_fail_cleanly" :
			"proc_allocations_of_import_fail_cleanly",
	      !wrong && failed, wrong ? wrong : "some fail", "allocation %d: %s",
	      n, said(ret));
	check("proc_failed_allocations_leave_nothing", gone(), "no procedures",
	      "%u", count());
	close(fd);
}

int main(int argc, char **argv)
{
	struct spin_ioc_ext_procedure arg;
	int ext;

	(void)argv;
	if (argc > 1) {
		faults(true);
		faults(false);
		return 0;
	}
	ext = ext_create("proc-raw");
	if (ext < 0)
		give_up("create");
	prototypes(ext);
	names_and_numbers(ext);
	close(ext);
	check("proc_all_gone", gone(), "no procedures", "%u", count());
	too_late();
	while_loading();
	killed();
	at_once();
	arg = adder("Wrong", "Call");
	check_int("proc_on_device", -ENOTTY,
		  result(ioctl(spin_device(), SPIN_IOC_EXT_PROC_IMPORT, &arg)));
	return 0;
}
