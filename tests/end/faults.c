// SPDX-License-Identifier: GPL-2.0
/*
 * Lets each allocation that a step of a load makes fail once, one after the
 * other (/proc/self/fail-nth): the step fails as a whole or succeeds as a whole,
 * can be done again, and nothing is lost. The same holds for insmod, if the
 * module's file is given: argument 1; argument 2: every how manieth allocation
 * of it.
 *
 * Needs a kernel with fault injection, set up by tests/end/test.sh.
 */
#include <sys/syscall.h>

#include "raw.h"

#define MOST	100000	/* more allocations than any step makes */

/* Descriptors would be allocated by opening the file at the wrong time. */
static int nth_file;

static void fail_nth(int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", n);

	if (pwrite(nth_file, text, len, 0) != len)
		give_up("cannot write to fail-nth");
}

/* Ends the injection; how many allocations were left: 0 if the fault came. */
static int nth_left(void)
{
	char text[16] = "";
	int left;

	if (pread(nth_file, text, sizeof(text) - 1, 0) <= 0)
		give_up("cannot read fail-nth");
	left = atoi(text);
	fail_nth(0);
	return left;
}

/* --- the steps of a load -------------------------------------------------- */

enum phase {
	CREATE, IMPORT, GRANT, ENTER, UPDATE, LINK, COMMIT, INSTALL, DISABLE,
	ENABLE, REMOVE, REPLACE, UNLOAD, WALK, NR
};

static const char *const phase_names[] = {
	"create", "import", "grant", "enter", "update", "attach", "commit",
	"install", "disable", "enable", "remove", "replace", "unload", "walk",
};

#define MADE	3	/* bindings of an install */

static struct fixture fixture;
static int file;
static bool clock_binding;	/* of Clock.Tick, which has a thread; else of Udp */

/* What has been done, to be undone. */
static struct {
	int ext, map, link;
	int next_ext, next_map, next_link;	/* of the version that replaces it */
	__u64 made;
	bool committed;
} is;

static int walk(void)
{
	struct spin_ioc_binding_next binding;

	return binding_find("faulty", NULL, &binding);
}

static struct raw_value template(void)
{
	struct raw_value value;

	if (!clock_binding)
		return raw_template(fixture.guard, fixture.count, "by_port");
	value = raw_template(0, fixture.tick, "by_time");
	value.period_us = 1000;
	return value;
}

static int install(void)
{
	struct spin_ioc_binding_install b =
		install_block("faulty", clock_binding ? "by_time" : "by_port");
	int ret;

	b.count = MADE;
	if (!clock_binding) {
		b.match.fields = 1;
		b.match.value[0] = 4242;
	}
	ret = binding_install(&b);
	if (!ret)
		is.made = b.id;
	return ret;
}

static int count_bindings(const char *ext)
{
	struct spin_ioc_binding_next binding = {};
	int n = 0;

	while (!ioctl(spin_device(), SPIN_IOC_BINDING_NEXT, &binding))
		n += !strcmp(binding.ext, ext);
	return n;
}

/* The whole way of the next version; what it got to is closed by undo_next(). */
static int replace(void)
{
	struct raw_value value = template();
	int ret;

	ret = ext_replace("faulty");
	if (ret < 0)
		return ret;
	is.next_ext = ret;
	ret = ext_inherit(is.next_ext, "file");
	if (ret < 0)
		return ret;
	ret = ext_import(is.next_ext, clock_binding ? "Clock" : "Udp");
	if (!ret)
		ret = ext_enter(is.next_ext);
	if (!ret)
		ret = raw_update(is.next_map, &value);
	if (ret)
		return ret;
	ret = raw_link(is.next_map);
	if (ret < 0)
		return ret;
	is.next_link = ret;
	return ext_commit(is.next_ext);
}

static void undo_next(void)
{
	if (is.next_link >= 0)
		close(is.next_link);
	if (is.next_map >= 0)
		close(is.next_map);
	if (is.next_ext >= 0)
		close(is.next_ext);
	is.next_ext = is.next_map = is.next_link = -1;
}

/* A template can be written once: each try needs another. */
static void prepare_next(void)
{
	undo_next();
	is.next_map = raw_map(clock_binding ? fixture.by_time : fixture.by_port);
}

static int step(enum phase phase)
{
	struct raw_value value;
	struct spin_ioc_ext_grant grant = {
		.kind = SPIN_CAP_FILE, .name = "file",
		.fd = file, .fd2 = -1,
	};
	int ret = 0;

	switch (phase) {
	case CREATE:
		ret = ext_create("faulty");
		if (ret >= 0)
			is.ext = ret;
		break;
	case IMPORT:
		ret = ext_import(is.ext, clock_binding ? "Clock" : "Udp");
		break;
	case GRANT:
		ret = result(ioctl(is.ext, SPIN_IOC_EXT_GRANT, &grant));
		break;
	case ENTER:
		ret = ext_enter(is.ext);
		break;
	case UPDATE:
		value = template();
		ret = raw_update(is.map, &value);
		break;
	case LINK:
		ret = raw_link(is.map);
		if (ret >= 0)
			is.link = ret;
		break;
	case COMMIT:
		ret = ext_commit(is.ext);
		if (!ret)
			is.committed = true;
		break;
	case INSTALL:
		ret = install();
		break;
	case DISABLE:
		ret = binding_enable(is.made, 0);
		break;
	case ENABLE:
		ret = binding_enable(is.made, 1);
		break;
	case REMOVE:
		ret = binding_remove(is.made, MADE);
		break;
	case REPLACE:
		ret = replace();
		break;
	case UNLOAD:
		ret = ext_unload("faulty", 1);
		/* we hold the programs ourselves */
		if (!ret || ret == -ETIMEDOUT) {
			is.committed = false;
			ret = 0;
		}
		break;
	case WALK:
		ret = walk();
		break;
	default:
		break;
	}
	return ret < 0 ? ret : 0;
}

static void undo(void)
{
	undo_next();
	if (is.committed)
		ext_unload("faulty", 1);
	if (is.link >= 0)
		close(is.link);
	if (is.map >= 0)
		close(is.map);
	if (is.ext >= 0)
		close(is.ext);
}

/* All up to @phase; false if that does not work even without faults. */
static bool do_until(enum phase phase)
{
	is.ext = is.map = is.link = -1;
	is.next_ext = is.next_map = is.next_link = -1;
	is.committed = false;
	is.map = raw_map(clock_binding ? fixture.by_time : fixture.by_port);
	for (enum phase p = CREATE; p < phase; p++)
		if (p != REPLACE && p != UNLOAD && step(p))
			return false;
	if (phase == REPLACE)
		prepare_next();
	return true;
}

/* Did a step that failed leave as many bindings as there were? */
static bool as_before(enum phase phase, int bindings)
{
	if (phase == REPLACE)
		prepare_next();	/* closes what the failed one got to */
	return phase == UNLOAD || count_bindings("faulty") == bindings;
}

static void try_phase(enum phase phase, int exts)
{
	char name[64];
	int n, failed = 0, ret = 0, again = 0, left, bindings;
	const char *wrong = NULL;

	snprintf(name, sizeof(name), "allocations_of_%s%s_fail_cleanly",
		 phase_names[phase], clock_binding ? "_clock" : "");
	for (n = 1; n < 500 && !wrong; n++) {
		if (!do_until(phase)) {
			wrong = "the steps before it succeed";
			undo();
			break;
		}
		bindings = count_bindings("faulty");
		fail_nth(n);
		ret = step(phase);
		left = nth_left();
		if (ret) {
			failed++;
			if (!as_before(phase, bindings))
				wrong = "as many bindings as before";
			/* as it was before: the same step works now */
			again = wrong ? 0 : step(phase);
			if (again)
				wrong = "the step works when tried again";
		}
		undo();
		if (ext_count() != exts)
			wrong = "no extension stays";
		if (left)
			break;
	}
	check(name, !wrong, wrong ? wrong : "",
	      "allocation %d: %s, then %s, %d extensions", n, said(ret),
	      said(again), ext_count() - exts);
	printf("# %s: %d allocations, %d failures\n", phase_names[phase], n - 1,
	       failed);
}

/* --- insmod --------------------------------------------------------------- */

static int insert(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret;

	if (fd < 0)
		give_up("%s", path);
	ret = result(syscall(SYS_finit_module, fd, "", 0));
	close(fd);
	return ret;
}

static int take_out(void)
{
	return result(syscall(SYS_delete_module, "spin", O_NONBLOCK));
}

static bool module_there(void)
{
	return !access("/sys/module/spin", F_OK);
}

static void insmod(const char *path, int every)
{
	int total, failed = 0, ret = 0, n;
	const char *wrong = NULL;

	fail_nth(MOST);
	ret = insert(path);
	total = MOST - nth_left();
	if (ret)
		give_up("the module does not load: %s", said(ret));
	if (!wait_for(!take_out(), 5))
		give_up("the module does not go");
	/* The loader of modules makes most of them: the last ones are ours. */
	for (n = total > 400 ? total - 400 : 1; n <= total && !wrong; n += every) {
		fail_nth(n);
		ret = insert(path);
		nth_left();
		if (ret) {
			failed++;
			if (!access("/dev/spin", F_OK))
				wrong = "no /dev/spin after a failure";
			else if (!wait_for(!module_there(), 5))
				wrong = "no module after a failure";
		} else if (!wait_for(!take_out(), 5)) {
			wrong = "it can be taken out again";
		}
	}
	check("allocations_of_insmod_fail_cleanly", !wrong, wrong ? wrong : "",
	      "allocation %d: %s", n, said(ret));
	printf("# insmod: %d allocations, %d failures\n", total, failed);
	ret = insert(path);
	check("insmod_works_after_all_that", !ret, "0", "%s", said(ret));
}

int main(int argc, char **argv)
{
	struct census before;
	int ext, exts;

	nth_file = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (nth_file < 0) {
		skip("allocations_fail_cleanly", "no fail-nth here");
		return 0;
	}
	if (argc > 1) {
		insmod(argv[1], argc > 2 ? atoi(argv[2]) : 1);
		return 0;
	}
	libbpf_set_print(quiet);
	before = census();
	exts = before.exts;
	file = open(object_path("run/fixture"), O_RDONLY | O_CLOEXEC);
	/* The programs are loaded once, in an extension that comes to nothing. */
	ext = fixture_ext("programs", &fixture);
	close(ext);
	for (enum phase phase = CREATE; phase < NR; phase++)
		try_phase(phase, exts);
	clock_binding = true;
	for (enum phase phase = UPDATE; phase <= UNLOAD; phase++)
		try_phase(phase, exts);
	fixture_drop(&fixture);
	nothing_left("failed_allocations_leave_nothing", &before);
	return 0;
}
