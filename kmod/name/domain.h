/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Domains and the nameserver (SPIN: Domain, NameServer). A domain exports
 * interfaces; a name leads to a domain, and each domain on the way says who may
 * go on. All under spin_mutex, in process context.
 */
#ifndef _SPIN_DOMAIN_H
#define _SPIN_DOMAIN_H

#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/uidgid.h>
#include <uapi/linux/spin.h>
#include "../extension/lock.h"
#include "../extension/refusal.h"

struct seq_file;
struct spin_binding;
struct spin_extension;
struct spin_interface;

#define SPIN_EXPORT_LEN		(2 * SPIN_NAME_LEN)

/* An interface that a domain exports, by its name. */
struct spin_export {
	struct list_head node;	/* in the domain's list; spin_mutex */
	char name[SPIN_EXPORT_LEN];	/* full */
};

/*
 * A set of exported interfaces.
 *
 * What has no lock named does not change.
 */
struct spin_domain {
	/*
	 * Held by the nameserver while it is listed, by each file that stands
	 * for it, by its extension or interface, and by each extension confined
	 * to it
	 */
	struct kref kref;
	u64 id;			/* never reused */
	enum spin_domain_kind kind;	/* enum spin_domain_kind */
	char name[SPIN_PATH_LEN];	/* full */
	kuid_t owner;		/* may modify it */
	u32 rights;		/* SPIN_DOMAIN_* of all others; spin_mutex */
	bool listed;		/* the nameserver knows it; spin_mutex */
	/* In the nameserver's list, by increasing id; spin_mutex */
	struct list_head node;
	u32 confined;	/* extensions that may import from it only; spin_mutex */
	struct list_head exports;	/* struct spin_export; spin_mutex */
	u32 export_count;	/* their number; spin_mutex */
	/* Of an extension's: which; NULL once that has ended; spin_mutex */
	struct spin_extension *ext;
};

extern struct list_head spin_domains;

struct spin_domain *spin_domain_new(enum spin_domain_kind kind,
				    const char *name, kuid_t owner);
void spin_domain_put(struct spin_domain *domain);
static inline void spin_domain_get(struct spin_domain *domain)
{
	kref_get(&domain->kref);
}

void spin_domain_list(struct spin_domain *domain);
void spin_domain_unlist(struct spin_domain *domain);
u32 spin_domain_rights(const struct spin_domain *domain);

int spin_domain_export(struct spin_domain *domain, const char *interface);
bool spin_domain_exports(const struct spin_domain *domain,
			 const char *interface);
int spin_domain_remove(struct spin_domain *domain, const char *interface);
int spin_domain_combine(struct spin_domain *domain,
			const struct spin_domain *other, const char *interface);
struct spin_domain *spin_domain_nested(const struct spin_domain *domain);
u32 spin_domain_count(kuid_t owner);
bool spin_domain_is_public(const struct spin_domain *domain);

int spin_domain_of_interface(struct spin_interface *interface);
void spin_domain_of_interface_end(struct spin_interface *interface);
int spin_domain_confine(struct spin_extension *ext, struct spin_domain *domain);
void spin_domain_unconfine(struct spin_extension *ext);
int spin_domain_init(void);
void spin_domain_exit(void);

/* file.c */

/*
 * An open file that stands for a domain.
 *
 * Made by spin_domain_file_open(), freed by the release of the file.
 */
struct spin_domain_file {
	struct spin_domain *domain;	/* reference held */
	u32 rights;		/* SPIN_DOMAIN_* that it was opened with */
	struct spin_refusal refusal;	/* why the last request on it was refused */
};

struct file *spin_domain_file_open(struct spin_domain *domain, u32 rights,
				   const struct file_operations *fops);
struct spin_domain_file *spin_domain_file_of(const struct file *file);
int spin_domain_file_release(struct inode *inode, struct file *file);
void spin_domain_file_show(struct seq_file *m, struct file *file);

/* name.c */
int spin_path_check(const char *path);
int spin_path_qualify(const char *path, char *full);
struct spin_domain *spin_name_find(const char *full);
struct spin_domain *spin_name_exporter(kuid_t who, const char *interface);
int spin_name_lookup(kuid_t who, const char *path, struct spin_domain **domain);
int spin_name_parent(const char *full, struct spin_domain **parent);
void spin_name_demand(const char *interface);

/* What a Resolve or Unresolve changed. */
struct spin_resolved {
	u32 count;		/* how many bindings */
	u32 procedures;	/* how many procedures of another extension that it calls */
	char text[SPIN_TEXT_LEN];	/* their names, as many as fit */
};
void spin_resolved_note(struct spin_resolved *resolved,
			const struct spin_binding *binding);

#endif /* _SPIN_DOMAIN_H */
