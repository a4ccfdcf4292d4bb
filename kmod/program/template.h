/* SPDX-License-Identifier: GPL-2.0 */
/* Templates, attached to an extension. Under spin_mutex, but for the detaching. */
#ifndef _SPIN_PROGRAM_TEMPLATE_H
#define _SPIN_PROGRAM_TEMPLATE_H

#include <linux/list.h>
#include <linux/types.h>

struct bpf_link;
struct spin_extension;
struct spin_template;

#define SPIN_TEMPLATES_MAX	4096	/* of an extension */

/* A link that holds a template, in the list of its extension; spin_mutex. */
struct spin_link {
	struct list_head node;
	struct bpf_link *link;
};

int spin_template_attach(struct spin_extension *ext,
			 struct spin_template *template,
			 struct bpf_link *bpf_link);
void spin_template_detach(struct spin_template *template);
struct spin_template *spin_template_by_slot(const struct spin_extension *ext,
					    u32 slot);
struct spin_template *spin_template_by_name(const struct spin_extension *ext,
					    const char *name);
u32 spin_template_module_refs(const struct spin_template *template);

#endif /* _SPIN_PROGRAM_TEMPLATE_H */
