// SPDX-License-Identifier: GPL-2.0
/*
 * Which translated instructions an extension may have, whatever it is that they
 * are part of. What is listed here is what is allowed: an instruction that a
 * later kernel invents, or gives another meaning by a field that was zero, is
 * refused until somebody has looked at it.
 *
 * Calls have their own lists: see checker.c. Nothing in this file knows more of
 * the program than the one instruction, so it can be tried out by itself.
 */
#include <linux/bpf.h>
#include <linux/filter.h>
#include "instruction.h"

static const char unknown[] = "has an instruction unknown to the checker";

/* Does a move have a meaning besides the plain one and sign extension? */
static bool move_allowed(const struct bpf_insn *insn)
{
	switch (insn->off) {
	case 0:
	case 8:
	case 16:
	case 32:
		return true;
	case BPF_ADDR_PERCPU:	/* the verifier's own, for inlined look-ups */
		return insn_is_mov_percpu_addr(insn);
	default:
		return false;
	}
}

static const char *check_alu(const struct bpf_insn *insn)
{
	switch (BPF_OP(insn->code)) {
	case BPF_ADD:
	case BPF_SUB:
	case BPF_MUL:
	case BPF_OR:
	case BPF_AND:
	case BPF_LSH:
	case BPF_RSH:
	case BPF_NEG:
	case BPF_XOR:
	case BPF_ARSH:
	case BPF_END:
		return insn->off ? unknown : NULL;
	case BPF_DIV:
	case BPF_MOD:
		return insn->off & ~1 ? unknown : NULL;	/* 1: signed */
	case BPF_MOV:
		return move_allowed(insn) ? NULL : unknown;
	default:
		return unknown;
	}
}

/* A store of any kind, to where @insn->dst_reg points. */
static const char *check_target(const struct bpf_insn *insn, bool guard)
{
	if (!guard || insn->dst_reg == BPF_REG_FP)
		return NULL;
	return "a guard must not store but to its own stack, directly; move the store to the handler, and copy arrays into scalars";
}

static const char *check_atomic(const struct bpf_insn *insn, bool guard)
{
	switch (insn->imm) {
	case BPF_ADD:
	case BPF_AND:
	case BPF_OR:
	case BPF_XOR:
	case BPF_ADD | BPF_FETCH:
	case BPF_AND | BPF_FETCH:
	case BPF_OR | BPF_FETCH:
	case BPF_XOR | BPF_FETCH:
	case BPF_XCHG:
	case BPF_CMPXCHG:
	case BPF_STORE_REL:
		return check_target(insn, guard);
	case BPF_LOAD_ACQ:
		/*
		 * A load in all but the name, and some verifiers neither refuse
		 * it of pointers they do not vouch for nor mark it then.
		 */
		return insn->src_reg == BPF_REG_FP ? NULL :
		       "loads with acquire order (__ATOMIC_ACQUIRE) from anything but its own stack; use a plain load, or an atomic operation that writes";
	default:
		return "has an atomic instruction unknown to the checker";
	}
}

static const char *check_store(const struct bpf_insn *insn, bool guard)
{
	if (BPF_MODE(insn->code) == BPF_MEM)
		return check_target(insn, guard);
	if (insn->code == (BPF_STX | BPF_ATOMIC | BPF_SIZE(insn->code)))
		return check_atomic(insn, guard);
	return "stores to memory of a kind that extensions do not have";
}

static const char *check_load(const struct bpf_insn *insn)
{
	if (BPF_MODE(insn->code) == BPF_MEM || BPF_MODE(insn->code) == BPF_MEMSX)
		return NULL;
	return "reads through a pointer that the kernel does not vouch for; use the functions of the interfaces it imports";
}

/*
 * What the constant was, functions remember; the program as a whole does not. A
 * function's address means a loop, for the caller to see.
 */
static const char *check_immediate(const struct bpf_insn *insn)
{
	if (insn->code != (BPF_LD | BPF_IMM | BPF_DW))
		return "uses a legacy packet load";
	switch (insn->src_reg) {
	case 0:
	case BPF_PSEUDO_MAP_FD:
	case BPF_PSEUDO_MAP_VALUE:
	case BPF_PSEUDO_MAP_IDX:
	case BPF_PSEUDO_MAP_IDX_VALUE:
	case BPF_PSEUDO_FUNC:
		return NULL;
	default:
		return "takes an address of a kind unknown to the checker";
	}
}

static const char *check_call(const struct bpf_insn *insn)
{
	if (BPF_SRC(insn->code) == BPF_X)
		return "calls through a register";
	switch (insn->src_reg) {
	case 0:		/* a helper */
	case BPF_PSEUDO_CALL:
	case BPF_PSEUDO_KFUNC_CALL:
		return NULL;
	default:
		return unknown;
	}
}

static const char *check_jump(const struct bpf_insn *insn)
{
	switch (BPF_OP(insn->code)) {
	case BPF_JEQ:
	case BPF_JGT:
	case BPF_JGE:
	case BPF_JSET:
	case BPF_JNE:
	case BPF_JSGT:
	case BPF_JSGE:
	case BPF_JLT:
	case BPF_JLE:
	case BPF_JSLT:
	case BPF_JSLE:
		return NULL;
	case BPF_JA:
		return BPF_SRC(insn->code) == BPF_X ? "jumps through a register" :
						      NULL;
	case BPF_EXIT:
		return BPF_CLASS(insn->code) == BPF_JMP ? NULL : unknown;
	case BPF_CALL:
		return BPF_CLASS(insn->code) == BPF_JMP ? check_call(insn) :
							  unknown;
	case BPF_TAIL_CALL:	/* 0xf0, an internal code */
		return "tail calls are refused: the checker cannot follow them";
	default:
		return unknown;
	}
}

/**
 * spin_instruction_refused - why must no extension have this instruction?
 * @insn: as translated by the verifier
 * @guard: it is in a guard or post-guard, which must not change anything
 *
 * Returns the reason, or NULL: it may.
 */
const char *spin_instruction_refused(const struct bpf_insn *insn, bool guard)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_ALU:
	case BPF_ALU64:
		return check_alu(insn);
	case BPF_ST:
	case BPF_STX:
		return check_store(insn, guard);
	case BPF_LDX:
		return check_load(insn);
	case BPF_LD:
		return check_immediate(insn);
	default:	/* the last two of eight: BPF_JMP, BPF_JMP32 */
		return check_jump(insn);
	}
}
