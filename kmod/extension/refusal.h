/* SPDX-License-Identifier: GPL-2.0 */
/* Why something was refused: one sentence, kept until somebody asks for it. */
#ifndef _SPIN_REFUSAL_H
#define _SPIN_REFUSAL_H

#include <linux/spinlock.h>
#include <linux/types.h>
#include <uapi/linux/spin.h>

/* The last refusal by an open file, or of an extension. */
struct spin_refusal {
	/*
	 * Protects the rest; taken last, in any context but NMI. That of a file
	 * may be held while that of an extension is taken
	 */
	spinlock_t lock;
	u32 prog_id;		/* program that it is about; 0: none */
	u32 insn;		/* index of the translated instruction; U32_MAX: none */
	/* The sentence; "": nothing was refused. What is behind its end stays */
	char text[SPIN_TEXT_LEN];
};

void spin_refusal_init(struct spin_refusal *refusal);
void spin_refusal_clear(struct spin_refusal *refusal);
void spin_refusal_take(struct spin_refusal *refusal, struct spin_refusal *from);
void spin_refusal_tell(struct spin_refusal *refusal,
		       struct spin_ioc_verdict *block);
__printf(4, 0)
void spin_refusal_write(struct spin_refusal *refusal, u32 prog_id, u32 insn,
			const char *fmt, va_list args);
__printf(2, 3)
void spin_refusal_say(struct spin_refusal *refusal, const char *fmt, ...);

#endif /* _SPIN_REFUSAL_H */
