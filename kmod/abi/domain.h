/* SPDX-License-Identifier: GPL-2.0 */
/* Requests about domains and names, and the file that stands for a domain. */
#ifndef _SPIN_ABI_DOMAIN_H
#define _SPIN_ABI_DOMAIN_H

struct spin_client;
struct spin_domain;
struct spin_extension;
struct file;

int spin_domain_request_create(struct spin_client *client, void __user *arg);
int spin_domain_request_open(struct spin_client *client, void __user *arg);
int spin_domain_request_lookup(struct spin_client *client, void __user *arg);
struct spin_domain *spin_domain_of_file(const struct file *filp, u32 *rights);
int spin_walk_domains(void __user *arg);
int spin_walk_exports(void __user *arg);
int spin_domain_request_confine(struct spin_extension *ext, void __user *arg);
int spin_domain_request_limit(struct spin_extension *ext, void __user *arg);

#endif /* _SPIN_ABI_DOMAIN_H */
