// SPDX-License-Identifier: GPL-2.0
/*
 * What can be done to memory and its file: to a memfd, and to a range whose pages
 * an extension supplies. The table of Documentation/translation.rst. The extension
 * is pager, loaded by the caller.
 */
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "pager.h"
#include "raw.h"

#define PAGE	4096UL
#define PAGES	4

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ	22
#endif

/*
 * A range of PAGES pages; the first byte of the first was written to, the rest is as
 * new.
 */
struct memory {
	int fd;
	char *at;
};

static int memfd_new(void)
{
	int fd = memfd_create("memory", MFD_ALLOW_SEALING);

	if (fd < 0 || ftruncate(fd, PAGES * PAGE))
		give_up("no memfd");
	return fd;
}

static int range_new(void)
{
	struct spin_ioc_translation_create create = {
		.length = PAGES * PAGE,
		.tag = PAGER_ZERO, .ext = "pager",
	};
	int fd = ioctl(spin_device(), SPIN_IOC_TRANSLATION_CREATE, &create);

	if (fd < 0)
		give_up("no range");
	return fd;
}

/* ---- the operations: a result, or -errno ---- */

#define OPERATION(NAME, CALL)						\
static long NAME(struct memory *m)					\
{									\
	return result(CALL);						\
}

OPERATION(msync_sync, msync(m->at, PAGE, MS_SYNC))
OPERATION(msync_async, msync(m->at, PAGE, MS_ASYNC))
OPERATION(msync_invalidate, msync(m->at, PAGE, MS_SYNC | MS_INVALIDATE))
OPERATION(do_fsync, fsync(m->fd))
OPERATION(do_fdatasync, fdatasync(m->fd))
OPERATION(sync_range, sync_file_range(m->fd, 0, PAGE, SYNC_FILE_RANGE_WRITE))
OPERATION(seek_end, lseek(m->fd, 0, SEEK_END))
OPERATION(seek_behind, lseek(m->fd, 100 * PAGE, SEEK_SET))
OPERATION(seek_data, lseek(m->fd, 5, SEEK_DATA))
OPERATION(seek_no_data, lseek(m->fd, PAGE, SEEK_DATA))
OPERATION(seek_hole, lseek(m->fd, 5, SEEK_HOLE))
OPERATION(seek_in_hole, lseek(m->fd, 2 * PAGE + 5, SEEK_HOLE))
OPERATION(seek_data_behind, lseek(m->fd, PAGES * PAGE, SEEK_DATA))
OPERATION(do_read, pread(m->fd, (char [1]){ 0 }, 1, 0))
OPERATION(do_write, pwrite(m->fd, "y", 1, 0))
OPERATION(truncate_shorter, ftruncate(m->fd, PAGE))
OPERATION(allocate, fallocate(m->fd, 0, 0, PAGES * PAGE))
OPERATION(punch, fallocate(m->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE))
OPERATION(fadvise, -posix_fadvise(m->fd, 0, PAGE, POSIX_FADV_DONTNEED))
OPERATION(advise_willneed, madvise(m->at, PAGE, MADV_WILLNEED))
OPERATION(advise_free, madvise(m->at, PAGE, MADV_FREE))
OPERATION(advise_remove, madvise(m->at, PAGE, MADV_REMOVE))
OPERATION(advise_populate, madvise(m->at, PAGES * PAGE, MADV_POPULATE_READ))
OPERATION(advise_dontfork, madvise(m->at, PAGE, MADV_DONTFORK))
OPERATION(advise_dontdump, madvise(m->at, PAGE, MADV_DONTDUMP))
OPERATION(advise_wipeonfork, madvise(m->at, PAGE, MADV_WIPEONFORK))
OPERATION(lock, mlock(m->at, PAGES * PAGE))
OPERATION(protect_execute, mprotect(m->at, PAGE, PROT_READ | PROT_EXEC))
OPERATION(seal, fcntl(m->fd, F_ADD_SEALS, F_SEAL_SHRINK))
OPERATION(lock_file, flock(m->fd, LOCK_EX | LOCK_NB))

static long size(struct memory *m)
{
	struct stat st;

	return fstat(m->fd, &st) ? -errno : st.st_size;
}

/* The byte that was written, when the advice was taken. */
static long byte_after(struct memory *m, int advice)
{
	int err = result(madvise(m->at, PAGES * PAGE, advice));

	return err ?: *(volatile char *)m->at;
}

static long advise_dontneed(struct memory *m)
{
	return byte_after(m, MADV_DONTNEED);
}

static long advise_cold(struct memory *m)
{
	return byte_after(m, MADV_COLD);
}

static long advise_pageout(struct memory *m)
{
	return byte_after(m, MADV_PAGEOUT);
}

static long in_core(struct memory *m, int page)
{
	unsigned char there[PAGES];

	return result(mincore(m->at, PAGES * PAGE, there)) ?: there[page] & 1;
}

static long in_core_touched(struct memory *m)
{
	return in_core(m, 0);
}

static long in_core_untouched(struct memory *m)
{
	return in_core(m, 1);
}

static long in_core_not_mapped(struct memory *m)
{
	return result(madvise(m->at, PAGE, MADV_DONTNEED)) ?: in_core(m, 0);
}

/* Maps it once more; the first byte is what it is to be, or why not. */
static long map_again(int fd, size_t length, int prot, int flags, off_t offset)
{
	char *at = mmap(NULL, length, prot, flags, fd, offset);
	long byte;

	if (at == MAP_FAILED)
		return -errno;
	byte = offset ? 0 : *(volatile char *)at;
	munmap(at, length);
	return byte;
}

static long map_private(struct memory *m)
{
	return map_again(m->fd, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0);
}

static long map_execute(struct memory *m)
{
	return map_again(m->fd, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, 0);
}

static long map_behind(struct memory *m)
{
	return map_again(m->fd, PAGE, PROT_READ, MAP_SHARED, PAGES * PAGE);
}

static long grow(struct memory *m)
{
	char *at = mremap(m->at, PAGES * PAGE, 2 * PAGES * PAGE, MREMAP_MAYMOVE);

	if (at == MAP_FAILED)
		return -errno;
	m->at = at;
	munmap(at + PAGES * PAGE, PAGES * PAGE);
	return *(volatile char *)at;
}

static long move(struct memory *m)
{
	char *to = mmap(NULL, PAGES * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);
	char *at = mremap(m->at, PAGES * PAGE, PAGES * PAGE,
			  MREMAP_MAYMOVE | MREMAP_FIXED, to);

	if (at == MAP_FAILED)
		return -errno;
	m->at = at;
	return *(volatile char *)at;
}

static long duplicate(struct memory *m)
{
	int fd = dup(m->fd);
	long byte;

	close(m->fd);
	m->fd = fd;
	byte = map_again(fd, PAGE, PROT_READ, MAP_SHARED, 0);
	return byte;
}

static long in_child(struct memory *m)
{
	int status = -1;
	pid_t child = fork();

	if (!child) {
		m->at[PAGE] = m->at[0] + 1;
		_exit(0);
	}
	waitpid(child, &status, 0);
	return status ? -ECHILD : m->at[PAGE];
}

/* The descriptor of a range closes itself at exec. */
static long flags(struct memory *m)
{
	return result(fcntl(m->fd, F_GETFD));
}

static long open_again(struct memory *m)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", m->fd);
	fd = open(path, O_RDWR);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static long send_file(struct memory *m)
{
	off_t from = 0;
	int pipes[2];
	long sent;

	if (pipe(pipes))
		give_up("no pipe");
	sent = result(sendfile(pipes[1], m->fd, &from, 1));
	close(pipes[0]);
	close(pipes[1]);
	return sent;
}

/* What /proc says of the mapping: kB that are resident; -ENOENT: it is not named so. */
static long resident_by_name(struct memory *m, const char *name)
{
	FILE *file = fopen("/proc/self/smaps", "r");
	char line[256], begin[32];
	long kb = -ENOENT;
	bool ours = false;

	snprintf(begin, sizeof(begin), "%lx-", (unsigned long)m->at);
	while (file && fgets(line, sizeof(line), file)) {
		if (!strncmp(line, begin, strlen(begin)))
			ours = strstr(line, name);
		else if (ours && sscanf(line, "Rss: %ld", &kb) == 1)
			break;
	}
	if (file)
		fclose(file);
	return kb;
}

static long named_memfd(struct memory *m)
{
	return resident_by_name(m, "/memfd:memory (deleted)\n");
}

static long named_range(struct memory *m)
{
	return resident_by_name(m, " anon_inode:[spin-translation]\n");
}

/* ---- the table ---- */

#define X	'x'	/* the byte that was written */
#define END	(PAGES * PAGE)

/* @other: what other kernels say of a range; 0: all say the same. */
static const struct {
	const char *name;
	long (*run)(struct memory *m);
	long memfd, range, other;
} rows[] = {
	{ "msync_sync", msync_sync, 0, 0, 0 },
	{ "msync_async", msync_async, 0, 0, 0 },
	{ "msync_invalidate", msync_invalidate, 0, 0, 0 },
	{ "fsync", do_fsync, 0, 0, 0 },
	{ "fdatasync", do_fdatasync, 0, 0, 0 },
	{ "sync_file_range", sync_range, 0, -ESPIPE, 0 },
	{ "fstat_size", size, END, END, 0 },
	{ "lseek_end", seek_end, END, END, 0 },
	{ "lseek_behind", seek_behind, 100 * PAGE, 100 * PAGE, 0 },
	{ "lseek_data", seek_data, 5, 5, 0 },
	{ "lseek_no_data", seek_no_data, -ENXIO, -ENXIO, 0 },
	{ "lseek_hole", seek_hole, PAGE, PAGE, 0 },
	{ "lseek_in_hole", seek_in_hole, 2 * PAGE + 5, 2 * PAGE + 5, 0 },
	{ "lseek_data_behind", seek_data_behind, -ENXIO, -ENXIO, 0 },
	{ "read", do_read, 1, -ESPIPE, 0 },
	{ "write", do_write, 1, -ESPIPE, 0 },
	{ "sendfile", send_file, 1, -ESPIPE, 0 },
	{ "ftruncate", truncate_shorter, 0, -EINVAL, 0 },
	{ "fallocate", allocate, 0, -ENODEV, -EOPNOTSUPP },
	{ "fallocate_punch", punch, 0, -ENODEV, -EOPNOTSUPP },
	{ "fadvise", fadvise, 0, 0, 0 },
	{ "seal", seal, 0, -EINVAL, 0 },
	{ "flock", lock_file, 0, 0, 0 },
	{ "open_again", open_again, 0, -ENXIO, 0 },
	{ "close_on_exec", flags, 0, FD_CLOEXEC, 0 },
	{ "dup", duplicate, X, X, 0 },
	{ "fork", in_child, X + 1, X + 1, 0 },
	{ "map_private", map_private, X, -EINVAL, 0 },
	{ "map_execute", map_execute, X, -EPERM, 0 },
	{ "map_behind", map_behind, 0, -EINVAL, 0 },
	{ "mprotect_execute", protect_execute, 0, -EACCES, 0 },
	{ "mremap_grow", grow, X, -EFAULT, 0 },
	{ "mremap_move", move, X, X, 0 },
	{ "mlock", lock, 0, 0, 0 },
	{ "mincore_touched", in_core_touched, 1, 1, 0 },
	{ "mincore_untouched", in_core_untouched, 0, 0, 0 },
	{ "mincore_not_mapped", in_core_not_mapped, 1, 0, 0 },
	{ "madvise_dontneed", advise_dontneed, X, X, 0 },
	{ "madvise_cold", advise_cold, X, X, 0 },
	{ "madvise_pageout", advise_pageout, X, X, 0 },
	{ "madvise_willneed", advise_willneed, 0, 0, 0 },
	{ "madvise_populate", advise_populate, 0, 0, 0 },
	{ "madvise_free", advise_free, -EINVAL, -EINVAL, 0 },
	{ "madvise_remove", advise_remove, 0, -ENODEV, -EOPNOTSUPP },
	{ "madvise_dontfork", advise_dontfork, 0, 0, 0 },
	{ "madvise_dontdump", advise_dontdump, 0, 0, 0 },
	{ "madvise_wipeonfork", advise_wipeonfork, -EINVAL, -EINVAL, 0 },
	{ "smaps_memfd", named_memfd, 4, -ENOENT, 0 },
	{ "smaps_range", named_range, -ENOENT, 4, 0 },
};

static long run(long (*operation)(struct memory *m), int fd)
{
	struct memory m = { .fd = fd };
	long seen;

	m.at = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (m.at == MAP_FAILED)
		give_up("cannot map it");
	m.at[0] = X;
	seen = operation(&m);
	munmap(m.at, PAGES * PAGE);
	close(m.fd);
	return seen;
}

int main(void)
{
	char label[64];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		long seen = run(rows[i].run, memfd_new());

		snprintf(label, sizeof(label), "%s_of_memfd", rows[i].name);
		expect(label, seen, rows[i].memfd);
		seen = run(rows[i].run, range_new());
		snprintf(label, sizeof(label), "%s_of_range", rows[i].name);
		if (rows[i].other && seen == rows[i].other)
			ok(label);
		else
			expect(label, seen, rows[i].range);
	}
	return 0;
}
