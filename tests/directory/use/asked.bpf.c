// SPDX-License-Identifier: GPL-2.0
/*
 * No extension: a security module's look at who reads and writes one file
 * (tests/directory/asked.c).
 */
#include <linux/types.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct super_block {
	unsigned int s_dev;
} __attribute__((preserve_access_index));

struct inode {
	struct super_block *i_sb;
	unsigned long i_ino;
} __attribute__((preserve_access_index));

struct file {
	struct inode *f_inode;
} __attribute__((preserve_access_index));

char LICENSE[] SEC("license") = "GPL";

__u32 device, user;		/* set by the test: the file's, the user to be seen */
__u64 inode;
__u64 the_user, others;		/* how often each was asked about */
__u32 other;			/* the last of these */

SEC("lsm/file_permission")
int BPF_PROG(asked, struct file *file, int mask)
{
	__u32 uid = (__u32)bpf_get_current_uid_gid();

	if (file->f_inode->i_ino != inode || file->f_inode->i_sb->s_dev != device)
		return 0;
	if (uid == user) {
		__sync_fetch_and_add(&the_user, 1);
	} else {
		__sync_fetch_and_add(&others, 1);
		other = uid;
	}
	return 0;
}
