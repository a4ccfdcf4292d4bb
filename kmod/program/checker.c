// SPDX-License-Identifier: GPL-2.0
/*
 * The checker: what the verifier leaves open, looked at in the translated
 * instructions when a program is bound.
 *
 * The verifier proves that a program is memory-safe. It does not confine it:
 * any struct_ops program may call what the kernel offers to all, may read any
 * address through an untrusted cast, may be extended or replaced later, may
 * run for long. What a program was verified for says nothing about which
 * extension binds it. So every call and load is checked here, against the
 * extension that binds, from the instructions that will run.
 */
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/kallsyms.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include "../dispatch/event.h"
#include "../name/interface.h"
#include "checker.h"
#include "instruction.h"

#define COST_HELPER	50
#define CALL_DEPTH_MAX	8	/* the verifier's MAX_CALL_FRAMES */

/* ---- helpers ---- */

struct helper {
	enum bpf_func_id id;
	bool guard;	/* writes nowhere, nor by its arguments: a guard may call it */
	bool map;	/* costs what the map's keys and values cost */
	bool irqs_off;	/* may be called under any lock, interrupts off */
};

static const struct helper helpers[] = {
	{ BPF_FUNC_map_lookup_elem,		true,	true,	true },
	{ BPF_FUNC_map_update_elem,		false,	true,	false },
	{ BPF_FUNC_map_delete_elem,		false,	true,	false },
	{ BPF_FUNC_map_push_elem,		false,	true,	false },
	{ BPF_FUNC_map_pop_elem,		false,	true,	false },
	{ BPF_FUNC_map_peek_elem,		false,	true,	false },
	{ BPF_FUNC_kptr_xchg,			false,	false,	false },
	{ BPF_FUNC_ktime_get_ns,		true,	false,	true },
	{ BPF_FUNC_ktime_get_boot_ns,		true,	false,	true },
	{ BPF_FUNC_get_smp_processor_id,	true,	false,	true },
	{ BPF_FUNC_get_prandom_u32,		false,	false,	true },
};

/*
 * Must the program be over soon? All but sleepable handlers run in an RCU
 * read-side section, most of them with preemption off.
 */
static bool must_be_bounded(const struct bpf_prog *prog)
{
	return !prog->sleepable;
}

static bool irqs_off(const struct spin_event *event)
{
	return event->context == SPIN_CONTEXT_IRQS_OFF;
}

/* Asked by the verifier, whose error is the more readable one. */
bool spin_checker_helper_allowed(const struct spin_event *event,
				 enum bpf_func_id id, bool guard)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(helpers); i++)
		if (helpers[i].id == id)
			return (!guard || helpers[i].guard) &&
			       (!irqs_off(event) || helpers[i].irqs_off);
	return false;
}

/* ---- one check ---- */

/* An instruction, for messages: index in the whole program. */
struct where {
	const struct bpf_prog *func;
	u32 base;			/* first instruction of the function */
	u32 insn;			/* in the function */
};

struct check {
	struct spin_extension *ext;
	struct spin_event *event;
	struct bpf_prog *prog;		/* as loaded */
	bool guard;
	u32 cost_max;
	u64 *costs;			/* by function; 0: not known yet */
	u64 map_cost;			/* of the dearest operation on its maps */
	const struct bpf_map *dearest;	/* the map that is of */
	struct where passed;		/* where function 0 takes too much, if any */
	unsigned long *uses;		/* interfaces: a bit each */
};

static u32 func_count(const struct bpf_prog *prog)
{
	return prog->aux->func_cnt ?: 1;
}

static const struct bpf_prog *func_of(const struct bpf_prog *prog, u32 index)
{
	return prog->aux->func_cnt ? prog->aux->func[index] : prog;
}

__printf(3, 4)
static int refuse(const struct check *check, const struct where *where,
		  const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	va_list args;

	va_start(args, fmt);
	vaf.va = &args;
	spin_extension_refuse_at(check->ext, check->prog->aux->id,
				 where ? where->base + where->insn : U32_MAX,
				 "program '%s', %s of %s: %pV",
				 check->prog->aux->name,
				 check->guard ? "guard" : "handler",
				 check->event->name, &vaf);
	va_end(args);
	return -EACCES;
}

/* A loop of a kind that is refused: says what to write instead. */
static int refuse_loop(const struct check *check, const struct where *where)
{
	if (check->guard)
		return refuse(check, where, "a guard must not loop");
	if (must_be_bounded(check->prog))
		return refuse(check, where,
			      "loops are refused in handlers that cannot sleep; unroll the loop (#pragma unroll) or do the work in a SPIN_SLEEPABLE_HANDLER of Clock.Tick");
	return refuse(check, where,
		      "this kind of loop lets nobody else run; write it with spin_for(), or as a plain loop with a constant bound");
}

/* ---- calls ---- */

/*
 * The operation of a map itself, which newer verifiers call instead of the
 * helper. All but a look-up write: to the map or, of a queue or stack, by their
 * argument to what may be an element of another map.
 */
static bool is_map_op(const struct check *check, const void *address,
		      bool *looks_up)
{
	const struct bpf_prog_aux *aux = check->prog->aux;
	u32 i;

	for (i = 0; i < aux->used_map_cnt; i++) {
		const struct bpf_map_ops *ops = aux->used_maps[i]->ops;

		*looks_up = address == ops->map_lookup_elem;
		if (*looks_up || address == ops->map_update_elem ||
		    address == ops->map_delete_elem ||
		    address == ops->map_push_elem ||
		    address == ops->map_pop_elem ||
		    address == ops->map_peek_elem)
			return true;
	}
	return false;
}

static const struct helper *find_helper(const struct check *check,
					const void *address)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(helpers); i++) {
		const struct bpf_func_proto *proto =
			bpf_base_func_proto(helpers[i].id, check->prog);

		if (proto && (const void *)proto->func == address)
			return &helpers[i];
	}
	return NULL;
}

/* A function of the kernel proper that has no address we could name. */
static const char inlined_hash_lookup[] = "__htab_map_lookup_elem";
static const char number_iterator[] = "bpf_iter_num_";	/* bpf_for() */

/* The name of the kernel function that begins at @address, in @name. */
static bool core_symbol(const void *address, char *name)
{
	char *offset;

	sprint_symbol(name, (unsigned long)address);
	if (strchr(name, '['))		/* in a module: not the kernel proper */
		return false;
	offset = strstr(name, "+0x0/");
	if (!offset)
		return false;
	*offset = '\0';
	return true;
}

/*
 * What takes a lock that one sleeps for may allocate memory, and that takes what a
 * fault does; and there are spinlocks behind all of them.
 */
static u32 kfunc_takes(const struct spin_kfunc *kfunc)
{
	if (kfunc->takes & ~SPIN_CLASS_SPINNING)
		return kfunc->takes | SPIN_CLASS_PAGES | SPIN_CLASS_SPINNING;
	return kfunc->takes;
}

static int check_kfunc(const struct check *check, const struct where *where,
		       const struct spin_kfunc *kfunc,
		       const struct spin_interface *interface, u64 *cost)
{
	if (!spin_extension_imports(check->ext, interface))
		return refuse(check, where,
			      "calls %s() of interface %s, which the extension does not import; add SPIN_IMPORT(%s)",
			      kfunc->name, interface->name, interface->name);
	if (check->guard && !(kfunc->flags & SPIN_KFUNC_GUARD))
		return refuse(check, where,
			      "a guard must not change anything, and %s() may; call it in the handler",
			      kfunc->name);
	if (irqs_off(check->event) && kfunc_takes(kfunc))
		return refuse(check, where,
			      "calls %s(), which may take locks or wait; the event is raised with interrupts off: leave a note in a map, and call it from a handler of Clock.Tick",
			      kfunc->name);
	if (check->event->holds & kfunc_takes(kfunc))
		return refuse(check, where,
			      "calls %s(), which may take a lock that the task which raises %s holds already; %sdo it in a handler of Clock.Tick",
			      kfunc->name, check->event->name,
			      check->event->instead ?: "");
	__set_bit(interface->index, check->uses);
	*cost = kfunc->cost;
	if (interface->cost)
		*cost += interface->cost(check->ext, kfunc);
	return 0;
}

static int check_core_function(const struct check *check,
			       const struct where *where, const void *address,
			       u64 *cost)
{
	char name[KSYM_SYMBOL_LEN] = "";

	if (core_symbol(address, name)) {
		if (!strcmp(name, inlined_hash_lookup)) {
			*cost = COST_HELPER + check->map_cost;
			return 0;
		}
		if (strstarts(name, number_iterator))
			return refuse_loop(check, where);
	}
	return refuse(check, where,
		      "calls %s, which extensions may not; use the functions of the interfaces it imports",
		      name[0] ? name : "an unknown function");
}

/* Sets @cost to that of what is called. */
static int check_call(const struct check *check, const struct where *where,
		      const struct bpf_insn *insn, u64 *cost)
{
	const void *address = (const void *)__bpf_call_base + insn->imm;
	const struct spin_kfunc *kfunc;
	struct spin_interface *interface;
	const struct helper *helper;
	bool guard, looks_up, map = true;

	kfunc = spin_interface_kfunc(address, &interface);
	if (kfunc)
		return check_kfunc(check, where, kfunc, interface, cost);
	helper = find_helper(check, address);
	if (helper) {
		guard = helper->guard;
		looks_up = helper->irqs_off;
		map = helper->map;
	} else if (is_map_op(check, address, &looks_up)) {
		guard = looks_up;
	} else {
		return check_core_function(check, where, address, cost);
	}
	if (check->guard && !guard)
		return refuse(check, where,
			      "a guard must not change anything, and this call may; do it in the handler");
	if (irqs_off(check->event) && !looks_up)
		return refuse(check, where,
			      "this call takes the locks of a map, and the event is raised with interrupts off: look up an element that is there, of an array for instance, and store to that");
	*cost = COST_HELPER + (map ? check->map_cost : 0);
	return 0;
}

/* ---- loops ---- */

/* Does the function loop by itself? Too long a one is refused for its cost. */
static int check_cycles(const struct check *check, const struct where *where)
{
	struct where at = *where;
	int found;

	if (!must_be_bounded(check->prog) ||
	    where->func->len > check->cost_max)
		return 0;
	found = spin_cycle_find(where->func->insnsi, where->func->len, &at.insn);
	return found > 0 ? refuse_loop(check, &at) : found;
}

/*
 * A callback, as of bpf_loop(), or a load of the verifier's own register: its
 * code for may_goto keeps the counter there.
 */
static bool is_loop(const struct bpf_insn *insn)
{
	if (insn->code == (BPF_LD | BPF_IMM | BPF_DW))
		return insn->src_reg == BPF_PSEUDO_FUNC;
	return BPF_CLASS(insn->code) == BPF_LDX && insn->dst_reg == BPF_REG_AX;
}

/*
 * Newer verifiers put bpf_for() in line: no call is left to see. Its start is
 * told by the verifier's own check of the number of turns,
 *
 *	w0 -= w2
 *	if r0 > BPF_MAX_LOOPS goto …
 *
 * the constant of which may be blinded (taken apart into two in AX). A program
 * that compares just so itself is refused too, and loses nothing.
 */
static bool starts_number_iterator(const struct bpf_insn *insns, u32 i)
{
	const struct bpf_insn *insn = &insns[i];
	s64 limit;

	if (insn->code == (BPF_JMP | BPF_JGT | BPF_K) && i >= 1) {
		limit = insn->imm;
		insn -= 1;
	} else if (insn->code == (BPF_JMP | BPF_JGT | BPF_X) &&
		   insn->src_reg == BPF_REG_AX && i >= 3) {
		limit = insn[-2].imm ^ insn[-1].imm;
		insn -= 3;
	} else {
		return false;
	}
	return limit == BPF_MAX_LOOPS &&
	       insn->code == (BPF_ALU | BPF_SUB | BPF_X);
}

/* ---- instructions ---- */

static int func_cost(struct check *check, u32 index, u32 depth, u64 *cost);

static int find_func(const struct bpf_prog *prog, const void *address)
{
	u32 i;

	for (i = 0; i < func_count(prog); i++)
		if ((const void *)func_of(prog, i)->bpf_func == address)
			return i;
	return -ENOENT;
}

static int check_subprog_call(struct check *check, const struct where *where,
			      const struct bpf_insn *insn, u32 depth, u64 *cost)
{
	int index = find_func(check->prog,
			      (const void *)__bpf_call_base + insn->imm);

	if (index < 0)
		return refuse(check, where, "calls a function the checker cannot find");
	return func_cost(check, index, depth + 1, cost);
}

static int check_insn(struct check *check, const struct where *where,
		      const struct bpf_insn *insn, u32 depth, u64 *cost)
{
	const char *reason = spin_instruction_refused(insn, check->guard);

	if (is_loop(insn))
		return refuse_loop(check, where);
	if (reason)
		return refuse(check, where, "%s", reason);
	if (insn->code != (BPF_JMP | BPF_CALL))
		return 0;	/* jumps: see check_cycles() */
	if (insn->src_reg == BPF_PSEUDO_CALL)
		return check_subprog_call(check, where, insn, depth, cost);
	return check_call(check, where, insn, cost);
}

/*
 * Checks one function and what it calls. Its cost is that of all its
 * instructions, once: without loops, none runs more often. A function called
 * from several places counts for each, so that no fan-out of calls goes
 * unseen; saturates rather than overflows.
 */
static int func_cost(struct check *check, u32 index, u32 depth, u64 *cost)
{
	const struct bpf_prog *func = func_of(check->prog, index);
	struct where where = { .func = func };
	u64 sum = 0;
	u32 i;
	int err;

	if (check->costs[index]) {
		*cost = check->costs[index];
		return 0;
	}
	if (depth >= CALL_DEPTH_MAX)
		return refuse(check, NULL, "its calls nest too deep");
	for (i = 0; i < index; i++)
		where.base += func_of(check->prog, i)->len;
	err = check_cycles(check, &where);
	if (err)
		return err;

	for (i = 0; i < func->len; i++) {
		const struct bpf_insn *insn = &func->insnsi[i];
		u64 extra = 0;

		where.insn = i;
		err = check_insn(check, &where, insn, depth, &extra);
		if (!err && starts_number_iterator(func->insnsi, i))
			err = refuse_loop(check, &where);
		if (err)
			return err;
		if (insn->code == (BPF_LD | BPF_IMM | BPF_DW))
			i++;	/* its second half */
		if (check_add_overflow(sum, extra + 1, &sum))
			sum = U64_MAX >> 1;
		if (!index && sum > check->cost_max && !check->passed.func)
			check->passed = where;
	}
	check->costs[index] = sum;
	*cost = sum;
	return 0;
}

/* ---- the program as a whole ---- */

static int check_image(const struct check *check)
{
	const struct bpf_prog *prog = check->prog;
	u32 i;

	if (!prog->jited)
		goto not_jited;
	for (i = 0; i < prog->aux->func_cnt; i++)
		if (!prog->aux->func[i]->jited)
			goto not_jited;
	return 0;

not_jited:
	return refuse(check, NULL,
		      "was not compiled to machine code (JIT); set net.core.bpf_jit_enable=1 and load it again");
}

static bool map_kind_allowed(const struct bpf_map *map)
{
	switch (map->map_type) {
	case BPF_MAP_TYPE_ARRAY:
	case BPF_MAP_TYPE_HASH:
	case BPF_MAP_TYPE_PERCPU_ARRAY:
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_LRU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
	case BPF_MAP_TYPE_QUEUE:
	case BPF_MAP_TYPE_STACK:
		return true;
	default:
		return false;
	}
}

/*
 * Does what was looked up stay while the map does? A handler that may sleep counts
 * on it: it lets go of RCU tasks trace between turns of spin_for(), and while it
 * waits, in what it calls, too. Elements of a map that is not preallocated go a
 * grace period after they were deleted.
 */
static bool map_stays(const struct bpf_map *map)
{
	return !(map->map_flags & BPF_F_NO_PREALLOC);
}

/*
 * How it is allocated, and who may write it. Not BPF_F_ZERO_SEED: those who know
 * the seed can make every look-up as long as the map.
 */
#define MAP_FLAGS (BPF_F_NO_PREALLOC | BPF_F_NO_COMMON_LRU | BPF_F_NUMA_NODE | \
		   BPF_F_RDONLY | BPF_F_WRONLY | BPF_F_RDONLY_PROG | \
		   BPF_F_WRONLY_PROG | BPF_F_MMAPABLE | BPF_F_INNER_MAP)

/*
 * Nothing in its elements but plain data, and pointers to this module's objects:
 * those the verifier knows as such. A pointer to anything else, put there by
 * another program that has the map, would let this one read what it was not
 * granted; and the rest are timers, locks, lists, and what is yet to come.
 */
static bool map_elements_allowed(const struct bpf_map *map)
{
	const struct btf_record *record = map->record;
	u32 i;

	if (IS_ERR_OR_NULL(record))
		return true;
	for (i = 0; i < record->cnt; i++)
		if (record->fields[i].type != BPF_KPTR_REF ||
		    record->fields[i].kptr.module != THIS_MODULE)
			return false;
	return true;
}

static int check_map(const struct check *check, const struct bpf_map *map)
{
	if (!map_kind_allowed(map))
		return refuse(check, NULL,
			      "uses map '%s' of a kind that extensions may not: array, hash, per-CPU, LRU, queue and stack maps are there",
			      map->name);
	if (map->map_flags & ~MAP_FLAGS)
		return refuse(check, NULL,
			      "uses map '%s' with map_flags %#x: extensions may not use %#x of these (a hash without a secret, for instance)",
			      map->name, map->map_flags,
			      map->map_flags & ~MAP_FLAGS);
	if (!map_elements_allowed(map))
		return refuse(check, NULL,
			      "uses map '%s', the elements of which have a timer, a lock, a list or a pointer of another's in them; plain data and pointers to capabilities (spin_file, spin_socket, spin_framebuffer) may be there",
			      map->name);
	return 0;
}

/* Copying and hashing keys and values, eight bytes an instruction. */
static u64 map_cost(const struct bpf_map *map)
{
	u64 words = ((u64)map->key_size + map->value_size) / 8;

	switch (map->map_type) {
	case BPF_MAP_TYPE_PERCPU_ARRAY:
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
		return words * num_possible_cpus();
	default:
		return words;
	}
}

/*
 * Can the program pass the map to a helper, or does it only use the map's
 * memory (global variables)? Blinded constants do not tell: assume it can.
 */
static bool map_named(const struct bpf_prog *prog, const struct bpf_map *map)
{
	u32 index, i;

	for (index = 0; index < func_count(prog); index++) {
		const struct bpf_prog *func = func_of(prog, index);

		if (func->blinded)
			return true;
		for (i = 0; i + 1 < func->len; i++) {
			const struct bpf_insn *insn = &func->insnsi[i];

			if (insn->code == (BPF_LD | BPF_IMM | BPF_DW) &&
			    ((u64)insn[1].imm << 32 | (u32)insn->imm) ==
			    (unsigned long)map)
				return true;
		}
	}
	return false;
}

/* Any operation may be on this map: what is charged is the dearest one. */
static void map_note(struct check *check, const struct bpf_map *map)
{
	u64 cost = map_cost(map);

	if (check->dearest && cost <= check->map_cost)
		return;
	check->map_cost = cost;
	check->dearest = map;
}

static int check_whole(struct check *check)
{
	const struct bpf_prog_aux *aux = check->prog->aux;
	u32 i;
	int err;

	if (aux->used_btf_cnt)
		return refuse(check, NULL,
			      "reads a kernel variable (__ksym); extensions see nothing but what they are handed");
	if (aux->tail_call_reachable)
		return refuse(check, NULL, "tail calls are refused: the checker cannot follow them");
	if (aux->exception_cb || aux->exception_boundary)
		return refuse(check, NULL, "exceptions (bpf_throw) are refused");
	for (i = 0; i < aux->used_map_cnt; i++) {
		err = check_map(check, aux->used_maps[i]);
		if (err)
			return err;
		if (!map_named(check->prog, aux->used_maps[i]))
			continue;
		if (check->prog->sleepable && !map_stays(aux->used_maps[i]))
			return refuse(check, NULL,
				      "uses map '%s', whose elements may be freed while the handler sleeps or loops; leave out its flag BPF_F_NO_PREALLOC",
				      aux->used_maps[i]->name);
		map_note(check, aux->used_maps[i]);
	}
	return 0;
}

/*
 * What may loop is bounded all the same: the verifier follows it for a million
 * instructions at most. But a global function it follows once, however often
 * it is called; and it does not count the bytes a map operation copies.
 */
static int check_unbounded(const struct check *check)
{
	const struct bpf_prog_aux *aux = check->prog->aux;
	u32 i;

	for (i = 1; i < aux->func_cnt; i++)
		if (!aux->func_info_aux ||
		    aux->func_info_aux[i].linkage == BTF_FUNC_GLOBAL)
			return refuse(check, NULL,
				      "calls a global function, whose time the verifier counts once however often it runs; make its functions static");
	if (check->map_cost > SPIN_COST_MAX)
		return refuse(check, NULL,
			      "uses a map with keys and values of more than %u bytes",
			      SPIN_COST_MAX * 8);
	return 0;
}

/* The line is where the limit is passed; of a large map, say that it is. */
static int refuse_cost(const struct check *check, u64 total)
{
	const struct bpf_map *map = check->dearest;

	if (check->map_cost > check->cost_max / 16)
		return refuse(check, &check->passed,
			      "may take %llu instructions (calls counted each time), and %u are allowed in programs that cannot sleep; a call on a map takes up to %llu, for the %u bytes of a value of '%s': make that smaller",
			      total, check->cost_max,
			      check->map_cost + COST_HELPER, map->value_size,
			      map->name);
	return refuse(check, &check->passed,
		      "may take %llu instructions (calls counted each time), and %u are allowed in programs that cannot sleep; do less, or do it in a SPIN_SLEEPABLE_HANDLER of Clock.Tick",
		      total, check->cost_max);
}

/* All functions of a program; sets @total to the cost of the first. */
static int check_functions(struct check *check, u64 *total)
{
	u32 i;
	int err = 0;

	check->costs = kcalloc(func_count(check->prog), sizeof(*check->costs),
			       GFP_KERNEL);
	if (!check->costs)
		return -ENOMEM;
	/* Function 0 last: what it does not call is checked all the same. */
	for (i = func_count(check->prog); !err && i--;)
		err = func_cost(check, i, 0, total);
	kfree(check->costs);
	return err;
}

/* Of a load: may it read what the dispatcher sets for each binding? */
static bool reads_binding(const struct bpf_insn *insn)
{
	const u32 from = offsetof(struct spin_ctx, closure);
	const u32 to = offsetofend(struct spin_ctx, result);

	return insn->off < (s32)to && insn->off + 8 > (s32)from;
}

/*
 * Can the instruction have nothing to do with the closure and the result,
 * whatever its registers are? A list of what cannot: 64-bit arithmetic may make
 * an address in the context, and a call may do anything.
 */
static bool is_lean(const struct bpf_insn *insn)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_ALU:
		return true;
	case BPF_ALU64:
		return BPF_OP(insn->code) == BPF_MOV &&
		       !insn_is_mov_percpu_addr(insn);
	case BPF_LDX:
		return !reads_binding(insn);
	case BPF_ST:
	case BPF_STX:
		return BPF_MODE(insn->code) == BPF_MEM;
	case BPF_LD:
		return insn->code == (BPF_LD | BPF_IMM | BPF_DW);
	case BPF_JMP:
	case BPF_JMP32:
		return BPF_OP(insn->code) != BPF_CALL;
	}
	return false;
}

/**
 * spin_checker_lean - does a guard look at nothing but the arguments?
 * @prog: a guard that was checked
 *
 * Such a guard is run before its binding's closure is in the context. True only
 * for one without any call, and without a load from where the closure and the
 * result are, whatever it is that it loads from; nor may it compute addresses in
 * the context.
 */
bool spin_checker_lean(const struct bpf_prog *prog)
{
	u32 i;

	if (prog->aux->func_cnt > 1 || prog->blinded)
		return false;
	for (i = 0; i < prog->len; i++) {
		const struct bpf_insn *insn = &prog->insnsi[i];

		/* The first load is that of the context's own address. */
		if (i == 0 && insn->code == (BPF_LDX | BPF_MEM | BPF_DW) &&
		    insn->src_reg == BPF_REG_1 && !insn->off)
			continue;
		if (!is_lean(insn))
			return false;
		if (insn->code == (BPF_LD | BPF_IMM | BPF_DW))
			i++;	/* its second half */
	}
	return true;
}

/**
 * spin_checker_check - may this program be bound?
 * @ext: extension that binds it, against whose imports calls are checked
 * @event: event it is for
 * @prog: the program; verified, of the event's type
 * @guard: a guard or post-guard, else a handler
 * @cost_max: instructions it may take, if it cannot sleep
 * @cost: set to the worst case in instructions where that is bounded, else 0
 * @uses: bits of the interfaces it calls functions of are set
 *
 * Under spin_mutex. Returns 0, or -EACCES with the reason in the verdict.
 */
int spin_checker_check(struct spin_extension *ext, struct spin_event *event,
		       struct bpf_prog *prog, bool guard, u32 cost_max,
		       u32 *cost, unsigned long *uses)
{
	struct check check = {
		.uses = uses,
		.ext = ext, .event = event, .prog = prog, .guard = guard,
		.cost_max = min(cost_max, spin_event_cost_max(event)),
	};
	u64 total = 0;
	int err;

	lockdep_assert_held(&spin_mutex);
	*cost = 0;
	err = check_image(&check);
	if (err)
		return err;
	/* Others may add maps to a program (BPF_PROG_BIND_MAP) at any time. */
	mutex_lock(&prog->aux->used_maps_mutex);
	err = check_whole(&check);
	if (!err)
		err = check_functions(&check, &total);
	mutex_unlock(&prog->aux->used_maps_mutex);
	if (err)
		return err;
	if (!must_be_bounded(prog))
		return check_unbounded(&check);

	if (total > check.cost_max)
		return refuse_cost(&check, total);
	*cost = total;
	return 0;
}
