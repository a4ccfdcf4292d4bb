// SPDX-License-Identifier: GPL-2.0
/*
 * What all requests have in common: the block is copied in and checked, who asks is
 * looked at, the function is called, the block is copied back, and a file that the
 * request opens gets its descriptor. The rows are in requests.h.
 */
#include <linux/capability.h>
#include <linux/file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "../core/internal.h"
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
 * @size: of it in bytes
 * @text: it is a text, which must end in it
 * @known: else: the bits that may be set
 */
struct spin_ioc_check {
	const char *member;
	u16 offset;
	u16 size;
	bool text;
	u32 known;
};

#define CHECKS_MAX	5

/**
 * struct spin_ioc_row - a request
 * @number: SPIN_IOC_*
 * @size: of its block, as this kernel has it; 0: it takes none
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
 * @arg: where it is; begins with its size as the caller knows it
 * @block: where it goes
 * @size: as the kernel knows it
 *
 * Returns the caller's size; -E2BIG: it has more than the kernel knows, and
 * that is not zero, or is out of all bounds; -EINVAL: too small; -EFAULT.
 */
int spin_block_get(void __user *arg, void *block, u32 size)
{
	u32 usize;
	int err;

	if (get_user(usize, (u32 __user *)arg))
		return -EFAULT;
	if (usize < 2 * sizeof(u32))
		return -EINVAL;
	if (usize > PAGE_SIZE)
		return -E2BIG;
	err = copy_struct_from_user(block, size, arg, usize);
	if (err)
		return err;
	*(u32 *)block = usize;	/* it may have changed in between */
	return usize;
}

/*
 * Write a block back if the request has an answer: what the caller knows of it. This
 * is done before the request, too: a block that cannot be written is refused before
 * anything has happened.
 */
static int block_put(const struct spin_ioc_row *row, void __user *arg,
		     void *block, u32 usize)
{
	if (!(_IOC_DIR(row->number) & _IOC_READ))
		return 0;
	*(u32 *)block = usize;
	return copy_to_user(arg, block, min_t(u32, row->size, usize)) ? -EFAULT : 0;
}

/* ---- the rows ---- */

/*
 * The functions have types that say what they work on. They are called by these,
 * which all have the same.
 */
#define CALL_R(NAME, FN, BLOCK, WHO, LOCK, ...)				\
static_assert(_IOC_SIZE(SPIN_IOC_##NAME) == sizeof(struct spin_ioc_##BLOCK)); \
static long call_##FN(void *on, void *block)				\
{									\
	return spin_do_##FN(on, block);					\
}
#define CALL_N(NAME, FN, WHO, LOCK)					\
static long call_##FN(void *on, void *block)				\
{									\
	return spin_do_##FN(on);					\
}
#define CALL_F(NAME, FN, BLOCK, WHO, ...)				\
static_assert(_IOC_SIZE(SPIN_IOC_##NAME) == sizeof(struct spin_ioc_##BLOCK)); \
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
#define ZERO(BLOCK, NAME)		BITS(BLOCK, NAME, 0)

#define ROW(NAME, WHO, LOCK)						\
	.number = SPIN_IOC_##NAME, .name = #NAME, .who = WHO, .lock = LOCK
#define ROW_R(NAME, FN, BLOCK, WHO, LOCK, ...)				\
	{ ROW(NAME, WHO, LOCK), .size = sizeof(struct spin_ioc_##BLOCK),	\
	  .check = { __VA_ARGS__ }, .run = call_##FN },
#define ROW_N(NAME, FN, WHO, LOCK)					\
	{ ROW(NAME, WHO, LOCK), .run = call_##FN },
#define ROW_F(NAME, FN, BLOCK, WHO, ...)				\
	{ ROW(NAME, WHO, FREE), .size = sizeof(struct spin_ioc_##BLOCK),	\
	  .check = { __VA_ARGS__ }, .open = call_##FN },

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

static const struct spin_ioc_row *row_find(const struct spin_ioc_table *table,
					   unsigned int number)
{
	u32 i;

	for (i = 0; i < table->count; i++)
		if (table->rows[i].number == number)
			return &table->rows[i];
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
	u64 value = check->size == sizeof(u64) ? *(const u64 *)member :
						 *(const u32 *)member;

	value &= ~(u64)check->known;
	if (!value)
		return 0;
	spin_refusal_say(refusal, "%s: '%s' has bits %#llx, which must be zero",
			 row->name, check->member, value);
	return -EINVAL;
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
		     struct spin_refusal *refusal, void *on, void __user *arg)
{
	void *block = kzalloc(row->size, GFP_KERNEL);
	int usize;
	long ret;

	if (!block)
		return -ENOMEM;
	usize = spin_block_get(arg, block, row->size);
	ret = usize < 0 ? usize : row_check(row, refusal, block);
	if (!ret && !row_permits(row))
		ret = -EPERM;
	if (!ret)
		ret = block_put(row, arg, block, usize);
	if (!ret)
		ret = row_do(row, on, block, arg, usize);
	kfree(block);
	return ret;
}

/**
 * spin_request - a request
 * @table: what the file that it came by takes
 * @on: what that stands for, which the caller holds
 * @number: SPIN_IOC_*
 * @arg: its block
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
	if (!table->keeps && number != SPIN_IOC_VERDICT &&
	    number != SPIN_IOC_EXT_VERDICT)
		spin_refusal_clear(refusal);
	if (row->size)
		return row_take(row, refusal, on, arg);
	return row_permits(row) ? row_run(row, on, NULL) : -EPERM;
}
