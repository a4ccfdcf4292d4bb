// SPDX-License-Identifier: GPL-2.0
/*
 * Lets each allocation that a step of a load makes fail once, one after the
 * other (/proc/self/fail-nth): the step fails as a whole or succeeds as a whole,
 * can be done again, and nothing is lost. Likewise for insmod, if the module's
 * file is given: argument 1; argument 2: every how manieth allocation of it.
 *
 * Needs a kernel with fault injection, set up by tests/suite/90-end.sh.
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

enum phase { CREATE, IMPORT, GRANT, ENTER, UPDATE, LINK, COMMIT, UNLOAD, WALK, NR };

static const char *const phase_names[] = {
	"create", "import", "grant", "enter", "update", "attach", "commit",
	"unload", "walk",
};

static struct fixture fixture;
static int file;
static bool clock_binding;	/* of Clock.Tick, which has a thread; else of Udp */

/* What has been done, to be undone. */
static struct {
	int ext, map, link;
	bool committed;
} is;

static int walk(void)
{
	struct spin_ioc_binding_next binding;

	return binding_find("faulty", NULL, &binding);
}

static int step(enum phase phase)
{
	struct raw_value value;
	struct spin_ioc_ext_grant grant = {
		.size = sizeof(grant), .kind = SPIN_CAP_FILE, .name = "file",
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
		value = raw_template(fixture.guard, fixture.count, "by_port");
		if (clock_binding) {
			value = raw_template(0, fixture.tick, "by_time");
			value.period_us = 1000;
		}
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
	is.committed = false;
	is.map = raw_map(clock_binding ? fixture.by_time : fixture.by_port);
	for (enum phase p = CREATE; p < phase; p++)
		if (p != UNLOAD && step(p))
			return false;
	return true;
}

static void try_phase(enum phase phase, int exts)
{
	char name[64];
	int n, failed = 0, ret = 0, again = 0, left;
	const char *wrong = NULL;

	snprintf(name, sizeof(name), "allocations_of_%s%s_fail_cleanly",
		 phase_names[phase], clock_binding ? "_clock" : "");
	for (n = 1; n < 500 && !wrong; n++) {
		if (!do_until(phase)) {
			wrong = "the steps before it succeed";
			undo();
			break;
		}
		fail_nth(n);
		ret = step(phase);
		left = nth_left();
		if (ret) {
			failed++;
			/* as it was before: the same step works now */
			again = step(phase);
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
	file = open(object_path("fixture"), O_RDONLY | O_CLOEXEC);
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
