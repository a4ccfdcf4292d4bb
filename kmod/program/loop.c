// SPDX-License-Identifier: GPL-2.0
/*
 * Loops in a function, found in its control flow. The sign of a jump says
 * nothing: compilers lay a shared tail out before the branches to it.
 */
#include <linux/filter.h>
#include <linux/slab.h>
#include "checker.h"

enum colour { WHITE, GREY, BLACK };	/* not seen, on the path, done */

struct walk {
	const struct bpf_insn *insns;
	u32 len;
	u8 *colour;
	u8 *taken;	/* successors of a grey instruction already followed */
	u32 *path;
	u32 depth;
};

static bool is_jump(const struct bpf_insn *insn)
{
	u8 class = BPF_CLASS(insn->code);

	return (class == BPF_JMP || class == BPF_JMP32) &&
	       BPF_OP(insn->code) != BPF_CALL;
}

/* The @which'th instruction that can run after @i; false: there is none. */
static bool successor(const struct bpf_insn *insns, u32 i, u32 which, u32 *next)
{
	const struct bpf_insn *insn = &insns[i];
	bool always = BPF_OP(insn->code) == BPF_JA;

	if (!is_jump(insn)) {
		*next = i + (insn->code == (BPF_LD | BPF_IMM | BPF_DW) ? 2 : 1);
		return which == 0;
	}
	if (BPF_OP(insn->code) == BPF_EXIT)
		return false;
	if (which == 0) {
		bool far = insn->code == (BPF_JMP32 | BPF_JA);

		*next = i + 1 + (far ? insn->imm : insn->off);
		return true;
	}
	*next = i + 1;
	return which == 1 && !always;
}

static void push(struct walk *walk, u32 i)
{
	walk->colour[i] = GREY;
	walk->path[walk->depth++] = i;
}

/* Depth first; an edge to the present path closes a loop. */
static bool find(struct walk *walk, u32 *at)
{
	push(walk, 0);
	while (walk->depth) {
		u32 i = walk->path[walk->depth - 1];
		u32 next;

		if (!successor(walk->insns, i, walk->taken[i]++, &next)) {
			walk->colour[i] = BLACK;
			walk->depth--;
			continue;
		}
		if (next >= walk->len || walk->colour[next] == BLACK)
			continue;
		if (walk->colour[next] == GREY) {
			*at = i;
			return true;
		}
		push(walk, next);
	}
	return false;
}

/**
 * spin_cycle_find - does a function loop?
 * @insns: its instructions, verified
 * @len: how many
 * @at: set to an instruction that jumps back, if it does
 *
 * Process context. Returns 1, 0 or -ENOMEM.
 */
int spin_cycle_find(const struct bpf_insn *insns, u32 len, u32 *at)
{
	struct walk walk = { .insns = insns, .len = len };
	int result = -ENOMEM;

	walk.colour = kvcalloc(len, sizeof(*walk.colour), GFP_KERNEL);
	walk.taken = kvcalloc(len, sizeof(*walk.taken), GFP_KERNEL);
	walk.path = kvcalloc(len, sizeof(*walk.path), GFP_KERNEL);
	if (walk.colour && walk.taken && walk.path)
		result = find(&walk, at);
	kvfree(walk.path);
	kvfree(walk.taken);
	kvfree(walk.colour);
	return result;
}
