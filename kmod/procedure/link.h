/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What importers and exporters have in common: their links, and the questions to an
 * exporter. Under spin_mutex, but for new, free and declare_check, which are called
 * without it, under the extension's lock.
 */
#ifndef _SPIN_PROCEDURE_LINK_H
#define _SPIN_PROCEDURE_LINK_H

#include "procedure.h"

int __must_check spin_procedure_declare_check(struct spin_extension *ext,
					      struct spin_ioc_ext_procedure *args,
					      u32 flags);
struct spin_procedure_link *
spin_procedure_link_new(struct spin_extension *ext,
			const struct spin_ioc_ext_procedure *args,
			const char *interface);
void spin_procedure_link_free(struct spin_procedure_link *link);
int __must_check spin_procedure_order_check(struct spin_extension *ext);
u32 spin_procedure_link_add(struct spin_extension *ext,
			    struct spin_procedure_link *link);
int spin_procedure_link_ask(struct spin_procedure_link *link);

/* About handlers that others have on a procedure. */
struct spin_asking {
	struct spin_procedure *procedure;	/* which */
	struct spin_extension *exporter;	/* who is asked */
	u32 flags;		/* SPIN_PROC_PUBLIC, of the export */
	/* The handlers are of this one, or of all but this one */
	const struct spin_extension *about;
	/* Is a handler one of them? */
	bool (*is_asked)(const struct spin_asking *asking,
			 const struct spin_binding *binding);
};

void spin_procedure_handlers_ask(const struct spin_asking *asking);

#endif /* _SPIN_PROCEDURE_LINK_H */
