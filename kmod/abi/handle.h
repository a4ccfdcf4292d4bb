/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files that stand for things: an extension that is being loaded, a domain. Their
 * requests are in requests.h. (A strand and a range of Translation are files, too,
 * which take no requests: they are their services'.)
 */
#ifndef _SPIN_HANDLE_H
#define _SPIN_HANDLE_H

#include <linux/types.h>

struct file;
struct spin_domain;
struct spin_domain_file;
struct spin_extension;

struct file *spin_handle_extension(struct spin_extension *ext);
struct file *spin_handle_domain(struct spin_domain *domain, u32 rights);
int __must_check spin_domain_modify_check(struct spin_domain_file *on);

#endif /* _SPIN_HANDLE_H */
