// SPDX-License-Identifier: GPL-2.0
/*
 * What all requests have in common: the block is copied in and checked, who asks is
 * looked at, the function is called, the block is copied back, and a file that the
 * request opens gets its descriptor. The rows are in requests.h.
 */
#include <linux/build_bug.h>
#include <linux/capability.h>
#include <linux/file.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "../extension/block.h"
#include "../extension/extension.h"
#include "../name/domain.h"
#include "device.h"
#include "handle.h"
#include "requests.h"

enum spin_ioc_who {
	WHO_ANYONE,
	WHO_LOADERS,
	WHO_OWNERS,
	WHO_MODIFIERS,
};

enum spin_ioc_lock {
	LOCK_NONE,
	LOCK_MUTEX,
	LOCK_LOADING,
};

/**
 * struct spin_ioc_check - what must hold of a member of a block
 * @member: its name; NULL: the row has no further check
 * @offset: where it is
 * @size: of it in bytes, and of what must be zero with it
 * @text: it is a text, which must end in it
 * @known: else: the bits that may be set; 0: all of it is zero
 */
struct spin_ioc_check {
	const char *member;
	u16 offset;
	u16 size;
	bool text;
	u32 known;
};

#define CHECKS_MAX	5
#define BLOCK_SMALL	320	/* bytes of a block that is kept on the stack */

/**
 * struct spin_ioc_row - a request
 * @number: SPIN_IOC_*
 * @size: of its block, as this kernel has it; 0: it takes none
 * @least: size that the caller's block must have
 * @who: may make it
 * @lock: held around @run
 * @name: for refusals
 * @check: of the block
 * @run: does it; one of the two
 * @open: does it, and returns the file that it opened, or ERR_PTR
 * @undo: what @run did, if the answer cannot be written; without @lock
 */
struct spin_ioc_row {
	unsigned int number;
	u16 size;
	u16 least;
	u8 who;
	u8 lock;
	const char *name;
	struct spin_ioc_check check[CHECKS_MAX];
	long (*run)(void *on, void *block);
	struct file *(*open)(void *on, void *block);
	void (*undo)(void *on, const void *block);
};

/**
 * struct spin_ioc_table - the requests that a kind of file takes
 * @rows: them
 * @count: how many
 * @refusal: offset of the struct spin_refusal in what the file stands for
 * @of_extension: that is an extension, whose refusals are traced
 * @modify_check: is it there, and may the file's holder modify it? Under spin_mutex.
 *	NULL: no row may ask for MODIFIERS
 */
struct spin_ioc_table {
	const struct spin_ioc_row *rows;
	u32 count;
	u32 refusal;
	bool of_extension;
	int (*modify_check)(void *on);
};

/**
 * struct spin_ioc_asked - a request that is being made
 * @table: of the file that it came by
 * @row: which it is
 * @on: what the file stands for
 * @arg: where its block is
 * @usize: size of that, by the number
 */
struct spin_ioc_asked {
	const struct spin_ioc_table *table;
	const struct spin_ioc_row *row;
	void *on;
	u8 __user *arg;
	u32 usize;
};

static struct spin_refusal *asked_refusal(const struct spin_ioc_asked *asked)
{
	return asked->on + asked->table->refusal;
}

/* Leave a sentence, which begins with the name of the request. */
static __printf(2, 3)
void asked_refuse(const struct spin_ioc_asked *asked, const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	va_list args;

	va_start(args, fmt);
	vaf.va = &args;
	if (asked->table->of_extension)
		spin_extension_refuse(asked->on, "%s: %pV", asked->row->name,
				      &vaf);
	else
		spin_refusal_say(asked_refusal(asked), "%s: %pV",
				 asked->row->name, &vaf);
	va_end(args);
}

/* ---- blocks ---- */

/* What the caller's block lacks must be what has been added since. */
static int size_check(const struct spin_ioc_asked *asked)
{
	if (asked->usize < asked->row->least) {
		asked_refuse(asked, "a block of %u bytes is too short; it has at least %u",
			     asked->usize, asked->row->least);
		return -EINVAL;
	}
	if (asked->usize > PAGE_SIZE) {
		asked_refuse(asked, "a block of %u bytes is too long; it has at most %lu",
			     asked->usize, PAGE_SIZE);
		return -E2BIG;
	}
	return 0;
}

/*
 * Write a block back if the request has an answer: what the caller knows of it. What
 * they know and the kernel does not is zero.
 */
static int block_put(const struct spin_ioc_asked *asked, const void *block)
{
	u32 size = asked->row->size, usize = asked->usize;

	if (!(_IOC_DIR(asked->row->number) & _IOC_READ))
		return 0;
	if (copy_to_user(asked->arg, block, min(size, usize)))
		return -EFAULT;
	if (usize > size && clear_user(asked->arg + size, usize - size))
		return -EFAULT;
	return 0;
}

/*
 * A block that the answer could not be written to is refused before anything has
 * happened, and is as it was then.
 */
static int block_probe(const struct spin_ioc_asked *asked)
{
	if (!(_IOC_DIR(asked->row->number) & _IOC_READ))
		return 0;
	return fault_in_safe_writeable((char __user *)asked->arg, asked->usize) ?
	       -EFAULT : 0;
}

/*
 * A block can grow at its end only. So one that lies in another's is the last there:
 * else what comes behind it would move.
 */
static_assert(offsetofend(struct spin_ioc_cap_grant, grant) ==
	      sizeof(struct spin_ioc_cap_grant));

/* ---- the rows ---- */

#define BLOCK_ASSERT(NAME, BLOCK, LEAST)				\
static_assert(_IOC_SIZE(SPIN_IOC_##NAME) == sizeof(struct spin_ioc_##BLOCK)); \
static_assert(sizeof(struct spin_ioc_##BLOCK) <= PAGE_SIZE);		\
static_assert(LEAST && LEAST <= sizeof(struct spin_ioc_##BLOCK));

/*
 * The functions have types that say what they work on. They are called by these,
 * which all have the same.
 */
#define CALL_R(NAME, FN, BLOCK, LEAST, WHO, LOCK, ...)			\
BLOCK_ASSERT(NAME, BLOCK, LEAST)					\
static long call_##FN(void *on, void *block)				\
{									\
	return spin_do_##FN(on, block);					\
}
#define CALL_U(NAME, FN, BLOCK, ...)					\
CALL_R(NAME, FN, BLOCK, __VA_ARGS__)					\
static void undo_##FN(void *on, const void *block)			\
{									\
	spin_undo_##FN(on, block);					\
}
#define CALL_N(NAME, FN, WHO, LOCK)					\
static_assert(_IOC_DIR(SPIN_IOC_##NAME) == _IOC_NONE);			\
static_assert(!_IOC_SIZE(SPIN_IOC_##NAME));				\
static long call_##FN(void *on, void *block)				\
{									\
	return spin_do_##FN(on);					\
}
#define CALL_F(NAME, FN, BLOCK, LEAST, WHO, ...)			\
BLOCK_ASSERT(NAME, BLOCK, LEAST)					\
static_assert(WHO_##WHO != WHO_MODIFIERS);	/* nobody would ask */	\
static struct file *call_##FN(void *on, void *block)			\
{									\
	return spin_do_##FN(on, block);					\
}

SPIN_DEVICE_REQUESTS(CALL_R, CALL_N, CALL_F, CALL_U)
SPIN_EXTENSION_REQUESTS(CALL_R, CALL_N, CALL_F, CALL_U)
SPIN_DOMAIN_REQUESTS(CALL_R, CALL_N, CALL_F, CALL_U)

#define MEMBER(BLOCK, MEMBER)						\
	.member = #MEMBER,						\
	.offset = offsetof(struct spin_ioc_##BLOCK, MEMBER),		\
	.size = sizeof_field(struct spin_ioc_##BLOCK, MEMBER)
#define TEXT(BLOCK, NAME)		{ MEMBER(BLOCK, NAME), .text = true }
/* Of 32 bits, some of which are known: what is to be zero as a whole is a ZERO(). */
#define BITS(BLOCK, NAME, KNOWN)					\
	{ MEMBER(BLOCK, NAME), .known = (KNOWN) +			\
	  BUILD_BUG_ON_ZERO(!(KNOWN)) +					\
	  BUILD_BUG_ON_ZERO(sizeof_field(struct spin_ioc_##BLOCK, NAME) != \
			    sizeof(u32)) }
#define ZERO(BLOCK, NAME)		{ MEMBER(BLOCK, NAME) }
#define ZEROS(BLOCK, FIRST, LAST)					\
	{ .member = #FIRST,						\
	  .offset = offsetof(struct spin_ioc_##BLOCK, FIRST),		\
	  .size = offsetofend(struct spin_ioc_##BLOCK, LAST) -		\
		  offsetof(struct spin_ioc_##BLOCK, FIRST) }

#define ROW(NAME, WHO, LOCK)						\
	.number = SPIN_IOC_##NAME, .name = #NAME, .who = WHO_##WHO, .lock = LOCK_##LOCK
#define ROW_R(NAME, FN, BLOCK, LEAST, WHO, LOCK, ...)			\
	{ ROW(NAME, WHO, LOCK), .size = sizeof(struct spin_ioc_##BLOCK),	\
	  .least = LEAST, .check = { __VA_ARGS__ }, .run = call_##FN },
#define ROW_U(NAME, FN, BLOCK, LEAST, WHO, LOCK, ...)			\
	{ ROW(NAME, WHO, LOCK), .size = sizeof(struct spin_ioc_##BLOCK),	\
	  .least = LEAST, .check = { __VA_ARGS__ }, .run = call_##FN,	\
	  .undo = undo_##FN },
#define ROW_N(NAME, FN, WHO, LOCK)					\
	{ ROW(NAME, WHO, LOCK), .run = call_##FN },
#define ROW_F(NAME, FN, BLOCK, LEAST, WHO, ...)				\
	{ ROW(NAME, WHO, NONE), .size = sizeof(struct spin_ioc_##BLOCK),	\
	  .least = LEAST, .check = { __VA_ARGS__ }, .open = call_##FN },

static const struct spin_ioc_row device_rows[] = {
	SPIN_DEVICE_REQUESTS(ROW_R, ROW_N, ROW_F, ROW_U)
};

static const struct spin_ioc_row extension_rows[] = {
	SPIN_EXTENSION_REQUESTS(ROW_R, ROW_N, ROW_F, ROW_U)
};

static const struct spin_ioc_row domain_rows[] = {
	SPIN_DOMAIN_REQUESTS(ROW_R, ROW_N, ROW_F, ROW_U)
};

const struct spin_ioc_table spin_device_table = {
	.rows = device_rows,
	.count = ARRAY_SIZE(device_rows),
	.refusal = offsetof(struct spin_client, refusal),
};

const struct spin_ioc_table spin_extension_table = {
	.rows = extension_rows,
	.count = ARRAY_SIZE(extension_rows),
	.refusal = offsetof(struct spin_extension, refusal),
	.of_extension = true,
};

static int domain_modify_check(void *on)
{
	return spin_domain_modify_check(on);
}

const struct spin_ioc_table spin_domain_table = {
	.modify_check = domain_modify_check,
	.rows = domain_rows,
	.count = ARRAY_SIZE(domain_rows),
	.refusal = offsetof(struct spin_domain_file, refusal),
};

/* ---- one request ---- */

/* Type, number and direction say which it is; the size is that of the caller's block. */
static unsigned int without_size(unsigned int number)
{
	return number & ~(_IOC_SIZEMASK << _IOC_SIZESHIFT);
}

static const struct spin_ioc_row *row_find(const struct spin_ioc_table *table,
					   unsigned int number)
{
	const struct spin_ioc_row *row;
	u32 i;

	for (i = 0; i < table->count; i++) {
		row = &table->rows[i];
		/* One that takes no block has no size: with one, it is another. */
		if (row->number == number ||
		    (row->size && without_size(row->number) == without_size(number)))
			return row;
	}
	return NULL;
}

static int check_text(const struct spin_ioc_asked *asked,
		      const struct spin_ioc_check *check, const char *text)
{
	if (strnlen(text, check->size) < check->size)
		return 0;
	asked_refuse(asked, "'%s' does not end within its %u bytes",
		     check->member, check->size);
	return -ENAMETOOLONG;
}

static int check_bits(const struct spin_ioc_asked *asked,
		      const struct spin_ioc_check *check, const void *member)
{
	if (check->known && *(const u32 *)member & ~check->known) {
		asked_refuse(asked, "'%s' is %#x, and may have no bits but %#x",
			     check->member, *(const u32 *)member, check->known);
		return -EINVAL;
	}
	if (!check->known && memchr_inv(member, 0, check->size)) {
		asked_refuse(asked, "%u bytes from '%s' on must be zero",
			     check->size, check->member);
		return -EINVAL;
	}
	return 0;
}

static int block_check(const struct spin_ioc_asked *asked, const void *block)
{
	const struct spin_ioc_check *check = asked->row->check;
	const struct spin_ioc_check *end = check + CHECKS_MAX;
	int err = 0;

	for (; check < end && check->member && !err; check++)
		err = check->text ?
		      check_text(asked, check, block + check->offset) :
		      check_bits(asked, check, block + check->offset);
	return err;
}

/* What is read is all of it: zeros where the caller's ends. */
static int block_take(const struct spin_ioc_asked *asked, void *block)
{
	u32 size = asked->row->size;
	int err;

	if (!(_IOC_DIR(asked->row->number) & _IOC_WRITE)) {
		memset(block, 0, size);
		return 0;
	}
	err = spin_block_get(asked->arg, block, size, asked->usize);
	if (err == -E2BIG)
		asked_refuse(asked, "what is behind the %u bytes that this module knows must be zero",
			     size);
	return err ?: block_check(asked, block);
}

static bool row_permits(const struct spin_ioc_row *row)
{
	return (row->who != WHO_LOADERS && row->who != WHO_OWNERS) ||
	       (bpf_capable() && perfmon_capable());
}

static int modify_check(const struct spin_ioc_asked *asked)
{
	lockdep_assert_held(&spin_mutex);
	if (asked->row->who != WHO_MODIFIERS)
		return 0;
	if (WARN_ON_ONCE(!asked->table->modify_check))
		return -EPERM;
	return asked->table->modify_check(asked->on);
}

/* One that takes the mutex by itself: what has become of the thing it sees there. */
static long run_unlocked(const struct spin_ioc_asked *asked, void *block)
{
	int err;

	if (asked->row->who == WHO_MODIFIERS) {
		mutex_lock(&spin_mutex);
		err = modify_check(asked);
		mutex_unlock(&spin_mutex);
		if (err)
			return err;
	}
	return asked->row->run(asked->on, block);
}

static long asked_run(const struct spin_ioc_asked *asked, void *block)
{
	struct spin_extension *ext = asked->on;
	long ret;

	switch (asked->row->lock) {
	case LOCK_MUTEX:
		mutex_lock(&spin_mutex);
		ret = modify_check(asked) ?: asked->row->run(asked->on, block);
		mutex_unlock(&spin_mutex);
		return ret;
	case LOCK_LOADING:
		if (mutex_lock_killable(&ext->lock))
			return -EINTR;
		ret = run_unlocked(asked, block);
		mutex_unlock(&ext->lock);
		return ret;
	default:
		return run_unlocked(asked, block);
	}
}

/* Everything that can fail comes before the descriptor leads anywhere. */
static long asked_open(const struct spin_ioc_asked *asked, void *block)
{
	struct file *file;
	int fd, err;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	file = asked->row->open(asked->on, block);
	if (IS_ERR(file)) {
		err = PTR_ERR(file);
		goto err_fd;
	}
	err = block_put(asked, block);
	if (err)
		goto err_file;
	fd_install(fd, file);
	return fd;

err_file:
	fput(file);
err_fd:
	put_unused_fd(fd);
	return err;
}

static long asked_do(const struct spin_ioc_asked *asked, void *block)
{
	long ret;
	int err;

	if (asked->row->open)
		return asked_open(asked, block);
	ret = asked_run(asked, block);
	if (ret < 0)
		return ret;
	err = block_put(asked, block);
	if (err && asked->row->undo)
		asked->row->undo(asked->on, block);
	return err ?: ret;
}

/* A request that takes a block. */
static long asked_with_block(const struct spin_ioc_asked *asked)
{
	const struct spin_ioc_row *row = asked->row;
	/* Most fit in; a listing's may not. */
	u64 small[BLOCK_SMALL / sizeof(u64)] __uninitialized;
	void *block = small;
	long ret;

	ret = size_check(asked);
	if (ret)
		return ret;
	if (row->size > sizeof(small))
		block = kmalloc(row->size, GFP_KERNEL);
	if (!block)
		return -ENOMEM;
	ret = block_take(asked, block);
	if (!ret && !row_permits(row))
		ret = -EPERM;
	if (!ret)
		ret = block_probe(asked);
	if (!ret)
		ret = asked_do(asked, block);
	if (block != small)
		kfree(block);
	return ret;
}

/*
 * A request begins without a refusal. A loader whose bpf() was refused leaves the
 * extension, and asks why then.
 */
static bool clears(const struct spin_ioc_row *row)
{
	return row->number != SPIN_IOC_VERDICT &&
	       row->number != SPIN_IOC_EXT_LEAVE;
}

/**
 * spin_ioctl_do - do a request
 * @table: what the file that it came by takes
 * @on: what that stands for, which the caller holds
 * @number: SPIN_IOC_*, with the size of the block as the caller has it
 * @arg: the block
 *
 * In the calling task, which may sleep. Reading the block may take as long as the
 * memory's owner likes: no lock is held then. Returns what the request does.
 */
long spin_ioctl_do(const struct spin_ioc_table *table, void *on,
		  unsigned int number, void __user *arg)
{
	const struct spin_ioc_asked asked = {
		.table = table,
		.row = row_find(table, number),
		.on = on,
		.arg = arg,
		.usize = _IOC_SIZE(number),
	};
	const struct spin_ioc_row *row = asked.row;

	if (!row)
		return -ENOTTY;
	if (clears(row))
		spin_refusal_clear(asked_refusal(&asked));
	if (row->size)
		return asked_with_block(&asked);
	return row_permits(row) ? asked_run(&asked, NULL) : -EPERM;
}
