// SPDX-License-Identifier: GPL-2.0
/*
 * Open files hold the module. Who waits for what else holds it has to know how
 * many there are.
 */
#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/fs.h>
#include "files.h"

atomic_t spin_open_files = ATOMIC_INIT(0);

/**
 * spin_handle_open - a file that stands for a thing of this module
 * @name: for /proc/PID/fd: "[spin-THING]"
 * @fops: its operations; the release calls spin_handle_closed()
 * @thing: what it stands for: the release's from now on, unless this fails
 *
 * Returns the file, or ERR_PTR(-ENOMEM), ERR_PTR(-ENFILE).
 */
struct file *spin_handle_open(const char *name,
			      const struct file_operations *fops, void *thing)
{
	struct file *file = anon_inode_getfile(name, fops, thing,
					       O_RDWR | O_CLOEXEC);

	if (!IS_ERR(file))
		atomic_inc(&spin_open_files);
	return file;
}

/* The last thing its release does. */
void spin_handle_closed(void)
{
	atomic_dec(&spin_open_files);
}
