// SPDX-License-Identifier: GPL-2.0
/*
 * Capability Console: a terminal that the user opened and granted (SPIN:
 * Console.Open, Console.Write).
 *
 * A handler that writes must not wait for the user who stopped the terminal,
 * because an unload waits for handlers. What decides is O_NONBLOCK of the open
 * file, and that is shared with all who have a descriptor of it, so the terminal
 * is opened once more here: the second open file has no descriptor.
 */
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kallsyms.h>
#include <linux/kdev_t.h>
#include <linux/kthread.h>
#include <linux/major.h>
#include <linux/module.h>
#include <spin/spin.h>
#include "../io.h"
#include "../../extension/files.h"
#include "terminal.h"

#define PRINT_MAX	256	/* bytes of one line */

/*
 * Is it a terminal? The kernel exports no way to ask; the name of the function that
 * writes tells. What was hung up has another, and so has /dev/console, which may be
 * led to any file (TIOCCONS), and that would wait.
 */
static bool is_terminal(const struct file *file)
{
	char name[KSYM_SYMBOL_LEN];

	if (!S_ISCHR(file_inode(file)->i_mode) || !file->f_op->write_iter)
		return false;
	sprint_symbol_no_offset(name, (unsigned long)file->f_op->write_iter);
	return !strcmp(name, "tty_write");
}

/*
 * /dev/tty, /dev/console, /dev/ptmx, /dev/tty0: maybe another terminal each time
 * they are opened.
 */
static bool is_alias(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	if (!S_ISCHR(inode->i_mode))
		return false;
	return imajor(inode) == TTYAUX_MAJOR ? iminor(inode) <= 2 :
	       imajor(inode) == TTY_MAJOR && !iminor(inode);
}

static int terminal_check(struct spin_extension *ext, const char *name,
			  const struct file *file)
{
	if (is_alias(file)) {
		spin_extension_refuse(ext, "capability '%s': it stands for other terminals; grant one by its own name, as tty(1) prints it",
				      name);
		return -EOPNOTSUPP;
	}
	if (!is_terminal(file)) {
		spin_extension_refuse(ext, "capability '%s': it is not a terminal; grant one such as /dev/tty1, /dev/ttyS0 or /dev/pts/0",
				      name);
		return -ENOTTY;
	}
	if (!(file->f_mode & FMODE_WRITE)) {
		spin_extension_refuse(ext, "capability '%s': the terminal is not open for writing",
				      name);
		return -EACCES;
	}
	return 0;
}

static struct file *terminal_open(struct spin_extension *ext, const char *name,
				  const struct file *file)
{
	struct file *own;
	int err;

	own = dentry_open(&file->f_path,
			  O_WRONLY | O_NOCTTY | O_NONBLOCK | O_LARGEFILE,
			  file->f_cred);
	if (IS_ERR(own)) {
		spin_extension_refuse(ext, "capability '%s': the terminal cannot be opened once more: error %ld",
				      name, PTR_ERR(own));
		return own;
	}
	err = terminal_check(ext, name, own);
	if (err) {
		fput(own);
		return ERR_PTR(err);
	}
	return own;
}

static int terminal_grant(struct spin_extension *ext,
			  const struct spin_ioc_ext_grant *args,
			  struct spin_capability *capability)
{
	struct file *file, *own;
	int err;

	file = fget(args->fd);
	if (!file) {
		spin_extension_refuse(ext, "capability '%s': descriptor %d is not open",
				      args->name, args->fd);
		return -EBADF;
	}
	err = terminal_check(ext, args->name, file);
	if (err)
		goto out;
	own = terminal_open(ext, args->name, file);
	if (IS_ERR(own)) {
		err = PTR_ERR(own);
		goto out;
	}
	spin_file_describe(own, capability->what, sizeof(capability->what));
	capability->object = own;
out:
	fput(file);
	return err;
}

static int terminal_close(void *file)
{
	__fput_sync(file);
	atomic_dec(&spin_open_files);
	module_put_and_kthread_exit(0);
}

/*
 * The last close of a serial line waits for its output, for 30 s if nobody takes
 * it. Neither an unload is to wait for that, nor the one thread of the system that
 * closes files for threads of the kernel.
 */
static void terminal_release(struct spin_capability *capability)
{
	struct task_struct *closer;

	/* If the module is going, its exit does not wait for a thread. */
	if (!try_module_get(THIS_MODULE))
		goto put;
	/* No reference of an extension's: an unload does not wait for it. */
	atomic_inc(&spin_open_files);
	closer = kthread_run(terminal_close, capability->object, "spin-close");
	if (!IS_ERR(closer))
		return;
	atomic_dec(&spin_open_files);
	module_put(THIS_MODULE);
put:
	fput(capability->object);
}

const struct spin_capability_type spin_terminal_type = {
	.kind = SPIN_CAP_CONSOLE,
	.grant = terminal_grant,
	.release = terminal_release,
};

/* Security modules are to ask about who opened it, not about the task at hand. */
static int write_as_opener(struct file *file, const char *line, u32 len)
{
	const struct cred *own = override_creds(file->f_cred);
	loff_t pos = 0;
	int done = kernel_write(file, line, len, &pos);

	revert_creds(own);
	return done;
}

static int print(struct file *file, const char *text, u32 len)
{
	char line[PRINT_MAX + 2];
	int done;

	spin_text_clean(line, PRINT_MAX + 1, text, len);
	len = strlen(line);
	line[len++] = '\n';
	done = write_as_opener(file, line, len);
	/* The line discipline's way to say that a signal came in between. */
	return done == -ERESTARTSYS ? -EAGAIN : done;
}

__bpf_kfunc_start_defs();

__bpf_kfunc int spin_console_print(struct spin_ctx *ctx, u32 console,
				   const char *text, u32 text__sz)
{
	struct spin_capability *capability;
	int done;

	if (!text__sz || text__sz > PRINT_MAX)
		return -EINVAL;
	capability = spin_capability_use(ctx, console, SPIN_CAP_CONSOLE,
					 SPIN_RIGHT_WRITE);
	if (IS_ERR(capability))
		return PTR_ERR(capability);
	done = print(capability->object, text, text__sz);
	if (done > 0)
		spin_count_add(capability, SPIN_COUNT_WRITTEN, done);
	else
		spin_count_add(capability, SPIN_COUNT_FAILED, 1);
	spin_capability_done(capability);
	return done;
}

__bpf_kfunc_end_defs();

/* A terminal's lock is held by who writes. */
#define TERMINAL_KFUNCS(F) \
	F(spin_console_print, KF_TRUSTED_ARGS | KF_SLEEPABLE, 3000, SPIN_CLASS_TERMINAL, 0)

SPIN_KFUNC_TABLE_SHARED(spin_terminal_kfuncs, TERMINAL_KFUNCS);
