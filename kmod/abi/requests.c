// SPDX-License-Identifier: GPL-2.0
/*
 * What all requests have in common: the block is copied in and checked, who asks is
 * looked at, the function is called, the block is copied back, and a file that the
 * request opens gets its descriptor. The rows are in requests.h.
 */
#include <linux/capability.h>
#include <linux/file.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "../internal.h"
#include "device.h"
#include "handle.h"
#include "requests.h"

enum spin_ioc_who {
	ANYONE,
	LOADERS,
	OWNERS,
	MODIFIERS,
};

enum spin_ioc_lock {
	FREE,
	MUTEX,
	LOADING,
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
};

/**
 * struct spin_ioc_table - the requests that a kind of file takes
 * @rows: them
 * @count: how many
 * @refusal: offset of the struct spin_refusal in what the file stands for
 * @keeps: the refusal stays until the next: it is not one of a request alone
 */
struct spin_ioc_table {
	const struct spin_ioc_row *rows;
	u32 count;
	u32 refusal;
	bool keeps;
};

/* ---- blocks ---- */

/**
 * spin_block_get - read an argument block
 * @arg: where it is
 * @block: where it goes
 * @size: as the kernel knows it
 * @usize: as the caller knows it, by the number of the request
 *
 * Returns 0; -E2BIG: it has more than the kernel knows, and that is not zero, or is
 * out of all bounds; -EFAULT.
 */
int spin_block_get(void __user *arg, void *block, u32 size, u32 usize)
{
	if (usize > PAGE_SIZE)
		return -E2BIG;
	return copy_struct_from_user(block, size, arg, usize);
}

/* What the caller's block lacks must be what has been added since. */
static int size_check(const struct spin_ioc_row *row,
		      struct spin_refusal *refusal, u32 usize)
{
	if (usize < row->least) {
		spin_refusal_say(refusal, "%s: a block of %u bytes is too short; it has at least %u",
				 row->name, usize, row->least);
		return -EINVAL;
	}
	if (usize > PAGE_SIZE) {
		spin_refusal_say(refusal, "%s: a block of %u bytes is too long; it has at most %lu",
				 row->name, usize, PAGE_SIZE);
		return -E2BIG;
	}
	return 0;
}

/*
 * Write a block back if the request has an answer: what the caller knows of it. What
 * they know and the kernel does not is zero.
 */
static int block_put(const struct spin_ioc_row *row, u8 __user *arg,
		     const void *block, u32 usize)
{
	if (!(_IOC_DIR(row->number) & _IOC_READ))
		return 0;
	if (copy_to_user(arg, block, min_t(u32, row->size, usize)))
		return -EFAULT;
	if (usize > row->size && clear_user(arg + row->size, usize - row->size))
		return -EFAULT;
	return 0;
}

/*
 * A block that the answer could not be written to is refused before anything has
 * happened, and is as it was then.
 */
static int block_probe(const struct spin_ioc_row *row, u8 __user *arg, u32 usize)
{
	if (!(_IOC_DIR(row->number) & _IOC_READ))
		return 0;
	return fault_in_safe_writeable((char __user *)arg, usize) ? -EFAULT : 0;
}

/*
 * A block can grow at its end only. So one that lies in another's is the last there:
 * else what comes behind it would move.
 */
static_assert(offsetofend(struct spin_ioc_cap_grant, grant) ==
	      sizeof(struct spin_ioc_cap_grant));

/* ---- the rows ---- */

/*
 * The functions have types that say what they work on. They are called by these,
 * which all have the same.
 */
#define CALL_R(NAME, FN, BLOCK, LEAST, WHO, LOCK, ...)			\
static_assert(_IOC_SIZE(SPIN_IOC_##NAME) == sizeof(struct spin_ioc_##BLOCK)); \
static_assert(LEAST && LEAST <= sizeof(struct spin_ioc_##BLOCK));	\
static long call_##FN(void *on, void *block)				\
{									\
	return spin_do_##FN(on, block);					\
}
#define CALL_N(NAME, FN, WHO, LOCK)					\
static_assert(_IOC_DIR(SPIN_IOC_##NAME) == _IOC_NONE);			\
static_assert(!_IOC_SIZE(SPIN_IOC_##NAME));				\
static long call_##FN(void *on, void *block)				\
{									\
	return spin_do_##FN(on);					\
}
#define CALL_F(NAME, FN, BLOCK, LEAST, WHO, ...)			\
static_assert(_IOC_SIZE(SPIN_IOC_##NAME) == sizeof(struct spin_ioc_##BLOCK)); \
static_assert(LEAST && LEAST <= sizeof(struct spin_ioc_##BLOCK));	\
static struct file *call_##FN(void *on, void *block)			\
{									\
	return spin_do_##FN(on, block);					\
}

SPIN_DEVICE_REQUESTS(CALL_R, CALL_N, CALL_F)
SPIN_EXTENSION_REQUESTS(CALL_R, CALL_N, CALL_F)
SPIN_DOMAIN_REQUESTS(CALL_R, CALL_N, CALL_F)

#define MEMBER(BLOCK, MEMBER)						\
	.member = #MEMBER,						\
	.offset = offsetof(struct spin_ioc_##BLOCK, MEMBER),		\
	.size = sizeof_field(struct spin_ioc_##BLOCK, MEMBER)
#define TEXT(BLOCK, NAME)		{ MEMBER(BLOCK, NAME), .text = true }
#define BITS(BLOCK, NAME, KNOWN)	{ MEMBER(BLOCK, NAME), .known = KNOWN }
#define ZERO(BLOCK, NAME)		{ MEMBER(BLOCK, NAME) }
#define ZEROS(BLOCK, FIRST, LAST)					\
	{ .member = #FIRST,						\
	  .offset = offsetof(struct spin_ioc_##BLOCK, FIRST),		\
	  .size = offsetofend(struct spin_ioc_##BLOCK, LAST) -		\
		  offsetof(struct spin_ioc_##BLOCK, FIRST) }

#define ROW(NAME, WHO, LOCK)						\
	.number = SPIN_IOC_##NAME, .name = #NAME, .who = WHO, .lock = LOCK
#define ROW_R(NAME, FN, BLOCK, LEAST, WHO, LOCK, ...)			\
	{ ROW(NAME, WHO, LOCK), .size = sizeof(struct spin_ioc_##BLOCK),	\
	  .least = LEAST, .check = { __VA_ARGS__ }, .run = call_##FN },
#define ROW_N(NAME, FN, WHO, LOCK)					\
	{ ROW(NAME, WHO, LOCK), .run = call_##FN },
#define ROW_F(NAME, FN, BLOCK, LEAST, WHO, ...)				\
	{ ROW(NAME, WHO, FREE), .size = sizeof(struct spin_ioc_##BLOCK),	\
	  .least = LEAST, .check = { __VA_ARGS__ }, .open = call_##FN },

static const struct spin_ioc_row device_rows[] = {
	SPIN_DEVICE_REQUESTS(ROW_R, ROW_N, ROW_F)
};

static const struct spin_ioc_row extension_rows[] = {
	SPIN_EXTENSION_REQUESTS(ROW_R, ROW_N, ROW_F)
};

static const struct spin_ioc_row domain_rows[] = {
	SPIN_DOMAIN_REQUESTS(ROW_R, ROW_N, ROW_F)
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
	.keeps = true,
};

const struct spin_ioc_table spin_domain_table = {
	.rows = domain_rows,
	.count = ARRAY_SIZE(domain_rows),
	.refusal = offsetof(struct spin_domain_file, refusal),
};

/* ---- one request ---- */

/* Type, number and direction say which it is; the size is that of the caller's block. */
#define WHICH(NUMBER)	((NUMBER) & ~(_IOC_SIZEMASK << _IOC_SIZESHIFT))

static const struct spin_ioc_row *row_find(const struct spin_ioc_table *table,
					   unsigned int number)
{
	const struct spin_ioc_row *row;
	u32 i;

	for (i = 0; i < table->count; i++) {
		row = &table->rows[i];
		/* One that takes no block has no size: with one, it is another. */
		if (row->size ? WHICH(row->number) == WHICH(number) :
				row->number == number)
			return row;
	}
	return NULL;
}

static int check_text(const struct spin_ioc_row *row,
		      const struct spin_ioc_check *check,
		      struct spin_refusal *refusal, const char *text)
{
	if (strnlen(text, check->size) < check->size)
		return 0;
	spin_refusal_say(refusal, "%s: '%s' does not end within its %u bytes",
			 row->name, check->member, check->size);
	return -ENAMETOOLONG;
}

static int check_bits(const struct spin_ioc_row *row,
		      const struct spin_ioc_check *check,
		      struct spin_refusal *refusal, const void *member)
{
	if (check->known && *(const u32 *)member & ~check->known) {
		spin_refusal_say(refusal, "%s: '%s' is %#x, and may have no bits but %#x",
				 row->name, check->member, *(const u32 *)member,
				 check->known);
		return -EINVAL;
	}
	if (!check->known && memchr_inv(member, 0, check->size)) {
		spin_refusal_say(refusal, "%s: %u bytes from '%s' on must be zero",
				 row->name, check->size, check->member);
		return -EINVAL;
	}
	return 0;
}

static int row_check(const struct spin_ioc_row *row,
		     struct spin_refusal *refusal, const void *block)
{
	const struct spin_ioc_check *check = row->check;
	int err = 0;

	for (; check < row->check + CHECKS_MAX && check->member && !err; check++)
		err = check->text ?
		      check_text(row, check, refusal, block + check->offset) :
		      check_bits(row, check, refusal, block + check->offset);
	return err;
}

static bool row_permits(const struct spin_ioc_row *row)
{
	return (row->who != LOADERS && row->who != OWNERS) ||
	       (bpf_capable() && perfmon_capable());
}

static long row_run(const struct spin_ioc_row *row, void *on, void *block)
{
	struct spin_extension *ext = on;
	long ret;

	switch (row->lock) {
	case MUTEX:
		mutex_lock(&spin_mutex);
		ret = row->run(on, block);
		mutex_unlock(&spin_mutex);
		return ret;
	case LOADING:
		if (mutex_lock_killable(&ext->lock))
			return -EINTR;
		ret = row->run(on, block);
		mutex_unlock(&ext->lock);
		return ret;
	default:
		return row->run(on, block);
	}
}

/* Everything that can fail comes before the descriptor leads anywhere. */
static long row_open(const struct spin_ioc_row *row, void *on, void *block,
		     void __user *arg, u32 usize)
{
	struct file *file;
	int fd, err;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	file = row->open(on, block);
	if (IS_ERR(file)) {
		err = PTR_ERR(file);
		goto err_fd;
	}
	err = block_put(row, arg, block, usize);
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

static long row_do(const struct spin_ioc_row *row, void *on, void *block,
		   void __user *arg, u32 usize)
{
	long ret;
	int err;

	if (row->open)
		return row_open(row, on, block, arg, usize);
	ret = row_run(row, on, block);
	if (ret < 0 || !row->size)
		return ret;
	err = block_put(row, arg, block, usize);
	return err ?: ret;
}

/* A request that takes a block. */
static long row_take(const struct spin_ioc_row *row,
		     struct spin_refusal *refusal, void *on, void __user *arg,
		     u32 usize)
{
	/* Most fit in; a listing's may not. */
	u64 small[BLOCK_SMALL / sizeof(u64)] __uninitialized;
	void *block = small;
	long ret;

	ret = size_check(row, refusal, usize);
	if (ret)
		return ret;
	if (row->size > sizeof(small))
		block = kmalloc(row->size, GFP_KERNEL);
	if (!block)
		return -ENOMEM;
	/* What is read is all of it: zeros where the caller's ends. */
	if (_IOC_DIR(row->number) & _IOC_WRITE)
		ret = spin_block_get(arg, block, row->size, usize) ?:
		      row_check(row, refusal, block);
	else
		memset(block, 0, row->size);
	if (!ret && !row_permits(row))
		ret = -EPERM;
	if (!ret)
		ret = block_probe(row, arg, usize);
	if (!ret)
		ret = row_do(row, on, block, arg, usize);
	if (block != small)
		kfree(block);
	return ret;
}

/**
 * spin_request - a request
 * @table: what the file that it came by takes
 * @on: what that stands for, which the caller holds
 * @number: SPIN_IOC_*, with the size of the block as the caller has it
 * @arg: the block
 *
 * In the calling task, which may sleep. Reading the block may take as long as the
 * memory's owner likes: no lock is held then. Returns what the request does.
 */
long spin_request(const struct spin_ioc_table *table, void *on,
		  unsigned int number, void __user *arg)
{
	const struct spin_ioc_row *row = row_find(table, number);
	struct spin_refusal *refusal = on + table->refusal;

	if (!row)
		return -ENOTTY;
	if (!table->keeps && row->number != SPIN_IOC_VERDICT)
		spin_refusal_clear(refusal);
	if (row->size)
		return row_take(row, refusal, on, arg, _IOC_SIZE(number));
	return row_permits(row) ? row_run(row, on, NULL) : -EPERM;
}
