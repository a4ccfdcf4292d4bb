// SPDX-License-Identifier: GPL-2.0
/* Why something was refused, see refusal.h. */
#include <linux/lockdep.h>
#include <linux/sprintf.h>
#include <linux/string.h>
#include "extension.h"

#define CREATE_TRACE_POINTS
#include "refusal_trace.h"

static void refusal_blank(struct spin_refusal *refusal)
{
	refusal->prog_id = 0;
	refusal->insn = U32_MAX;
	refusal->text[0] = '\0';
}

void spin_refusal_init(struct spin_refusal *refusal)
{
	spin_lock_init(&refusal->lock);
	refusal_blank(refusal);
}

void spin_refusal_clear(struct spin_refusal *refusal)
{
	unsigned long flags;

	spin_lock_irqsave(&refusal->lock, flags);
	refusal_blank(refusal);
	spin_unlock_irqrestore(&refusal->lock, flags);
}

/* What an extension was told is the answer to a request by a file. */
void spin_refusal_take(struct spin_refusal *refusal, struct spin_refusal *from)
{
	unsigned long flags;

	spin_lock_irqsave(&refusal->lock, flags);
	spin_lock_nested(&from->lock, SINGLE_DEPTH_NESTING);
	refusal->prog_id = from->prog_id;
	refusal->insn = from->insn;
	strscpy(refusal->text, from->text);
	spin_unlock(&from->lock);
	spin_unlock_irqrestore(&refusal->lock, flags);
}

void spin_refusal_tell(struct spin_refusal *refusal,
		       struct spin_ioc_verdict *block)
{
	unsigned long flags;

	spin_lock_irqsave(&refusal->lock, flags);
	block->prog_id = refusal->prog_id;
	block->insn = refusal->insn;
	strscpy_pad(block->text, refusal->text);
	spin_unlock_irqrestore(&refusal->lock, flags);
}

/* Under its lock. */
void spin_refusal_write(struct spin_refusal *refusal, u32 prog_id, u32 insn,
			const char *fmt, va_list args)
{
	lockdep_assert_held(&refusal->lock);
	refusal->prog_id = prog_id;
	refusal->insn = insn;
	vscnprintf(refusal->text, sizeof(refusal->text), fmt, args);
}

/**
 * spin_refusal_say - leave a sentence for who made a request
 * @refusal: of the file that it was made by
 * @fmt: what is wrong, and what to do
 *
 * Any context but NMI.
 */
void spin_refusal_say(struct spin_refusal *refusal, const char *fmt, ...)
{
	unsigned long flags;
	va_list args;

	va_start(args, fmt);
	spin_lock_irqsave(&refusal->lock, flags);
	spin_refusal_write(refusal, 0, U32_MAX, fmt, args);
	spin_unlock_irqrestore(&refusal->lock, flags);
	va_end(args);
}

/* ---- of an extension ---- */

static void refuse_va(struct spin_extension *ext, u32 prog_id, u32 insn,
		      const char *fmt, va_list args)
{
	unsigned long flags;

	spin_lock_irqsave(&ext->refusal.lock, flags);
	spin_refusal_write(&ext->refusal, prog_id, insn, fmt, args);
	trace_spin_refuse(ext->name, ext->refusal.text);
	spin_unlock_irqrestore(&ext->refusal.lock, flags);
}

/**
 * spin_extension_refuse - leave a sentence for the loader
 * @ext: whose loader
 * @fmt: one sentence: what, why, and what to do
 *
 * Any context but NMI.
 */
void spin_extension_refuse(struct spin_extension *ext, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	refuse_va(ext, 0, U32_MAX, fmt, args);
	va_end(args);
}
EXPORT_SYMBOL_GPL(spin_extension_refuse);

/* The same, about one instruction (U32_MAX: none) of a program. */
void spin_extension_refuse_at(struct spin_extension *ext, u32 prog_id, u32 insn,
			      const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	refuse_va(ext, prog_id, insn, fmt, args);
	va_end(args);
}
