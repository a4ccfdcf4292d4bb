// SPDX-License-Identifier: GPL-2.0
/*
 * Who waits for whom: what the tests of test.sh need a program for.
 *
 * usage: waits call EXTENSION NUMBER [ARGUMENT]
 *        waits unload EXTENSION
 *        waits detach TEMPLATE
 *        waits stalled
 */
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <spin/libspin.h>

#include "raw.h"
#include "waits.h"

#define UNLOAD_MS	60000

static int connected(const char *ext)
{
	struct spin_ioc_connect connect = {};
	int fd = open(SPIN_DEVICE, O_RDWR | O_CLOEXEC);

	snprintf(connect.ext, sizeof(connect.ext), "%s", ext);
	if (fd < 0 || ioctl(fd, SPIN_IOC_CONNECT, &connect))
		give_up("cannot connect to %s", ext);
	return fd;
}

/* One call; says what came of it. */
static int call(int argc, char **argv)
{
	__u64 args[SPIN_CALL_ARGS] = { argc > 2 ? strtoull(argv[2], NULL, 0) : 0 };
	__u64 answer = 0;
	int ret = spin_call(connected(argv[0]), strtoull(argv[1], NULL, 0), args,
			    &answer);

	if (ret < 0)
		printf("%s\n", strerrorname_np(errno));
	else
		printf("%llu\n", (unsigned long long)answer);
	return 0;
}

/* Unloaded, and all of it freed, however slow the machine. */
static int unload(const char *name)
{
	printf("%s\n", said(ext_unload(name, UNLOAD_MS)));
	return 0;
}

/* The link of a template, found as an administrator would, by its id. */
static int link_of(const char *template)
{
	struct bpf_link_info link = {};
	struct bpf_map_info map = {};
	__u32 id = 0, size;
	int fd, map_fd;

	while (!bpf_link_get_next_id(id, &id)) {
		fd = bpf_link_get_fd_by_id(id);
		size = sizeof(link);
		memset(&link, 0, sizeof(link));
		if (fd < 0 || bpf_link_get_info_by_fd(fd, &link, &size) ||
		    link.type != BPF_LINK_TYPE_STRUCT_OPS)
			continue;
		map_fd = bpf_map_get_fd_by_id(link.struct_ops.map_id);
		size = sizeof(map);
		memset(&map, 0, sizeof(map));
		if (map_fd >= 0 &&
		    !bpf_map_get_info_by_fd(map_fd, &map, &size) &&
		    !strncmp(map.name, template, sizeof(map.name) - 1))
			return fd;
		close(map_fd);
		close(fd);
	}
	give_up("no link of template %s", template);
}

static int detach(const char *template)
{
	printf("%s\n", said(result(bpf_link_detach(link_of(template)))));
	return 0;
}

/* ---- blocks that are slow to come ---- */

#define BLOCK_MAX	8192	/* bytes: more than any request's */

static int ext;
static void *missing;	/* memory that nobody brings until it is let go */
static const struct {
	unsigned long number;
	int of_zeros;	/* what a block of zeros gets */
} requests[] = {
	{ SPIN_IOC_EXT_IMPORT, -ENOENT },
	{ SPIN_IOC_EXT_DOMAIN, -EINVAL },
	{ SPIN_IOC_DOMAIN_LIMIT, 0 },
	{ SPIN_IOC_EXT_GRANT, -EINVAL },
	{ SPIN_IOC_EXT_INHERIT, -EINVAL },
	{ SPIN_IOC_EXT_PROC_IMPORT, -EINVAL },
	{ SPIN_IOC_EXT_PROC_EXPORT, -EINVAL },
};

static int missing_make(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	missing = mmap(NULL, BLOCK_MAX, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	range.range.start = (__u64)missing;
	range.range.len = BLOCK_MAX;
	if (fd < 0 || missing == MAP_FAILED || ioctl(fd, UFFDIO_API, &api) ||
	    ioctl(fd, UFFDIO_REGISTER, &range))
		give_up("userfaultfd");
	return fd;
}

/* Returns once somebody waits for the memory. */
static void missing_await(int fd)
{
	struct uffd_msg msg;

	if (read(fd, &msg, sizeof(msg)) != sizeof(msg) ||
	    msg.event != UFFD_EVENT_PAGEFAULT)
		give_up("no fault");
}

static void missing_bring(int fd)
{
	struct uffdio_zeropage zero = {
		.range = { .start = (__u64)missing, .len = BLOCK_MAX },
	};

	if (ioctl(fd, UFFDIO_ZEROPAGE, &zero))
		give_up("UFFDIO_ZEROPAGE");
}

static void missing_again(void)
{
	if (madvise(missing, BLOCK_MAX, MADV_DONTNEED))
		give_up("madvise");
}

static void *request_missing(void *number)
{
	return (void *)(long)result(ioctl(ext, (unsigned long)number, missing));
}

static bool imported;

static void *request_import(__attribute__((unused)) void *arg)
{
	int ret = ext_import(ext, "Clock");

	__atomic_store_n(&imported, true, __ATOMIC_RELEASE);
	return (void *)(long)ret;
}

/* While one thread's block does not come, another one's request is served. */
static int stalled(void)
{
	int fd = missing_make();
	pthread_t first, second;
	void *ret;

	ext = ext_create("stalled");
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		char name[32];

		imported = false;
		pthread_create(&first, NULL, request_missing,
			       (void *)requests[i].number);
		missing_await(fd);
		pthread_create(&second, NULL, request_import, NULL);
		snprintf(name, sizeof(name), "served_beside_request_%zu", i);
		check(name, wait_for(__atomic_load_n(&imported, __ATOMIC_ACQUIRE),
				     20), "an import", "it waits");
		missing_bring(fd);
		pthread_join(first, &ret);
		missing_again();
		expect("block_of_zeros", (long)ret, requests[i].of_zeros);
		pthread_join(second, &ret);
		expect("import", (long)ret, 0);
	}
	close(ext);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc >= 4 && !strcmp(argv[1], "call"))
		return call(argc - 2, argv + 2);
	if (argc == 3 && !strcmp(argv[1], "detach"))
		return detach(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "unload"))
		return unload(argv[2]);
	if (argc == 2 && !strcmp(argv[1], "stalled"))
		return stalled();
	fprintf(stderr, "usage: waits call EXTENSION NUMBER [ARGUMENT] | unload EXTENSION | detach TEMPLATE | stalled\n");
	return 2;
}
