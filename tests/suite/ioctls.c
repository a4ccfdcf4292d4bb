// SPDX-License-Identifier: GPL-2.0
/*
 * Every ioctl of /dev/spin and of an extension's descriptor, with arguments
 * that no honest program passes, then with random ones for some seconds
 * (argument: how many; second argument: seed).
 */
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "raw.h"

struct command {
	const char *name;
	unsigned int number;
	size_t size;		/* of its block as this header has it; 0: none */
	bool on_ext;		/* belongs on an extension's descriptor */
};

static const struct command commands[] = {
	{ "VERSION", SPIN_IOC_VERSION, sizeof(struct spin_ioc_version), false },
	{ "EXT_CREATE", SPIN_IOC_EXT_CREATE, sizeof(struct spin_ioc_ext_create), false },
	{ "EXT_UNLOAD", SPIN_IOC_EXT_UNLOAD, sizeof(struct spin_ioc_ext_unload), false },
	{ "EXT_NEXT", SPIN_IOC_EXT_NEXT, sizeof(struct spin_ioc_ext_next), false },
	{ "EVENT_NEXT", SPIN_IOC_EVENT_NEXT, sizeof(struct spin_ioc_event_next), false },
	{ "BINDING_NEXT", SPIN_IOC_BINDING_NEXT, sizeof(struct spin_ioc_binding_next), false },
	{ "CAP_NEXT", SPIN_IOC_CAP_NEXT, sizeof(struct spin_ioc_cap_next), false },
	{ "EXT_IMPORT", SPIN_IOC_EXT_IMPORT, sizeof(struct spin_ioc_ext_import), true },
	{ "EXT_GRANT", SPIN_IOC_EXT_GRANT, sizeof(struct spin_ioc_ext_grant), true },
	{ "EXT_VERDICT", SPIN_IOC_EXT_VERDICT, sizeof(struct spin_ioc_ext_verdict), true },
	{ "EXT_ENTER", SPIN_IOC_EXT_ENTER, 0, true },
	{ "EXT_LEAVE", SPIN_IOC_EXT_LEAVE, 0, true },
	{ "EXT_COMMIT", SPIN_IOC_EXT_COMMIT, 0, true },
};
#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

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

static void pointers_and_sizes(int ext)
{
	long page = sysconf(_SC_PAGESIZE);
	char *two = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *at_end = two + page - 4;	/* the size, then nothing */
	char *readonly = mmap(NULL, page, PROT_READ,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	munmap(two + page, page);
	for (size_t i = 0; i < NR_COMMANDS; i++) {
		const struct command *c = &commands[i];
		int fd = c->on_ext ? ext : spin_device(), ret;
		__u32 sizes[] = { 0, 1, 3, 7, 0x7fffffff, 0xffffffff, 1 << 20 };

		if (!c->size)
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
			char *block = calloc(1, 8192);

			memcpy(block, &sizes[s], 4);
			ret = call(fd, c->number, block);
			must(ret < 0, "%s(size %u): %s", c->name, sizes[s],
			     said(ret));
			for (int b = 4; b < 8192; b++)
				if (block[b] && ret < 0) {
					must(false, "%s(size %u) wrote byte %d",
					     c->name, sizes[s], b);
					break;
				}
			free(block);
		}
		*(__u32 *)at_end = c->size;
		ret = call(fd, c->number, at_end);
		must(ret == -EFAULT, "%s(over the end): %s", c->name, said(ret));
	}
	report("ioctls_refuse_bad_pointers_and_sizes",
	       "EFAULT, or an error and nothing written");

	for (size_t i = 0; i < NR_COMMANDS; i++) {
		const struct command *c = &commands[i];
		int fd = c->on_ext ? ext : spin_device();
		int plain, zero_tail, tail;
		char *block;

		if (!c->size || c->number == SPIN_IOC_EXT_CREATE)
			continue;
		block = calloc(1, 4096);
		*(__u32 *)block = c->size;
		plain = call(fd, c->number, block);
		memset(block, 0, 4096);
		*(__u32 *)block = c->size + 64;
		zero_tail = call(fd, c->number, block);
		must(plain == zero_tail, "%s: %s, and %s with a zero tail",
		     c->name, said(plain), said(zero_tail));
		memset(block, 0, 4096);
		*(__u32 *)block = c->size + 64;
		block[c->size + 63] = 1;
		tail = call(fd, c->number, block);
		must(tail == -E2BIG, "%s: %s with a tail that is not zero",
		     c->name, said(tail));
		memset(block, 0x5a, 4096);
		/* what the kernel writes ends where the caller's block does */
		memset(block, 0, c->size);
		*(__u32 *)block = c->size;
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
		version.size = 8;
		ret = call(spin_device(), SPIN_IOC_VERSION, &version);
		must(!ret && version.abi == SPIN_ABI_VERSION,
		     "size 8: %s, abi %u", said(ret), version.abi);
		must(version.features == 0x5a5a5a5a5a5a5a5aull,
		     "more than 8 bytes were written");
	}
	report("ioctls_take_smaller_blocks", "abi 1, 8 bytes written");

	/* Blocks that cannot be written back. */
	must(call(spin_device(), SPIN_IOC_VERSION, readonly) < 0,
	     "VERSION succeeded");
	report("ioctls_refuse_read_only_blocks", "an error");
	munmap(two, page);
	munmap(readonly, page);
}

static void wrong_descriptors(int ext)
{
	int null = open("/dev/null", O_RDWR), ret;
	int sock = socket(AF_INET, SOCK_DGRAM, 0);
	char block[1024];

	for (size_t i = 0; i < NR_COMMANDS; i++) {
		const struct command *c = &commands[i];

		memset(block, 0, sizeof(block));
		*(__u32 *)block = c->size;
		ret = call(c->on_ext ? spin_device() : ext, c->number, block);
		must(ret == -ENOTTY, "%s on the other kind: %s", c->name,
		     said(ret));
		ret = call(null, c->number, block);
		must(ret == -ENOTTY, "%s on /dev/null: %s", c->name, said(ret));
		ret = call(sock, c->number, block);
		must(ret < 0, "%s on a socket: %s", c->name, said(ret));
	}
	for (unsigned int n = 0; n < 256; n++) {
		bool known = false;

		for (size_t i = 0; i < NR_COMMANDS; i++)
			known |= commands[i].number == _IO(SPIN_IOC_TYPE, n);
		if (known)
			continue;
		memset(block, 0, sizeof(block));
		ret = call(spin_device(), _IO(SPIN_IOC_TYPE, n), block);
		must(ret == -ENOTTY, "unknown %#x: %s", n, said(ret));
		ret = call(ext, _IO(SPIN_IOC_TYPE, n), block);
		must(ret == -ENOTTY, "unknown %#x on an extension: %s", n,
		     said(ret));
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
	create.size = sizeof(create);
	memset(create.name, 'a', sizeof(create.name));
	ret = call(spin_device(), SPIN_IOC_EXT_CREATE, &create);
	must(ret < 0, "no NUL: %s", said(ret));
	if (ret >= 0)
		close(ret);
	/* rubbish behind the NUL is no part of the name, but is not zero */
	memset(&create, 0, sizeof(create));
	create.size = sizeof(create);
	create.flags = 1;
	strcpy(create.name, "flags");
	ret = call(spin_device(), SPIN_IOC_EXT_CREATE, &create);
	must(ret == -EINVAL, "unknown flag: %s", said(ret));
	if (ret >= 0)
		close(ret);
	report("names_of_extensions_are_checked", "EINVAL");
	ret = ext_unload("nobody", 0);
	must(ret == -ENOENT, "unload: %s", said(ret));
	report("unload_of_nobody", "ENOENT");
}

static void imports(int ext)
{
	struct spin_ioc_ext_import import = { .size = sizeof(import) };
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
	import.size = sizeof(import);
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
		.size = sizeof(block), .kind = kind, .fd = fd, .fd2 = fd2,
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
	ret = grant(ext, "x", SPIN_CAP_FILE, file, -1, 0, 1);
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
	int card = open("/dev/dri/card0", O_RDWR | O_CLOEXEC), ret;

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

/* --- random --------------------------------------------------------------- */

static unsigned long long state;

static __u32 any(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 16;
}

static void fuzz(double seconds, unsigned long long seed)
{
	int fds[8], n = 0;
	long calls = 0;
	double end = now() + seconds;
	char block[2048];

	state = seed * 2 + 1;
	fds[n++] = spin_device();
	fds[n++] = open("/etc/passwd", O_RDONLY);
	fds[n++] = socket(AF_INET, SOCK_DGRAM, 0);
	fds[n++] = ext_create("fuzz-0");
	fds[n++] = ext_create("fuzz-1");
	while (now() < end) {
		for (int burst = 0; burst < 256; burst++, calls++) {
			const struct command *c = &commands[any() % NR_COMMANDS];
			__u32 *words = (__u32 *)block;
			int fd = fds[any() % n], ret;

			for (size_t i = 0; i < sizeof(block) / 4; i++)
				words[i] = any() % 4 ? 0 : any() % 4 ?
					   any() % 256 : any();
			words[0] = any() % 4 ? c->size : any() % 2048;
			/* names that could be right, as often as not */
			if (any() % 2)
				snprintf(block + 8, SPIN_NAME_LEN, "%s",
					 (const char *[]) {
						"Udp", "Clock", "fuzz-2",
						"fuzz-3", "clip", "File",
						"Socket", "fuzz-0" }[any() % 8]);
			if (c->number == SPIN_IOC_EXT_UNLOAD)
				words[1] = 1 + any() % 20;
			if (c->number == SPIN_IOC_EXT_GRANT && any() % 2) {
				words[10] = fds[any() % n];
				words[11] = -1;
				words[12] = words[13] = 0;
			}
			ret = ioctl(fd, c->number,
				    any() % 16 ? (void *)block :
				    (void *)(unsigned long)any());
			if (c->number == SPIN_IOC_EXT_CREATE && ret > 2) {
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
	printf("# %ld random calls, seed %llu\n", calls, seed);
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
	expect("name_in_use_is_refused", again = ext_create("arguments"), -EEXIST);
	if (again >= 0)
		close(again);
	expect("unload_of_what_is_being_loaded", ext_unload("arguments", 0),
	       -EBUSY);
	pointers_and_sizes(ext);
	wrong_descriptors(ext);
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
	fuzz(seconds, seed);
	for (int i = 0; i < 8; i++) {	/* committed by chance */
		char name[SPIN_NAME_LEN];

		snprintf(name, sizeof(name), "fuzz-%d", i);
		ext_unload(name, 0);
	}
	/* and names that chance made */
	for (int i = 0; i < 64; i++) {
		struct spin_ioc_ext_next next = { .size = sizeof(next) };

		if (ioctl(spin_device(), SPIN_IOC_EXT_NEXT, &next))
			break;
		ext_unload(next.name, 0);
	}
	nothing_left("random_ioctls_leave_nothing", &before);
	return 0;
}
