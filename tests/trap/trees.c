// SPDX-License-Identifier: GPL-2.0
/*
 * Capabilities derived from one: deep, many, and made while it is revoked. The
 * extension is trap, loaded by the caller and granted FILE as "file" with
 * the rights to read, pass and externalise.
 *
 * usage: trees deep|large|race FILE
 */
#include <pthread.h>
#include <spin/libspin.h>

#include "calls.h"
#include "raw.h"

#define EXT	"trap"
#define CAP	"file"
#define DEPTH	500
#define FILES	64	/* open ones, each with as many references as may be */
#define ROUNDS	20	/* of a race */
#define MOST	4096	/* references a racing thread keeps */

static const char *path;

static int connected(void)
{
	struct spin_ioc_connect connect = { .ext = EXT };
	int fd = open(SPIN_DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0 || ioctl(fd, SPIN_IOC_CONNECT, &connect))
		give_up("cannot connect: %s", strerror(errno));
	return fd;
}

/* The answer, or a negative errno. @ref: comes along, 0: none does. */
static __s64 call(int fd, __u64 number, __u64 arg, __s64 ref)
{
	struct spin_ioc_call block = {
		.number = number, .arg = { arg },
		.references = !!ref, .ref = { ref },
	};
	int ret = spin_call_block(fd, &block);

	return ret ? ret : (__s64)block.result;
}

/* As long as it takes: the machine may be busy, or emulated. */
static int take_back(void)
{
	struct spin_ioc_cap_revoke block = {
		.timeout_ms = 120000,
		.ext = EXT, .name = CAP,
	};

	return result(ioctl(spin_device(), SPIN_IOC_CAP_REVOKE, &block));
}

static int narrow(__u32 rights)
{
	struct spin_ioc_cap_narrow block = {
		.ext = EXT, .name = CAP, .rights = rights,
	};

	return result(ioctl(spin_device(), SPIN_IOC_CAP_NARROW, &block));
}

static int grant(void)
{
	struct spin_ioc_cap_grant block = {
		.grant.kind = SPIN_CAP_FILE, .grant.fd2 = -1,
		.grant.name = CAP, .ext = EXT,
		.grant.rights = SPIN_RIGHT_READ | SPIN_RIGHT_PASS |
			  SPIN_RIGHT_EXTERNALIZE,
	};
	int ret;

	block.grant.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (block.grant.fd < 0)
		give_up("%s", path);
	ret = result(ioctl(spin_device(), SPIN_IOC_CAP_GRANT, &block));
	close(block.grant.fd);
	return ret < 0 ? ret : 0;
}

/* How many of @count references do not answer as @expected. */
static int others(int fd, const __s64 *refs, int count, __s64 expected)
{
	int i, n = 0;

	for (i = 0; i < count; i++)
		n += call(fd, CALLS_FILE_READ, 8, refs[i]) != expected;
	return n;
}

#define WORDS	0x3837363534333231	/* at 8 of the file */

/* ---- deep ---- */

/* Each one is derived from the one before. */
static int test_deep(void)
{
	int fd = connected(), i;
	__s64 refs[DEPTH];

	refs[0] = call(fd, CALLS_FILE_OPEN, 0, 0);
	for (i = 1; i < DEPTH; i++)
		refs[i] = call(fd, CALLS_FILE_AGAIN, 0, refs[i - 1]);
	check("made", refs[DEPTH - 1] > 0, "a reference", "%s",
	      said(refs[DEPTH - 1]));
	expect("all_read", others(fd, refs, DEPTH, WORDS), 0);
	expect("narrowed", narrow(SPIN_RIGHT_PASS | SPIN_RIGHT_EXTERNALIZE), 0);
	expect("none_reads", others(fd, refs, DEPTH, -EACCES), 0);
	expect("revoked", take_back(), 0);
	expect("none_is_there", others(fd, refs, DEPTH, -EKEYREVOKED), 0);
	expect("granted_anew", grant(), 0);
	expect("none_is_back", others(fd, refs, DEPTH, -EKEYREVOKED), 0);
	return 0;
}

/* ---- many ---- */

struct seen {
	long references, good;
};

static void look(int fd, struct seen *seen)
{
	struct spin_ioc_ref_next next = {};

	while (spin_ref_next(fd, &next) == 1) {
		seen->references++;
		seen->good += !(next.flags & SPIN_REF_REVOKED);
	}
}

static int test_large(void)
{
	__s64 first[FILES];
	struct seen seen = {};
	int fds[FILES], i, wrong = 0;
	long made = 0;

	for (i = 0; i < FILES; i++) {
		fds[i] = connected();
		first[i] = call(fds[i], CALLS_FILE_OPEN, 0, 0);
		made += first[i] > 0;
		made += call(fds[i], CALLS_FILE_MANY, 0, 0);
	}
	/* what an earlier test gave up may be counted until it is swept */
	check("made", made > FILES * SPIN_REFERENCES_MAX - FILES,
	      "as many as there may be", "%ld", made);
	expect("narrowed", narrow(SPIN_RIGHT_PASS), 0);
	for (i = 0; i < FILES; i++)
		wrong += others(fds[i], &first[i], 1, -EACCES);
	expect("none_reads", wrong, 0);
	expect("revoked", take_back(), 0);
	for (i = 0; i < FILES; i++) {
		wrong += others(fds[i], &first[i], 1, -EKEYREVOKED);
		look(fds[i], &seen);
	}
	expect("none_is_there", wrong, 0);
	expect("all_are_listed", seen.references, made);
	expect("as_revoked", seen.good, 0);
	for (i = 0; i < FILES; i++)
		close(fds[i]);
	return 0;
}

/* ---- a race ---- */

struct racer {
	pthread_t thread;
	int fd;
	int count;
	__s64 refs[MOST];
};

static volatile bool over;

/* Derives from the capability, and from what it has derived. */
static void *derive(void *arg)
{
	struct racer *racer = arg;
	__s64 ref = 0;

	racer->count = 0;
	while (!over && racer->count < SPIN_REFERENCES_MAX) {
		ref = ref > 0 && racer->count % 8 ?
		      call(racer->fd, CALLS_FILE_AGAIN, 0, ref) :
		      call(racer->fd, CALLS_FILE_OPEN, 0, 0);
		if (ref > 0)
			racer->refs[racer->count++] = ref;
	}
	return NULL;
}

static void round_begin(struct racer *racers, int count)
{
	int i;

	over = false;
	for (i = 0; i < count; i++) {
		racers[i].fd = connected();
		if (pthread_create(&racers[i].thread, NULL, derive, &racers[i]))
			give_up("pthread_create");
	}
}

/* How many references that were made before or meanwhile still can be used. */
static int round_end(struct racer *racers, int count, long *made)
{
	int i, alive = 0;

	over = true;
	for (i = 0; i < count; i++) {
		struct racer *racer = &racers[i];

		pthread_join(racer->thread, NULL);
		*made += racer->count;
		alive += others(racer->fd, racer->refs, racer->count,
				-EKEYREVOKED);
		close(racer->fd);
	}
	return alive;
}

static int test_race(void)
{
	static struct racer racers[2];
	int i, alive = 0, failed = 0;
	long made = 0;

	for (i = 0; i < ROUNDS; i++) {
		round_begin(racers, 2);
		nap(5 + i % 10);
		failed += !!take_back();
		alive += round_end(racers, 2, &made);
		failed += !!grant();
	}
	check("made", made > 0, "some", "none");
	expect("requests_that_failed", failed, 0);
	expect("alive_after_the_revoke", alive, 0);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 3)
		give_up("wrong arguments");
	path = argv[2];
	if (!strcmp(argv[1], "deep"))
		return test_deep();
	if (!strcmp(argv[1], "large"))
		return test_large();
	if (!strcmp(argv[1], "race"))
		return test_race();
	give_up("there is no test '%s'", argv[1]);
}
