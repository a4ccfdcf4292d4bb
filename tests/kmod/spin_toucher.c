// SPDX-License-Identifier: GPL-2.0
/*
 * spin_toucher - touches the memory of an application as parts of the kernel do
 * that a test cannot have at will: in a worker, as KVM does for guests' memory,
 * and with little stack left.
 *
 *	int fd = open("/dev/spin-toucher", O_RDWR);
 *	ioctl(fd, TOUCH_LATER, address);	a worker does; the last close waits
 *	ioctl(fd, TOUCH_DEEP, address);		at once: 0, or EFAULT
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>
#include <spin/spin.h>

#define TOUCH_LATER	_IO('t', 1)
#define TOUCH_DEEP	_IO('t', 2)

/**
 * struct toucher - an open file
 * @work: touches @address; one at a time
 * @mm: address space of the task that asked; held, but not kept alive
 * @address: to be touched
 */
struct toucher {
	struct work_struct work;
	struct mm_struct *mm;
	unsigned long address;
};

static void touch_later(struct work_struct *work)
{
	struct toucher *toucher = container_of(work, struct toucher, work);
	int locked = 1;

	if (!mmget_not_zero(toucher->mm))
		return;
	mmap_read_lock(toucher->mm);
	get_user_pages_remote(toucher->mm, toucher->address, 1, FOLL_WRITE, NULL,
			      &locked);
	if (locked)
		mmap_read_unlock(toucher->mm);
	mmput(toucher->mm);
}

/*
 * As a raise looks at it. The module uses no symbol of spin's, which would be a
 * reference to spin that nobody expects.
 */
static bool stack_is_low(void)
{
	return current_stack_pointer - (unsigned long)end_of_stack(current) <
	       SPIN_RAISE_STACK_MIN;
}

static noinline int touch_deep(const u8 __user *address)
{
	volatile u8 room[256];
	u8 byte;
	int err;

	room[0] = 1;
	if (stack_is_low())
		err = get_user(byte, address);
	else
		err = touch_deep(address);
	room[255] = room[0];	/* so that it is no tail call */
	return err;
}

static int toucher_open(struct inode *inode, struct file *file)
{
	struct toucher *toucher = kzalloc(sizeof(*toucher), GFP_KERNEL);

	if (!toucher)
		return -ENOMEM;
	INIT_WORK(&toucher->work, touch_later);
	file->private_data = toucher;
	return 0;
}

static long toucher_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct toucher *toucher = file->private_data;

	switch (cmd) {
	case TOUCH_LATER:
		if (toucher->mm)
			return -EBUSY;
		mmgrab(current->mm);
		toucher->mm = current->mm;
		toucher->address = arg;
		queue_work(system_unbound_wq, &toucher->work);
		return 0;
	case TOUCH_DEEP:
		return touch_deep((const u8 __user *)arg);
	default:
		return -ENOTTY;
	}
}

static int toucher_release(struct inode *inode, struct file *file)
{
	struct toucher *toucher = file->private_data;

	flush_work(&toucher->work);
	if (toucher->mm)
		mmdrop(toucher->mm);
	kfree(toucher);
	return 0;
}

static const struct file_operations toucher_fops = {
	.owner = THIS_MODULE,
	.open = toucher_open,
	.unlocked_ioctl = toucher_ioctl,
	.release = toucher_release,
};

static struct miscdevice toucher_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "spin-toucher",
	.fops = &toucher_fops,
};

module_misc_device(toucher_device);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Touches memory of applications, for tests");
