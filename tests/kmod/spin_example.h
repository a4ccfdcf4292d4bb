/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interface Doorbell of the module spin_example: for the module itself and for
 * the extensions that handle its event.
 */
#ifndef _SPIN_EXAMPLE_H
#define _SPIN_EXAMPLE_H

#include <linux/spin_ext.h>

/**
 * struct doorbell_rung - context of Doorbell.Rung
 * @ctx: common part
 * @visitor: uid of the visitor
 * @presses: how many bytes were written
 */
struct doorbell_rung {
	struct spin_ctx ctx;
	__u32 visitor;
	__u32 presses;
} __spin_type;

/* Key fields, for struct spin_match. */
enum doorbell_key {
	DOORBELL_VISITOR	= 1U << 0,
};

/* Results of a handler. */
enum doorbell_verdict {
	DOORBELL_RING		= 0,	/* leave it to later handlers */
	DOORBELL_SILENCE	= 1,	/* nobody is at home */
};

/* The templates: struct_ops type of the event. */
struct Doorbell_Rung {
	SPIN_TEMPLATE(struct doorbell_rung *rung)
};

#ifdef __bpf__
/* Choose the melody of this ring. Returns 0; -EINVAL: there are 8. */
extern int doorbell_melody(struct doorbell_rung *rung, __u32 melody) __ksym;
#endif

#endif /* _SPIN_EXAMPLE_H */
