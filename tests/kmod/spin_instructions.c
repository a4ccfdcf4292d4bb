// SPDX-License-Identifier: GPL-2.0
/*
 * spin_instructions - does the checker take and refuse the right instructions?
 *
 * What a kernel's verifier refuses first never reaches the checker of spin.ko,
 * so no extension can show what the checker would say. Here its list is given
 * the instructions one by one: it is the same source, compiled for the same
 * kernel. The module loads if all are as they should be, else says which are not.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include "compat/compat.h"
#include "program/instruction.c"

#define FP	BPF_REG_FP

struct trial {
	const char *name;
	struct bpf_insn insn;
	bool handler;	/* allowed in a handler */
	bool guard;	/* allowed in a guard */
};

#define INSN(CODE, DST, SRC, OFF, IMM)					\
	{ .code = CODE, .dst_reg = DST, .src_reg = SRC, .off = OFF, .imm = IMM }
#define ATOMIC(DST, SRC, IMM)						\
	INSN(BPF_STX | BPF_ATOMIC | BPF_DW, DST, SRC, 0, IMM)

static const struct trial trials[] = {
	/* atomic operations, by what they do; guards: on the stack only */
	{ "add", ATOMIC(1, 2, BPF_ADD), true, false },
	{ "add, on the stack", ATOMIC(FP, 2, BPF_ADD), true, true },
	{ "fetch and add", ATOMIC(1, 2, BPF_ADD | BPF_FETCH), true, false },
	{ "or", ATOMIC(1, 2, BPF_OR), true, false },
	{ "fetch and or", ATOMIC(1, 2, BPF_OR | BPF_FETCH), true, false },
	{ "and", ATOMIC(1, 2, BPF_AND), true, false },
	{ "fetch and and", ATOMIC(1, 2, BPF_AND | BPF_FETCH), true, false },
	{ "xor", ATOMIC(1, 2, BPF_XOR), true, false },
	{ "fetch and xor", ATOMIC(1, 2, BPF_XOR | BPF_FETCH), true, false },
	{ "exchange", ATOMIC(1, 2, BPF_XCHG), true, false },
	{ "compare and exchange", ATOMIC(1, 2, BPF_CMPXCHG), true, false },
	{ "store-release", ATOMIC(1, 2, 0x110), true, false },
	{ "store-release, on the stack", ATOMIC(FP, 2, 0x110), true, true },
	{ "load-acquire", ATOMIC(1, 2, 0x100), false, false },
	{ "load-acquire, to the stack's register", ATOMIC(FP, 2, 0x100), false, false },
	{ "load-acquire, from the stack", ATOMIC(1, FP, 0x100), true, true },
	{ "an atomic operation to come", ATOMIC(1, 2, 0x120), false, false },
	{ "an atomic operation to come, on the stack", ATOMIC(FP, FP, 0x120), false, false },
	{ "subtract, which there is not", ATOMIC(1, 2, BPF_SUB), false, false },
	{ "an atomic operation with a constant",
	  INSN(BPF_ST | BPF_ATOMIC | BPF_DW, FP, 0, 0, BPF_ADD), false, false },
	/* stores */
	{ "store", INSN(BPF_STX | BPF_MEM | BPF_W, 1, 2, 8, 0), true, false },
	{ "store, on the stack", INSN(BPF_STX | BPF_MEM | BPF_W, FP, 2, -8, 0), true, true },
	{ "store of a constant", INSN(BPF_ST | BPF_MEM | BPF_B, 1, 0, 0, 7), true, false },
	{ "store to an arena", INSN(BPF_STX | 0xa0 | BPF_W, 1, 2, 0, 0), false, false },
	{ "atomic operation on an arena", INSN(BPF_STX | 0xe0 | BPF_W, 1, 2, 0, 0), false, false },
	{ "store of the mode of sign extension",
	  INSN(BPF_STX | BPF_MEMSX | BPF_W, FP, 2, -8, 0), false, false },
	/* loads */
	{ "load", INSN(BPF_LDX | BPF_MEM | BPF_DW, 1, 2, 8, 0), true, true },
	{ "load with sign", INSN(BPF_LDX | BPF_MEMSX | BPF_W, 1, 2, 8, 0), true, true },
	{ "load that may fault", INSN(BPF_LDX | 0x20 | BPF_DW, 1, 2, 8, 0), false, false },
	{ "load with sign that may fault", INSN(BPF_LDX | 0x40 | BPF_W, 1, 2, 8, 0), false, false },
	{ "load from an arena", INSN(BPF_LDX | 0xa0 | BPF_W, 1, 2, 8, 0), false, false },
	{ "load of a mode to come", INSN(BPF_LDX | 0xe0 | BPF_W, 1, 2, 8, 0), false, false },
	{ "legacy load", INSN(BPF_LD | BPF_ABS | BPF_W, 0, 0, 0, 0), false, false },
	{ "legacy indirect load", INSN(BPF_LD | BPF_IND | BPF_W, 0, 1, 0, 0), false, false },
	{ "constant", INSN(BPF_LD | BPF_IMM | BPF_DW, 1, 0, 0, 1), true, true },
	{ "address of a function, for the caller to see",
	  INSN(BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_FUNC, 0, 1), true, true },
	{ "address of a map",
	  INSN(BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_MAP_FD, 0, 1), true, true },
	{ "address in a map",
	  INSN(BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_MAP_IDX_VALUE, 0, 1), true, true },
	{ "address of a kernel variable",
	  INSN(BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_BTF_ID, 0, 1), false, false },
	{ "address of a kind to come",
	  INSN(BPF_LD | BPF_IMM | BPF_DW, 1, 15, 0, 1), false, false },
	/* arithmetic */
	{ "addition", INSN(BPF_ALU64 | BPF_ADD | BPF_X, 1, 2, 0, 0), true, true },
	{ "addition with an offset", INSN(BPF_ALU64 | BPF_ADD | BPF_X, 1, 2, 1, 0), false, false },
	{ "signed division", INSN(BPF_ALU64 | BPF_DIV | BPF_X, 1, 2, 1, 0), true, true },
	{ "another division", INSN(BPF_ALU | BPF_MOD | BPF_X, 1, 2, 2, 0), false, false },
	{ "move with sign", INSN(BPF_ALU | BPF_MOV | BPF_X, 1, 2, 16, 0), true, true },
	{ "per-CPU address", INSN(BPF_ALU64 | BPF_MOV | BPF_X, 1, 2, -1, 0), true, true },
	{ "per-CPU address of 32 bits", INSN(BPF_ALU | BPF_MOV | BPF_X, 1, 2, -1, 0), false, false },
	{ "cast to an arena", INSN(BPF_ALU64 | BPF_MOV | BPF_X, 1, 2, 1, 0), false, false },
	{ "byte swap", INSN(BPF_ALU64 | BPF_END, 1, 0, 0, 16), true, true },
	{ "arithmetic to come", INSN(BPF_ALU64 | 0xe0, 1, 2, 0, 0), false, false },
	/* jumps and calls */
	{ "jump", INSN(BPF_JMP | BPF_JA, 0, 0, 1, 0), true, true },
	{ "long jump", INSN(BPF_JMP32 | BPF_JA, 0, 0, 0, 1), true, true },
	{ "jump through a register", INSN(BPF_JMP | BPF_JA | BPF_X, 1, 0, 0, 0), false, false },
	{ "comparison", INSN(BPF_JMP32 | BPF_JSLE | BPF_K, 1, 0, 1, 0), true, true },
	{ "jump to come (may_goto)", INSN(BPF_JMP | 0xe0, 0, 0, 1, 0), false, false },
	{ "exit", INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0), true, true },
	{ "exit of 32 bits", INSN(BPF_JMP32 | BPF_EXIT, 0, 0, 0, 0), false, false },
	{ "call of a helper", INSN(BPF_JMP | BPF_CALL, 0, 0, 0, 1), true, true },
	{ "call of a function", INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, 1), true, true },
	{ "call of a kernel function",
	  INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_KFUNC_CALL, 0, 1), true, true },
	{ "call of a kind to come", INSN(BPF_JMP | BPF_CALL, 0, 7, 0, 1), false, false },
	{ "call of 32 bits", INSN(BPF_JMP32 | BPF_CALL, 0, 0, 0, 1), false, false },
	{ "call through a register", INSN(BPF_JMP | BPF_CALL | BPF_X, 1, 0, 0, 0), false, false },
	{ "tail call", INSN(BPF_JMP | 0xf0, 0, 0, 0, 0), false, false },
};

static bool is_wrong(const struct trial *trial, bool guard)
{
	const char *reason = spin_instruction_refused(&trial->insn, guard);
	bool allowed = guard ? trial->guard : trial->handler;

	if (!reason == allowed)
		return false;
	pr_err("%s, in a %s: %s\n", trial->name, guard ? "guard" : "handler",
	       reason ?: "is allowed");
	return true;
}

static int __init instructions_init(void)
{
	u32 wrong = 0, i;

	for (i = 0; i < ARRAY_SIZE(trials); i++)
		wrong += is_wrong(&trials[i], false) +
			 is_wrong(&trials[i], true);
	pr_info("%zu instructions, %u wrong answers\n", ARRAY_SIZE(trials),
		wrong);
	return wrong ? -EINVAL : 0;
}

static void __exit instructions_exit(void)
{
}

module_init(instructions_init);
module_exit(instructions_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Checks which BPF instructions SPIN lets extensions have");
