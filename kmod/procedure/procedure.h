/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Procedures, as those above see them, and what their parts have in common.
 *
 * A procedure is where callers and exporter meet: it has a name and a prototype, and
 * is made by the one who comes first. It holds an event of struct_ops type Proc_Call:
 * the raises of the event are the calls, and the exporter's binding on it is the
 * implementation. Links (imports and exports), templates and bindings hold references.
 * The last put may come from any context, so a work item frees the procedure.
 *
 * All under spin_mutex, but for get, import, export, check and release, which take it.
 */
#ifndef _SPIN_PROCEDURE_H
#define _SPIN_PROCEDURE_H

#include <linux/llist.h>
#include <spin/spin.h>
#include "../extension/extension.h"

#define SPIN_PROCEDURE_NAME_LEN	(2 * SPIN_NAME_LEN)

/* A procedure. */
struct spin_procedure {
	struct spin_event event;	/* of its calls */
	struct kref kref;	/* see above */
	struct list_head node;	/* in the list of procedures; spin_mutex */
	/* struct spin_procedure_link, of importers; spin_mutex */
	struct list_head links;
	/*
	 * Of the argument block, if a call is nothing but words that are
	 * copied, and cannot sleep; else U32_MAX, which no block has
	 */
	u32 plain_size;
	char name[SPIN_PROCEDURE_NAME_LEN];	/* "INTERFACE.PROCEDURE" */
	char interface[SPIN_NAME_LEN];	/* qualified: see spin_name_qualify() */
	char procedure[SPIN_NAME_LEN];	/* its name */
	struct spin_prototype prototype;	/* its type */
	u64 hash;		/* of that */
	char text[SPIN_PROC_TEXT_LEN];	/* of it, for people */
	u32 caps;		/* how many of its arguments are capabilities */
	struct spin_proc_member cap[SPIN_ARGUMENTS_MAX];	/* these */
	/*
	 * Extension that exports it, loaded or being loaded; NULL: none;
	 * spin_mutex. It is in the list of extensions as long as it is here
	 */
	struct spin_extension *exporter;
	/* Next version of @exporter, being loaded, that exports it; spin_mutex */
	struct spin_extension *successor;
	u32 flags;		/* SPIN_PROC_PUBLIC, of @exporter; spin_mutex */
	struct llist_node dead;	/* among those that are to be ended */
};

/*
 * An extension's import or export.
 *
 * Owned by the extension, until no handler of it runs any more.
 */
struct spin_procedure_link {
	struct spin_procedure *procedure;	/* reference held */
	struct spin_extension *ext;	/* whose */
	struct list_head node;	/* an import's: in @procedure->links; spin_mutex */
	u32 slot;		/* by which the extension calls it */
	/*
	 * 0, or why it may not be called, as an export never; written under
	 * spin_mutex
	 */
	int error;
	bool exports;		/* it is an export */
	/* An import that was undone: see spin_unresolve(); spin_mutex */
	bool unresolved;
	u32 flags;		/* SPIN_PROC_PUBLIC */
	/* "INTERFACE.PROCEDURE", as the extension has it */
	char name[SPIN_PROCEDURE_NAME_LEN];
};

extern struct list_head spin_procedures;
extern struct spin_event spin_procedure_event;

static inline struct spin_procedure *
spin_procedure_of(const struct spin_event *event)
{
	return container_of(event, struct spin_procedure, event);
}

/* Does its exporter's implementation run? Under spin_mutex. */
static inline bool spin_procedure_served(const struct spin_procedure *procedure)
{
	return procedure->exporter &&
	       procedure->exporter->state == SPIN_EXT_LOADED;
}

/* procedure.c */
int spin_procedures_init(void);
void spin_procedures_exit(void);
void spin_procedure_put(struct spin_procedure *procedure);
struct spin_procedure *
spin_procedure_get(const struct spin_ioc_ext_procedure *args,
		   const char *interface);
struct spin_procedure *spin_procedure_other(const struct spin_procedure *procedure);

/* importer.c, exporter.c, link.c */
int spin_procedure_import(struct spin_extension *ext,
			  struct spin_ioc_ext_procedure *args);
int spin_procedure_export(struct spin_extension *ext,
			  struct spin_ioc_ext_procedure *args);
u32 spin_procedure_link_status(const struct spin_procedure_link *link);
int spin_procedures_check(struct spin_extension *ext);
int spin_procedures_keep(struct spin_extension *ext);
void spin_procedures_restrict(struct spin_extension *ext,
			      struct spin_extension *old);
void spin_procedures_open(struct spin_extension *ext, struct spin_extension *old);
void spin_procedures_close(struct spin_extension *ext);
void spin_procedures_release(struct spin_extension *ext);
struct spin_resolved;
int spin_procedures_unresolve(struct spin_extension *ext, const char *interface,
			      struct spin_resolved *resolved);
int spin_procedures_resolve(struct spin_extension *ext, const char *interface,
			    struct spin_resolved *resolved);

/* authorize.c */
int spin_procedure_authorize(struct spin_procedure *procedure,
			     struct spin_extension *exporter, u32 flags,
			     struct spin_extension *ext,
			     struct spin_request *request);

#endif /* _SPIN_PROCEDURE_H */
