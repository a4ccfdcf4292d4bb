// SPDX-License-Identifier: GPL-2.0
/*
 * Every ioctl of /dev/spin and of an extension's descriptor, with arguments
 * that no honest program passes, then with random ones for some seconds
 * (argument: how many; second argument: seed).
 */
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <linux/spin_ext.h>

#include "../framebuffer/card.h"
#include "raw.h"
#include "requests.h"
#include "unanswered.h"

static int domain = -1;		/* of a domain of our own */

/* A descriptor that takes the request. */
static int descriptor(const struct request *c, int ext)
{
	if (c->on & ON_DEVICE)
		return spin_device();
	return c->on & ON_EXT ? ext : domain;
}

static int bad_count;
static char bad_text[4096];

static void must(bool good, const char *fmt, ...)
{
	va_list args;
	size_t used = strlen(bad_text);

	if (good)
		return;
	bad_count++;
	va_start(args, fmt);
	vsnprintf(bad_text + used, sizeof(bad_text) - used, fmt, args);
	va_end(args);
	used = strlen(bad_text);
	snprintf(bad_text + used, sizeof(bad_text) - used, "; ");
}

static void report(const char *name, const char *expected)
{
	check(name, !bad_count, expected, "%s", bad_text);
	bad_count = 0;
	bad_text[0] = '\0';
}

static int call(int fd, unsigned int number, void *arg)
{
	return result(ioctl(fd, number, arg));
}

/* What a block must have: all that ABI 4 has; of the version, the ABI. */
static size_t least(const struct request *c)
{
	return c->number == SPIN_IOC_VERSION ? 8 : c->size;
}

static void pointers_and_sizes(int ext)
{
	long page = sysconf(_SC_PAGESIZE);
	char *two = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *at_end = two + page - 4;

	munmap(two + page, page);
	for (size_t i = 0; i < NR_REQUESTS; i++) {
		const struct request *c = &requests[i];
		int fd = descriptor(c, ext), ret;
		const size_t sizes[] = { 0, 1, 3, 7, c->size / 2, c->size - 1,
					 4097, 16383 };

		/* Calls: see calls.c, which connects first. */
		if (!c->size || c->number == SPIN_IOC_CALL)
			continue;
		ret = call(fd, c->number, NULL);
		must(ret == -EFAULT, "%s(NULL): %s", c->name, said(ret));
		ret = call(fd, c->number, (void *)16);
		must(ret == -EFAULT, "%s(16): %s", c->name, said(ret));
		ret = call(fd, c->number, (void *)0xffffffff81000000ul);
		must(ret == -EFAULT, "%s(kernel): %s", c->name, said(ret));
		ret = call(fd, c->number, (void *)0x7ffffffff000ul);
		must(ret == -EFAULT, "%s(end of space): %s", c->name, said(ret));
		for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
			char *block = calloc(1, 32768);
			size_t size = sizes[s];

			memset(block + size, 0x5a, 32768 - size);
			ret = call(fd, RESIZED(c->number, size), block);
			must(size >= least(c) || ret == -EINVAL,
			     "%s(size %zu): %s", c->name, size, said(ret));
			must(size <= 4096 || ret == -E2BIG,
			     "%s(size %zu): %s", c->name, size, said(ret));
			for (size_t b = ret < 0 ? 0 : size; b < 32768; b++)
				if (block[b] != (b < size ? 0 : 0x5a)) {
					must(false, "%s(size %zu) wrote byte %zu",
					     c->name, size, b);
					break;
				}
			free(block);
		}
		ret = call(fd, c->number, at_end);
		must(ret == -EFAULT, "%s(over the end): %s", c->name, said(ret));
	}
	report("ioctls_refuse_bad_pointers_and_sizes",
	       "EFAULT, or an error and nothing written");

	for (size_t i = 0; i < NR_REQUESTS; i++) {
		const struct request *c = &requests[i];
		int fd = descriptor(c, ext);
		unsigned int more = RESIZED(c->number, c->size + 64);
		int plain, zero_tail, tail;
		char *block;

		if (!c->size || c->number == SPIN_IOC_EXT_CREATE ||
		    c->number == SPIN_IOC_CALL)
			continue;
		block = calloc(1, 4096);
		plain = call(fd, c->number, block);
		memset(block, 0, 4096);
		zero_tail = call(fd, more, block);
		must(plain == zero_tail, "%s: %s, and %s with a zero tail",
		     c->name, said(plain), said(zero_tail));
		memset(block, 0, 4096);
		block[c->size + 63] = 1;
		tail = call(fd, more, block);
		must(tail == (_IOC_DIR(c->number) & _IOC_WRITE ? -E2BIG : plain),
		     "%s: %s with a tail that is not zero", c->name, said(tail));
		/* What only goes from the kernel is not read, but is all written. */
		must(block[c->size + 63] == !!(_IOC_DIR(c->number) & _IOC_WRITE),
		     "%s: a tail of %d", c->name, block[c->size + 63]);
		memset(block, 0x5a, 4096);
		/* what the kernel writes ends where the caller's block does */
		memset(block, 0, c->size);
		call(fd, c->number, block);
		for (size_t b = c->size; b < 4096; b++)
			if (block[b] != 0x5a) {
				must(false, "%s wrote beyond its block", c->name);
				break;
			}
		free(block);
	}
	report("ioctls_take_larger_blocks_if_the_rest_is_zero",
	       "same result; E2BIG if not zero");

	/* An older caller's smaller block: only that much is written. */
	{
		struct spin_ioc_version version;
		int ret;

		memset(&version, 0x5a, sizeof(version));
		ret = call(spin_device(), RESIZED(SPIN_IOC_VERSION, 8), &version);
		must(!ret && version.abi == SPIN_ABI_VERSION,
		     "size 8: %s, abi %u", said(ret), version.abi);
		must(version.features == 0x5a5a5a5a5a5a5a5aull,
		     "more than 8 bytes were written");
	}
	report("ioctls_take_smaller_blocks", "the ABI, 8 bytes written");

	munmap(two, page);
}

static int domain_create(const char *name)
{
	struct spin_ioc_domain_create create = {};

	snprintf(create.name, sizeof(create.name), "%s", name);
	return result(ioctl(spin_device(), SPIN_IOC_DOMAIN_CREATE, &create));
}

/* A number that no request has, or not with this direction. */
static void unknown(unsigned int n, const int kinds[3])
{
	const unsigned int numbers[] = {
		_IO(SPIN_IOC_TYPE, n), _IOC(_IOC_READ, SPIN_IOC_TYPE, n, 64),
		_IOC(_IOC_WRITE, SPIN_IOC_TYPE, n, 64),
		_IOC(_IOC_READ | _IOC_WRITE, SPIN_IOC_TYPE, n, 64),
	};
	char block[1024] = {};

	for (size_t d = 0; d < sizeof(numbers) / sizeof(numbers[0]); d++) {
		bool known = false;

		for (size_t i = 0; i < NR_REQUESTS; i++)
			known |= _IOC_NR(requests[i].number) == n &&
				 _IOC_DIR(requests[i].number) == _IOC_DIR(numbers[d]);
		for (int k = 0; k < 3 && !known; k++) {
			int ret = call(kinds[k], numbers[d], block);

			must(ret == -ENOTTY, "unknown %#x on kind %d: %s",
			     numbers[d], k, said(ret));
		}
	}
}

static void wrong_descriptors(int ext)
{
	const int kinds[] = { spin_device(), ext, domain };	/* by bit of @on */
	int null = open("/dev/null", O_RDWR), ret;
	int sock = socket(AF_INET, SOCK_DGRAM, 0);
	char block[2048];

	for (size_t i = 0; i < NR_REQUESTS; i++) {
		const struct request *c = &requests[i];

		memset(block, 0, sizeof(block));
		for (int k = 0; k < 3; k++) {
			if (c->on & 1 << k)
				continue;
			ret = call(kinds[k], c->number, block);
			must(ret == -ENOTTY, "%s on another kind (%d): %s",
			     c->name, k, said(ret));
		}
		ret = call(null, c->number, block);
		must(ret == -ENOTTY, "%s on /dev/null: %s", c->name, said(ret));
		ret = call(sock, c->number, block);
		must(ret < 0, "%s on a socket: %s", c->name, said(ret));
	}
	for (unsigned int n = 0; n < 256; n++)
		unknown(n, kinds);
	for (size_t i = 0; i < NR_REQUESTS; i++) {
		const struct request *c = &requests[i];

		if (c->size)
			continue;
		ret = call(descriptor(c, ext), RESIZED(c->number, 8), block);
		must(ret == -ENOTTY, "%s with a size: %s", c->name, said(ret));
	}
	close(null);
	close(sock);
	report("ioctls_on_wrong_descriptors", "ENOTTY");
}

static void names(void)
{
	static const char *const wrong[] = {
		"", " ", "a b", "a/b", "../x", "a\nb", "a\x1b[2J", "\xe9t\xe9",
		"%s%n", "a:b", "'", "\x7f", "-",
	};
	struct spin_ioc_ext_create create;
	int ret;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]) - 1; i++) {
		ret = ext_create(wrong[i]);
		must(ret == -EINVAL, "'%s': %s", wrong[i], said(ret));
		if (ret >= 0)
			close(ret);
	}
	memset(&create, 0, sizeof(create));
	memset(create.name, 'a', sizeof(create.name));
	ret = call(spin_device(), SPIN_IOC_EXT_CREATE, &create);
	must(ret == -ENAMETOOLONG && strstr(device_verdict(), "name"),
	     "no NUL: %s, '%s'", said(ret), device_verdict());
	if (ret >= 0)
		close(ret);
	/* rubbish behind the NUL is no part of the name, but is not zero */
	memset(&create, 0, sizeof(create));
	strcpy(create.name, "flags");
	/* the first of them means nothing alone */
	for (__u32 flag = SPIN_EXT_BREAK_CALLERS; flag; flag <<= 1) {
		create.flags = flag;
		ret = call(spin_device(), SPIN_IOC_EXT_CREATE, &create);
		must(ret == -EINVAL, "unknown flag %#x: %s", flag, said(ret));
		must(strstr(device_verdict(), "flags") || flag == SPIN_EXT_BREAK_CALLERS,
		     "flag %#x: '%s'", flag, device_verdict());
		if (ret >= 0)
			close(ret);
	}
	report("names_of_extensions_are_checked", "EINVAL");
	ret = ext_unload("nobody", 0);
	must(ret == -ENOENT, "unload: %s", said(ret));
	report("unload_of_nobody", "ENOENT");
}

static void imports(int ext)
{
	struct spin_ioc_ext_import import = {};
	int ret;

	ret = ext_import(ext, "");
	must(ret < 0, "empty: %s", said(ret));
	ret = ext_import(ext, "Nothing");
	must(ret == -ENOENT, "unknown: %s",
	     said(ret));
	ret = ext_import(ext, "udp");
	must(ret == -ENOENT, "case: %s", said(ret));
	memset(import.name, 'U', sizeof(import.name));
	ret = call(ext, SPIN_IOC_EXT_IMPORT, &import);
	must(ret < 0, "no NUL: %s", said(ret));
	memset(&import, 0, sizeof(import));
	import.flags = 4;
	strcpy(import.name, "Udp");
	ret = call(ext, SPIN_IOC_EXT_IMPORT, &import);
	must(ret == -EINVAL, "flags: %s", said(ret));
	ret = ext_import(ext, "Udp");
	must(ret == 0, "Udp: %s", said(ret));
	report("imports_are_checked", "ENOENT, EINVAL");
}

static int grant(int ext, const char *name, __u32 kind, int fd, int fd2,
		 __u32 object, __u32 flags)
{
	struct spin_ioc_ext_grant block = {
		.kind = kind, .fd = fd, .fd2 = fd2,
		.object = object, .flags = flags,
	};

	snprintf(block.name, sizeof(block.name), "%s", name);
	return call(ext, SPIN_IOC_EXT_GRANT, &block);
}

static void grants(int ext)
{
	const char *name = data_path("grant");
	int file = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
	int write_only = open(name, O_WRONLY);
	int path = open(name, O_PATH);
	int folder = open("/tmp", O_RDONLY | O_DIRECTORY);
	int memory = memfd_create("grant", 0);
	int null = open("/dev/null", O_RDWR);
	int tcp = socket(AF_INET, SOCK_STREAM, 0);
	int unbound = socket(AF_INET, SOCK_DGRAM, 0);
	int udp6 = socket(AF_INET6, SOCK_DGRAM, 0);
	int unix_sock = socket(AF_UNIX, SOCK_DGRAM, 0);
	int proc = open("/proc/self/maps", O_RDONLY);
	int epoll = epoll_create1(0), pipes[2], ret;
	const struct {
		const char *what;
		__u32 kind;
		int fd;
	} wrong[] = {
		{ "no kind", SPIN_CAP_NONE, file },
		{ "unknown kind", 77, file },
		{ "file: -1", SPIN_CAP_FILE, -1 },
		{ "file: closed", SPIN_CAP_FILE, 998 },
		{ "file: huge", SPIN_CAP_FILE, 0x7fffffff },
		{ "file: folder", SPIN_CAP_FILE, folder },
		{ "file: device", SPIN_CAP_FILE, null },
		{ "file: socket", SPIN_CAP_FILE, tcp },
		{ "file: write-only", SPIN_CAP_FILE, write_only },
		{ "file: O_PATH", SPIN_CAP_FILE, path },
		{ "file: of /proc", SPIN_CAP_FILE, proc },
		{ "file: epoll", SPIN_CAP_FILE, epoll },
		{ "file: /dev/spin", SPIN_CAP_FILE, spin_device() },
		{ "file: extension", SPIN_CAP_FILE, ext },
		{ "socket: file", SPIN_CAP_SOCKET, file },
		{ "socket: TCP", SPIN_CAP_SOCKET, tcp },
		{ "socket: not bound", SPIN_CAP_SOCKET, unbound },
		{ "socket: IPv6", SPIN_CAP_SOCKET, udp6 },
		{ "socket: unix", SPIN_CAP_SOCKET, unix_sock },
		{ "socket: -1", SPIN_CAP_SOCKET, -1 },
		{ "framebuffer: file", SPIN_CAP_FRAMEBUFFER, file },
		{ "framebuffer: device", SPIN_CAP_FRAMEBUFFER, null },
		{ "framebuffer: socket", SPIN_CAP_FRAMEBUFFER, unbound },
		{ "framebuffer: -1", SPIN_CAP_FRAMEBUFFER, -1 },
	};

	if (pipe(pipes))
		give_up("pipe");
	if (write(file, "some bytes", 10) != 10)
		give_up("cannot write to %s", name);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ret = grant(ext, "thing", wrong[i].kind, wrong[i].fd,
			    wrong[i].kind == SPIN_CAP_FRAMEBUFFER ? file : -1,
			    0, 0);
		must(ret < 0, "%s: slot %d", wrong[i].what, ret);
		if (wrong[i].kind != SPIN_CAP_NONE && wrong[i].kind != 77 &&
		    wrong[i].fd != -1 && wrong[i].fd < 900)
			must(strlen(ext_verdict(ext)) > 10,
			     "%s: no sentence", wrong[i].what);
	}
	ret = grant(ext, "thing", SPIN_CAP_FILE, pipes[0], -1, 0, 0);
	must(ret < 0,
	     "file: pipe: slot %d", ret);
	report("grants_of_wrong_things_are_refused",
	       "an error with a sentence for each");

	ret = grant(ext, "a/b", SPIN_CAP_FILE, file, -1, 0, 0);
	must(ret < 0,
	     "bad name: slot %d", ret);
	ret = grant(ext, "", SPIN_CAP_FILE, file, -1, 0, 0);
	must(ret < 0,
	     "no name: slot %d", ret);
	ret = grant(ext, "x", SPIN_CAP_FILE, file, -1, 0, 1U << 31);
	must(ret == -EINVAL,
	     "flags: %s", said(ret));
	ret = grant(ext, "clip", SPIN_CAP_FILE, file, -1, 0, 0);
	must(ret == 1,
	     "first slot: %s (%s)", said(ret), ext_verdict(ext));
	ret = grant(ext, "clip", SPIN_CAP_FILE, file, -1, 0, 0);
	must(ret == -EEXIST,
	     "name taken: %s", said(ret));
	/* A file in memory: granted, or refused with a reason; no third way. */
	ret = grant(ext, "memory", SPIN_CAP_FILE, memory, -1, 0, 0);
	must(ret > 0 || strlen(ext_verdict(ext)) > 10, "memfd: %s, no sentence",
	     said(ret));
	report("grants_are_checked", "EINVAL, slot 1, EEXIST");
	close(file);
	close(write_only);
	close(path);
	close(folder);
	close(null);
	close(tcp);
	close(unbound);
	close(udp6);
	close(unix_sock);
	close(proc);
	close(pipes[0]);
	close(pipes[1]);
	close(memory);
	close(epoll);
	unlink(name);
}

/* A dma-buf that is no display: the system heap's, if there is one. */
static void foreign_dma_buf(int ext)
{
	struct heap_allocation {
		__u64 len;
		__u32 fd, fd_flags;
		__u64 heap_flags;
	} data = { .len = 1 << 20, .fd_flags = O_RDWR | O_CLOEXEC };
	int heap = open("/dev/dma_heap/system", O_RDONLY | O_CLOEXEC);
	int card = card_of(DISPLAY_DRIVER), ret;

	if (heap < 0 || ioctl(heap, _IOWR('H', 0, struct heap_allocation), &data)) {
		skip("dma_buf_that_is_no_display_is_refused",
		     "no /dev/dma_heap/system here");
		return;
	}
	ret = grant(ext, "heap", SPIN_CAP_FRAMEBUFFER, data.fd,
		    card >= 0 ? card : spin_device(), 1, 0);
	check("dma_buf_that_is_no_display_is_refused",
	      ret < 0 && strlen(ext_verdict(ext)) > 10,
	      "an error with a sentence", "%s, '%s'", said(ret),
	      ext_verdict(ext));
	close(data.fd);
	close(heap);
	if (card >= 0)
		close(card);
}

/* --- bindings ------------------------------------------------------------- */

/* A loaded extension: a binding each of Udp and Clock, a template with a slot. */
static void bound_ext(const char *name, struct fixture *f)
{
	int ext = fixture_ext(name, f), link[3], map;
	struct raw_value value;

	if (ext < 0)
		give_up("no extension %s: %s", name, said(ext));
	link[0] = raw_bind(f->by_port, f->guard, f->count, "by_port");
	link[1] = raw_bind_tick(f->by_time, f->tick, 50000, "by_time");
	map = raw_map(f->by_port);
	value = raw_template(0, f->other, "later");
	value.slot = 5;
	link[2] = raw_update(map, &value) ? -errno : raw_link(map);
	if (link[0] < 0 || link[1] < 0 || link[2] < 0)
		give_up("cannot attach: %s", ext_verdict(ext));
	if (ext_commit(ext))
		give_up("cannot commit: %s", ext_verdict(ext));
	for (int i = 0; i < 3; i++)
		close(link[i]);
	close(map);
	close(ext);
	fixture_drop(f);
}

static __u64 id_of(const char *ext, const char *name)
{
	struct spin_ioc_binding_next binding;

	if (binding_find(ext, name, &binding))
		give_up("%s has no binding %s", ext, name);
	return binding.id;
}

static int device_bindings(const char *ext)
{
	struct spin_ioc_binding_next binding = {};
	int n = 0;

	while (!ioctl(spin_device(), SPIN_IOC_BINDING_NEXT, &binding))
		n += !strcmp(binding.ext, ext);
	return n;
}

/* One member of the block is wrong: refused with this, and a sentence or not. */
static void install_refused(const char *what, struct spin_ioc_binding_install *b,
			    int expected, bool sentence)
{
	int before = device_bindings("bound"), ret = binding_install(b);

	must(ret == expected, "%s: %s (%s)", what, said(ret), device_verdict());
	if (sentence)
		must(strlen(device_verdict()) > 10, "%s: no sentence", what);
	must(device_bindings("bound") == before, "%s: %d bindings more", what,
	     device_bindings("bound") - before);
	*b = install_block("bound", "by_port");
}

static void installs(void)
{
	struct spin_ioc_binding_install b = install_block("bound", "by_port");
	__u64 tick = id_of("bound", "by_time");

	b.flags = 8;
	install_refused("unknown flag", &b, -EINVAL, true);
	b.flags = 1U << 31;
	install_refused("last flag", &b, -EINVAL, true);
	b.order = 5;
	install_refused("order 5", &b, -EINVAL, true);
	b.order = ~0U;
	install_refused("order ~0", &b, -EINVAL, true);
	b.count = 65537;
	install_refused("count 65537", &b, -EINVAL, false);
	b.count = ~0U;
	install_refused("count ~0", &b, -EINVAL, false);
	memset(b.ext, 'b', sizeof(b.ext));
	install_refused("extension without end", &b, -ENAMETOOLONG, true);
	memset(b.template_name, 'b', sizeof(b.template_name));
	install_refused("template without end", &b, -ENAMETOOLONG, true);
	b = install_block("nobody", "by_port");
	install_refused("no such extension", &b, -ENOENT, false);
	b = install_block("", "by_port");
	install_refused("no name", &b, -ENOENT, false);
	b = install_block("bound", "nothing");
	install_refused("no such template", &b, -ENOENT, true);
	b = install_block("bound", "");
	install_refused("no template", &b, -ENOENT, true);
	b.order = SPIN_ORDER_BEFORE;
	install_refused("before nothing", &b, -ENOENT, true);
	b.order = SPIN_ORDER_AFTER;
	b.relative = ~0ULL;
	install_refused("after the last id", &b, -ENOENT, true);
	b.order = SPIN_ORDER_AFTER;
	b.relative = tick;
	install_refused("after one of another event", &b, -ENOENT, true);
	b.relative = tick;
	install_refused("relative to one, without an order", &b, -EINVAL, true);
	b.order = SPIN_ORDER_FIRST;
	b.relative = 1;
	install_refused("first, and relative to one", &b, -EINVAL, true);
	b.match.reserved = 1;
	install_refused("match.reserved", &b, -EINVAL, true);
	b.match.fields = 1U << SPIN_KEYS_MAX;
	install_refused("a field too many", &b, -EINVAL, true);
	b.match.fields = 1U << 31;
	install_refused("the last field", &b, -EINVAL, true);
	b.match.fields = SPIN_UDP_DPORT;
	b.match.value[0] = 65536;
	install_refused("port 65536", &b, -EINVAL, true);
	b.mode = 1;
	install_refused("a mode", &b, -EINVAL, true);
	b.bound_us = 1;
	install_refused("a bound", &b, -EINVAL, true);
	b.queue = 1;
	install_refused("a queue", &b, -EINVAL, true);
	b.absent = -1;
	install_refused("a result of an absent one", &b, -EINVAL, true);
	b.reserved = 1;
	install_refused("reserved", &b, -EINVAL, true);
	b.match.fields = SPIN_UDP_SADDR;
	b.match.value[2] = 1ULL << 32;
	install_refused("an address of 33 bits", &b, -EINVAL, true);
	b = install_block("bound", "by_time");
	b.match.fields = 1;
	install_refused("match on an event without keys", &b, -EINVAL, true);
	b = install_block("bound", "by_time");
	b.flags = SPIN_BIND_FILTER;
	install_refused("filter of an event without references", &b, -EINVAL,
			true);
	report("installs_are_checked", "an errno each, most with a sentence, and nothing made");
}

static void gives(const char *what, int ret, int expected)
{
	must(ret == expected, "%s: %s", what, said(ret));
}
#define GIVES(CALL, EXPECTED) gives(#CALL, CALL, EXPECTED)

/* What is allowed does work, and several at once have ids in a row. */
static void installs_that_work(void)
{
	struct spin_ioc_binding_install b = install_block("bound", "later");
	struct spin_ioc_binding_next next = {};
	int before = device_bindings("bound"), ret;

	b.count = 3;
	b.closure = ~0ULL;
	b.match.fields = SPIN_UDP_DPORT;
	b.match.value[0] = 65535;
	b.match.value[3] = 77;	/* not named: ignored */
	b.flags = SPIN_BIND_INACTIVE;
	ret = binding_install(&b);
	must(!ret && b.id, "3 of a template with a slot: %s (%s)", said(ret),
	     device_verdict());
	for (__u64 id = b.id; !ret && id < b.id + 3; id++) {
		next.id = id - 1;
		must(!ioctl(spin_device(), SPIN_IOC_BINDING_NEXT, &next) &&
		     next.id == id, "no binding %llu", id);
		must(next.closure == ~0ULL && next.slot == 5 &&
		     !next.active && next.match.fields == SPIN_UDP_DPORT &&
		     next.match.value[0] == 65535 && !next.match.value[3],
		     "%llu: closure %#llx, slot %u, active %u, match %#x %llu",
		     id, next.closure, next.slot, next.active,
		     next.match.fields, next.match.value[0]);
	}
	/* They belong to one extension alone, no matter whose are next to them. */
	must(device_bindings("bound") == before + 3, "%d bindings",
	     device_bindings("bound") - before);
	must(!binding_remove(b.id, 3), "cannot be removed");
	must(device_bindings("bound") == before, "%d bindings stay",
	     device_bindings("bound") - before);
	report("installs_do_what_they_say", "3 bindings, as described, and gone again");
}

/* A block that the answer cannot be written to is refused before anything is done. */
static void read_only_blocks(void)
{
	struct spin_ioc_binding_install install = install_block("bound", "later");
	long page = sysconf(_SC_PAGESIZE);
	char *block = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int before = device_bindings("bound");

	munmap(block + page, page);
	memcpy(block, &install, sizeof(install));
	if (mprotect(block, page, PROT_READ))
		give_up("mprotect");
	GIVES(call(spin_device(), SPIN_IOC_BINDING_INSTALL, block), -EFAULT);
	must(device_bindings("bound") == before, "%d bindings were made",
	     device_bindings("bound") - before);
	must(call(spin_device(), SPIN_IOC_VERSION, block) < 0, "VERSION succeeded");
	/* One that ends beyond the memory is not written where it begins, either. */
	if (mprotect(block, page, PROT_READ | PROT_WRITE))
		give_up("mprotect");
	memset(block, 0x5a, page);
	GIVES(call(spin_device(), SPIN_IOC_VERSION, block + page - 16), -EFAULT);
	must(block[page - 16] == 0x5a, "a block that is refused was written to");
	munmap(block, page);
	report("ioctls_refuse_read_only_blocks", "an error, and nothing made");
}

/* Memory that changes while the request is made: nothing stays of it. */
static void unanswered_installs(void)
{
	struct spin_ioc_binding_install install = install_block("bound", "later");
	int before = device_bindings("bound");

	install.count = 3;
	gives("an install without an answer",
	      unanswered(spin_device(), SPIN_IOC_BINDING_INSTALL, &install,
			 sizeof(install)), -EFAULT);
	must(device_bindings("bound") == before, "%d bindings stay",
	     device_bindings("bound") - before);
	report("installs_without_an_answer_leave_nothing", "EFAULT, and no binding");
}

static void removes_and_enables(void)
{
	struct spin_ioc_binding_install b = install_block("bound", "later");
	__u64 loaded = id_of("bound", "by_port");
	struct spin_ioc_binding_next next = {};

	GIVES(binding_remove(0, 0), -EINVAL);
	GIVES(binding_remove(~0ULL, 1), -EINVAL);
	GIVES(binding_remove(loaded, 65537), -EINVAL);
	GIVES(binding_remove(loaded, ~0U), -EINVAL);
	GIVES(binding_remove(1ULL << 40, 65536), -ENOENT);
	GIVES(binding_remove(loaded, 1), -EBUSY);
	GIVES(binding_enable(0, 1), -EINVAL);
	GIVES(binding_enable(loaded, 2), -EINVAL);
	GIVES(binding_enable(loaded, ~0U), -EINVAL);
	GIVES(binding_enable(~0ULL, 1), -ENOENT);
	report("removes_and_enables_are_checked", "EINVAL, ENOENT, EBUSY");

	b.count = 2;
	GIVES(binding_install(&b), 0);
	/* One of the range was made by the load: none is removed. */
	GIVES(binding_remove(loaded, b.id + 2 - loaded), -EBUSY);
	next.id = b.id - 1;
	must(!ioctl(spin_device(), SPIN_IOC_BINDING_NEXT, &next) &&
	     next.id == b.id, "a refused range was removed in part");
	GIVES(binding_enable(b.id, 0), 0);
	GIVES(binding_enable(b.id, 0), 0);
	next.id = b.id - 1;
	must(!ioctl(spin_device(), SPIN_IOC_BINDING_NEXT, &next) &&
	     !next.active, "disabled, and still active");
	GIVES(binding_enable(b.id, 1), 0);
	next.id = b.id - 1;
	must(!ioctl(spin_device(), SPIN_IOC_BINDING_NEXT, &next) &&
	     next.active, "enabled, and not active");
	GIVES(binding_remove(b.id, 65536), 0);
	GIVES(binding_remove(b.id, 2), -ENOENT);
	GIVES(binding_enable(b.id, 1), -ENOENT);
	report("removes_are_all_or_nothing", "as in the comments of the test");
}

/* A verdict belongs to the file that was refused, and to its last install. */
static void verdicts(void)
{
	struct spin_ioc_verdict verdict = {};
	struct spin_ioc_binding_install b = install_block("bound", "nothing");
	int other = open("/dev/spin", O_RDWR | O_CLOEXEC);

	GIVES(call(other, SPIN_IOC_VERDICT, &verdict), 0);
	must(!verdict.text[0], "a new file: '%s'", verdict.text);
	GIVES(binding_install(&b), -ENOENT);
	must(strstr(device_verdict(), "nothing"), "no name in '%s'",
	     device_verdict());
	GIVES(call(other, SPIN_IOC_VERDICT, &verdict), 0);
	must(!verdict.text[0], "another file: '%s'", verdict.text);
	b = install_block("nobody", "nothing");
	GIVES(binding_install(&b), -ENOENT);
	must(!strstr(device_verdict(), "bound"), "an older one: '%s'",
	     device_verdict());
	close(other);
	report("verdicts_are_of_the_file_and_its_last_install", "one sentence, for one file");
}

static void on_what_is_being_loaded(void)
{
	int ext = ext_create("half");
	struct spin_ioc_binding_install b = install_block("half", "by_port");
	struct spin_ioc_ext_inherit inherit = {};

	GIVES(binding_install(&b), -EBUSY);
	GIVES(ext_replace("half"), -EBUSY);
	GIVES(ext_replace("nobody"), -ENOENT);
	GIVES(ext_inherit(ext, "clip"), -EINVAL);
	close(ext);
	report("half_loaded_extensions_are_left_alone", "EBUSY, ENOENT, EINVAL");

	ext = ext_replace("bound");
	must(ext >= 0, "cannot replace: %s", said(ext));
	GIVES(ext_replace("bound"), -EBUSY);
	GIVES(ext_create("bound"), -EEXIST);
	GIVES(ext_unload("bound", 1), -EBUSY);
	GIVES(ext_inherit(ext, "clip"), -ENOENT);
	must(strlen(ext_verdict(ext)) > 10, "no sentence");
	GIVES(ext_inherit(ext, ""), -EINVAL);
	GIVES(ext_inherit(ext, "a/b"), -EINVAL);
	memset(inherit.name, 'c', sizeof(inherit.name));
	GIVES(call(ext, SPIN_IOC_EXT_INHERIT, &inherit), -ENAMETOOLONG);
	memset(inherit.name, 0, sizeof(inherit.name));
	strcpy(inherit.name, "clip");
	inherit.flags = 1;
	GIVES(call(ext, SPIN_IOC_EXT_INHERIT, &inherit), -EINVAL);
	/* Nothing in it: it cannot take the other's place. */
	GIVES(ext_commit(ext), -EINVAL);
	close(ext);
	must(device_bindings("bound") == 2, "%d bindings", device_bindings("bound"));
	/* Given up: another may try. */
	ext = ext_replace("bound");
	must(ext >= 0, "cannot replace after one gave up: %s", said(ext));
	close(ext);
	report("replacements_are_checked", "as in the comments of the test");
}

/* Rights are looked at when something is asked for, not when it is opened. */
static void without_rights(void)
{
	__u64 id = id_of("bound", "by_port");
	pid_t pid;
	int status;

	spin_device();
	pid = fork();
	if (!pid) {
		struct spin_ioc_binding_install b =
			install_block("bound", "later");

		if (setgid(65534) || setuid(65534))
			_exit(20);
		if (binding_install(&b) != -EPERM)
			_exit(21);
		if (binding_remove(id, 1) != -EPERM)
			_exit(22);
		if (binding_enable(id, 0) != -EPERM)
			_exit(23);
		if (result(ioctl(spin_device(), SPIN_IOC_TIMING)) != -EPERM)
			_exit(24);
		_exit(ext_replace("bound") == -EPERM ? 0 : 25);
	}
	waitpid(pid, &status, 0);
	check("bindings_are_not_for_everybody",
	      WIFEXITED(status) && !WEXITSTATUS(status), "EPERM each time",
	      "status %d", WEXITSTATUS(status));
}

static void timing(void)
{
	int file = open("/dev/spin", O_RDWR | O_CLOEXEC);
	struct spin_ioc_binding_next next;

	GIVES(call(file, SPIN_IOC_TIMING, NULL), 0);
	GIVES(call(file, SPIN_IOC_TIMING, NULL), 0);
	must(wait_for(!binding_find("bound", "by_time", &next) && next.timed > 2 &&
		      next.time_ns, 5), "timed %llu, %llu ns", next.timed,
	     next.time_ns);
	close(file);
	binding_find("bound", "by_time", &next);
	{
		struct spin_ioc_binding_next later;
		__u64 timed = next.timed, run = next.run;

		/* one may be on its way */
		must(wait_for(!binding_find("bound", "by_time", &later) &&
			      later.run > run + 4, 5), "the clock stands");
		must(later.timed <= timed + 1, "%llu timed after the close",
		     later.timed - timed);
	}
	report("timing_ends_with_the_file", "times while it is open, none after");
}

static void bindings(void)
{
	struct census before = census();
	struct fixture f;

	bound_ext("bound", &f);
	installs();
	installs_that_work();
	read_only_blocks();
	unanswered_installs();
	removes_and_enables();
	verdicts();
	on_what_is_being_loaded();
	without_rights();
	timing();
	expect("unload_with_run_time_bindings", ext_unload("bound", 0), 0);
	nothing_left("requests_about_bindings_leave_nothing", &before);
}

/* --- random --------------------------------------------------------------- */

static unsigned long long state;

static __u32 any(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 16;
}

/* An install that may well work: of the extension that is loaded. */
static void likely_install(struct spin_ioc_binding_install *b)
{
	struct spin_ioc_binding_install likely = install_block(
		"fuzz-live", (const char *[]) {
			"by_port", "by_time", "later", "none" }[any() % 4]);

	likely.flags = any() % 8;
	likely.order = any() % 6;
	likely.count = any() % 8;
	likely.relative = any() % 2 ? any() % 64 : 0;
	likely.closure = any();
	likely.match.fields = any() % 2 ? any() % 16 : 0;
	for (int i = 0; i < SPIN_KEYS_MAX; i++)
		likely.match.value[i] = any() % 65536;
	*b = likely;
}

/* Numbers small enough to name something, as often as not. */
static void likely_numbers(const struct request *c, char *block)
{
	if (c->number == SPIN_IOC_BINDING_REMOVE) {
		struct spin_ioc_binding_remove *b = (void *)block;

		b->count = any() % 16;
		b->id = 1 + any() % 4096;
	} else if (c->number == SPIN_IOC_BINDING_ENABLE) {
		struct spin_ioc_binding_enable *b = (void *)block;

		b->active = any() % 3;
		b->id = 1 + any() % 4096;
	} else if (c->number == SPIN_IOC_BINDING_INSTALL) {
		likely_install((void *)block);
	} else if (c->number == SPIN_IOC_STRAND_REGISTER) {
		struct spin_ioc_strand_register *b = (void *)block;

		*b = (struct spin_ioc_strand_register){
			.group = any(), .ext = "fuzz-live",
		};
	} else if (c->number == SPIN_IOC_TRANSLATION_CREATE) {
		struct spin_ioc_translation_create *b = (void *)block;

		*b = (struct spin_ioc_translation_create){
			.tag = any(), .ext = "fuzz-live",
			.length = any() % 2 ? any() % 64 * 4096ULL : any(),
		};
	}
}

static void fuzz(double seconds, unsigned long long seed)
{
	int fds[8], n = 0;
	long calls = 0;
	double end = now() + seconds;
	char block[2048];
	struct fixture live;

	bound_ext("fuzz-live", &live);
	state = seed * 2 + 1;
	fds[n++] = spin_device();
	fds[n++] = open("/etc/passwd", O_RDONLY);
	fds[n++] = socket(AF_INET, SOCK_DGRAM, 0);
	fds[n++] = ext_create("fuzz-0");
	fds[n++] = ext_create("fuzz-1");
	while (now() < end) {
		for (int burst = 0; burst < 256; burst++, calls++) {
			const struct request *c = &requests[any() % NR_REQUESTS];
			__u32 *words = (__u32 *)block;
			int fd = fds[any() % n], ret;
			size_t size = any() % 4 ? c->size : any() % 2048;

			for (size_t i = 0; i < sizeof(block) / 4; i++)
				words[i] = any() % 4 ? 0 : any() % 4 ?
					   any() % 256 : any();
			/* names that could be right, as often as not */
			if (any() % 2)
				snprintf(block + 8, SPIN_NAME_LEN, "%s",
					 (const char *[]) {
						"Udp", "Clock", "fuzz-2",
						"fuzz-3", "clip", "File",
						"Socket", "fuzz-0" }[any() % 8]);
			/* what is reserved would end most of them */
			if (any() % 2)
				memset(block + c->zero, 0, c->zero_size);
			if (any() % 2)
				likely_numbers(c, block);
			if (c->number == SPIN_IOC_EXT_UNLOAD)
				words[0] = 1 + any() % 20;
			if (c->number == SPIN_IOC_EXT_GRANT && any() % 2) {
				words[1] = fds[any() % n];
				words[10] = -1;
				words[11] = words[12] = 0;
			}
			ret = ioctl(fd, RESIZED(c->number, size),
				    any() % 16 ? (void *)block :
				    (void *)(unsigned long)any());
			if (c->number == SPIN_IOC_DOMAIN_CREATE && ret > 2) {
				ioctl(ret, SPIN_IOC_DOMAIN_DESTROY);
				close(ret);
			} else if ((c->number == SPIN_IOC_STRAND_REGISTER ||
			     c->number == SPIN_IOC_DOMAIN_OPEN ||
			     c->number == SPIN_IOC_TRANSLATION_CREATE) &&
			    ret > 2) {
				close(ret);
			} else if (c->number == SPIN_IOC_EXT_CREATE && ret > 2) {
				if (n < 8)
					fds[n++] = ret;
				else
					close(ret);
			} else if (any() % 64 == 0 && n > 6) {
				close(fds[--n]);
			}
		}
	}
	for (int i = 1; i < n; i++)
		close(fds[i]);
	printf("# %ld random calls, seed %llu, %d bindings made and left\n",
	       calls, seed, device_bindings("fuzz-live") - 2);
	ext_unload("fuzz-live", 0);
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? atof(argv[1]) : 2;
	unsigned long long seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	struct census before = census();
	int ext, again;

	ext = ext_create("arguments");
	if (ext < 0)
		give_up("cannot create an extension: %s", said(ext));
	domain = domain_create("arguments-domain");
	if (domain < 0)
		give_up("cannot create a domain: %s", said(domain));
	expect("name_in_use_is_refused", again = ext_create("arguments"), -EEXIST);
	if (again >= 0)
		close(again);
	expect("unload_of_what_is_being_loaded", ext_unload("arguments", 0),
	       -EBUSY);
	pointers_and_sizes(ext);
	wrong_descriptors(ext);
	ioctl(domain, SPIN_IOC_DOMAIN_DESTROY);
	close(domain);
	names();
	close(ext);
	ext = ext_create("arguments");
	check("name_is_free_after_close", ext >= 0, "a descriptor", "%s",
	      said(ext));
	imports(ext);
	grants(ext);
	foreign_dma_buf(ext);
	close(ext);
	nothing_left("arguments_leave_nothing", &before);
	bindings();
	fuzz(seconds, seed);
	for (int i = 0; i < 8; i++) {	/* committed by chance */
		char name[SPIN_NAME_LEN];

		snprintf(name, sizeof(name), "fuzz-%d", i);
		ext_unload(name, 0);
	}
	/* and names that chance made */
	for (int i = 0; i < 64; i++) {
		struct spin_ioc_ext_next next = {};

		if (ioctl(spin_device(), SPIN_IOC_EXT_NEXT, &next))
			break;
		ext_unload(next.name, 0);
	}
	nothing_left("random_ioctls_leave_nothing", &before);
	return 0;
}
