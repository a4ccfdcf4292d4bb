// SPDX-License-Identifier: GPL-2.0
/*
 * Requests about capabilities that spinctl does not make: with wrong blocks,
 * with allocations that fail, by several threads at once. Extensions "caps" (with
 * "clip" granted) and "caps-other" are loaded.
 *
 * usage: caps wrong|faults FILE|race FILE
 */
#include <pthread.h>
#include <sys/syscall.h>

#include "raw.h"

#define MOST	10000	/* more allocations than a request makes */
#define TURNS	200	/* of a race, by each thread */

static const char *path;

static struct spin_ioc_cap_grant grant_of(const char *ext, const char *name)
{
	struct spin_ioc_cap_grant block = {
		.grant.kind = SPIN_CAP_FILE,
		.grant.fd = -1, .grant.fd2 = -1,
	};

	snprintf(block.grant.name, sizeof(block.grant.name), "%s", name);
	snprintf(block.ext, sizeof(block.ext), "%s", ext);
	return block;
}

static int give(struct spin_ioc_cap_grant *block)
{
	return result(ioctl(spin_device(), SPIN_IOC_CAP_GRANT, block));
}

static int give_file(const char *ext, const char *name, int fd)
{
	struct spin_ioc_cap_grant block = grant_of(ext, name);

	block.grant.fd = fd;
	return give(&block);
}

static int derive(const char *ext, const char *name, const char *from)
{
	struct spin_ioc_cap_grant block = grant_of(ext, name);

	block.grant.flags = SPIN_GRANT_DERIVE;
	snprintf(block.grant.from, sizeof(block.grant.from), "%s", from);
	return give(&block);
}

static int take_back(const char *ext, const char *name)
{
	struct spin_ioc_cap_revoke block = {};

	snprintf(block.ext, sizeof(block.ext), "%s", ext);
	snprintf(block.name, sizeof(block.name), "%s", name);
	return result(ioctl(spin_device(), SPIN_IOC_CAP_REVOKE, &block));
}

static int open_file(void)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		give_up("%s", path);
	return fd;
}

/* --- wrong blocks --------------------------------------------------------- */

static void expect_error(const char *name, int ret, int err)
{
	check(name, ret == err, strerror(-err), "%s", said(ret));
}

static void wrong_grants(void)
{
	struct spin_ioc_cap_grant block = grant_of("caps", "later");

	block.grant.flags = SPIN_GRANT_LATE;
	expect_error("late_for_a_loaded_one", give(&block), -EINVAL);
	block.grant.flags = 1U << 31;
	expect_error("unknown_flag", give(&block), -EINVAL);
	block.grant.flags = SPIN_GRANT_DERIVE;
	memset(block.grant.from, 'x', sizeof(block.grant.from));
	expect_error("name_without_end", give(&block), -ENAMETOOLONG);
	expect_error("from_without_slash", derive("caps", "later", "caps"), -ENOENT);
	expect_error("from_without_name", derive("caps", "later", "caps/"), -ENOENT);
	expect_error("from_slash", derive("caps", "later", "/"), -ENOENT);
	block = grant_of("caps", "later");
	strcpy(block.grant.from, "caps/clip");
	expect_error("from_without_the_flag", give(&block), -EINVAL);
	block = grant_of("caps", "later");
	block.grant.rights = ~0U;
	expect_error("rights_there_are_not", give(&block), -EOPNOTSUPP);
	block = grant_of("caps", "later");
	block.grant.kind = 0x40000001;
	expect_error("kind_there_is_not", give(&block), -EINVAL);
	expect_error("closed_descriptor", give_file("caps", "later", 999), -EBADF);
	expect_error("nobody", give_file("nobody", "later", 0), -ENOENT);
	expect_error("name_with_slash", give_file("caps", "a/b", 0), -EINVAL);
}

static void wrong_others(void)
{
	struct spin_ioc_cap_narrow narrow = {
		.rights = 1U << 20,
	};
	struct spin_ioc_cap_tree_next next = {
		.id = ~0ULL,
	};
	struct spin_ioc_cap_revoke block = {
		.id = ~0ULL,
	};

	expect_error("no_such_right",
		     result(ioctl(spin_device(), SPIN_IOC_CAP_NARROW, &narrow)),
		     -EINVAL);
	expect_error("no_such_number",
		     result(ioctl(spin_device(), SPIN_IOC_CAP_REVOKE, &block)),
		     -ENOENT);
	memset(block.ext, 'x', sizeof(block.ext));
	block.id = 0;
	expect_error("extension_without_end",
		     result(ioctl(spin_device(), SPIN_IOC_CAP_REVOKE, &block)),
		     -ENAMETOOLONG);
	expect_error("beyond_the_last",
		     result(ioctl(spin_device(), SPIN_IOC_CAP_TREE_NEXT, &next)),
		     -ENOENT);
}

/* --- allocations that fail ------------------------------------------------ */

static int nth_file;

/* Makes the N-th allocation fail from now on; 0: none. */
static void fail_nth(int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", n);

	if (pwrite(nth_file, text, len, 0) != len)
		give_up("cannot write to fail-nth");
}

/* Did it come to that allocation? */
static bool failed(void)
{
	char text[16] = "";

	if (pread(nth_file, text, sizeof(text) - 1, 0) <= 0)
		give_up("cannot read fail-nth");
	return !atoi(text);
}

static int by_file(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = open_file();
	return give_file("caps", "later", fd);
}

static int by_derivation(void)
{
	return derive("caps", "later", "caps/clip");
}

/* The request fails as a whole, or succeeds, and can then be undone. */
static void fail_each(const char *name, int (*request)(void))
{
	int n, ret, times = 0;
	bool fault = true;

	for (n = 1; fault && n < MOST; n++) {
		fail_nth(n);
		ret = request();
		fault = failed();
		fail_nth(0);
		if (ret > 0 && take_back("caps", "later"))
			give_up("cannot revoke it");
		if (ret < 0 && ret != -ENOMEM)
			break;
		times += ret == -ENOMEM;
	}
	check(name, !fault && ret > 0 && times, "ENOMEM some times, then a slot",
	      "%s at allocation %d, %d times ENOMEM", said(ret), n - 1, times);
}

static void faults(void)
{
	char file[64];

	snprintf(file, sizeof(file), "/proc/self/task/%d/fail-nth",
		 (int)syscall(SYS_gettid));
	nth_file = open(file, O_RDWR | O_CLOEXEC);
	if (nth_file < 0)
		give_up("no fault injection");
	by_file();	/* opens the file */
	take_back("caps", "later");
	fail_each("grant", by_file);
	fail_each("derive", by_derivation);
}

/* --- all at once ---------------------------------------------------------- */

static int wrong_results;

static void note(int ret)
{
	/* What the others do makes these right. */
	if (ret < 0 && ret != -EEXIST && ret != -ENOENT && ret != -EKEYREVOKED)
		__sync_fetch_and_add(&wrong_results, 1);
}

static void *granting(void *arg)
{
	int i, fd = open_file();

	(void)arg;
	for (i = 0; i < TURNS; i++) {
		note(give_file("caps", "clip", fd));
		note(derive("caps-other", "clip", "caps/clip"));
		note(derive("caps", "later", "caps-other/clip"));
	}
	close(fd);
	return NULL;
}

static void *revoking(void *arg)
{
	int i;

	for (i = 0; i < TURNS / 4; i++)
		note(take_back(arg, "clip"));
	return NULL;
}

static void race(void)
{
	pthread_t threads[4];
	int i;

	pthread_create(&threads[0], NULL, granting, NULL);
	pthread_create(&threads[1], NULL, granting, NULL);
	pthread_create(&threads[2], NULL, revoking, "caps");
	pthread_create(&threads[3], NULL, revoking, "caps-other");
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	check("results", !wrong_results, "only those that the others explain",
	      "%d others", wrong_results);
}

int main(int argc, char **argv)
{
	path = argc > 2 ? argv[2] : NULL;
	if (argc == 2 && !strcmp(argv[1], "wrong")) {
		wrong_grants();
		wrong_others();
	} else if (argc == 3 && !strcmp(argv[1], "faults")) {
		faults();
	} else if (argc == 3 && !strcmp(argv[1], "race")) {
		race();
	} else {
		give_up("wrong arguments");
	}
	return 0;
}
