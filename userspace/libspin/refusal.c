// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Words of libbpf and of the verifier for the most frequent mistakes of authors,
 * replaced by a sentence that says what to write instead. Other words are passed
 * on.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "internal.h"

#define MODULE		"spin"
#define KFUNC_TAG	"bpf_kfunc"

/*
 * Find the word between @before and @after in a text that begins with @before.
 * (sscanf() would not say whether @after was there.)
 */
static bool word_in(const char *text, const char *before, const char *after,
		    char *word, size_t size)
{
	const char *end;

	if (strncmp(text, before, strlen(before)))
		return false;
	text += strlen(before);
	end = strstr(text, after);
	if (!end || end == text || (size_t)(end - text) >= size)
		return false;
	snprintf(word, size, "%.*s", (int)(end - text), text);
	return true;
}

/* To find anything of a module, libbpf looks at its types. */
static bool types_are_hidden(void)
{
	__u32 id;

	return bpf_btf_get_next_id(0, &id) == -EPERM;
}

/* The function of the module whose name is most like it. */
static void nearest_function(struct spin_nearest *nearest, const char *name)
{
	struct btf *base = btf__load_vmlinux_btf();
	struct btf *btf = base ? btf__load_module_btf(MODULE, base) : NULL;
	const struct btf_type *t;
	__u32 id;

	spin_nearest_start(nearest, name);
	for (id = btf ? btf__type_cnt(base) : 0; id && id < btf__type_cnt(btf);
	     id++) {
		t = btf__type_by_id(btf, id);
		if (btf_is_decl_tag(t) &&
		    !strcmp(btf__name_by_offset(btf, t->name_off), KFUNC_TAG)) {
			t = btf__type_by_id(btf, t->type);
			spin_nearest_try(nearest,
					 btf__name_by_offset(btf, t->name_off));
		}
	}
	btf__free(btf);
	btf__free(base);
}

static int no_function(const struct spin_refusal *refusal, int err,
		       const char *name)
{
	struct spin_nearest nearest;

	nearest_function(&nearest, name);
	return spin_fail(refusal->spin, err,
			 "%s calls %s(), which this kernel and its modules do not have: %s%s%s",
			 refusal->ext, name, nearest.found[0] ?
			 "there is " : "is spin.ko older than the extension?",
			 nearest.found, nearest.found[0] ? "()" : "");
}

/*
 * The kernel refuses names of types with a dot in them. The compiler makes these
 * for the parts of a structure that it took apart.
 */
static int types_refused(const struct spin_refusal *refusal, int err)
{
	const struct btf *btf = bpf_object__btf(refusal->obj);
	const struct btf_type *t;
	const char *name, *dot;
	__u32 id;

	for (id = 1; id < btf__type_cnt(btf); id++) {
		t = btf__type_by_id(btf, id);
		name = btf__name_by_offset(btf, t->name_off);
		dot = btf_is_var(t) && name ? strchr(name, '.') : NULL;
		if (dot)
			return spin_fail(refusal->spin, err,
					 "%s: the compiler took the static structure '%.*s' apart, and the kernel refuses the names of the parts: leave `static` away, or add __attribute__((used))",
					 refusal->ext, (int)(dot - name), name);
	}
	return spin_fail(refusal->spin, err,
			 "%s: the kernel refuses the types (BTF) that the compiler wrote: compile with -g -O2",
			 refusal->ext);
}

/**
 * spin_refusal_libbpf - what libbpf misses before it comes to the verifier
 * @refusal: the load
 * @err: negative errno
 *
 * Return: @err, or a better one, with a sentence.
 */
int spin_refusal_libbpf(const struct spin_refusal *refusal, int err)
{
	struct spin *spin = refusal->spin;
	const char *ext = refusal->ext;
	char why[512], what[128];

	if (types_are_hidden())
		return spin_fail(spin, -EPERM,
				 "%s: no permission to look at the types of spin.ko: besides CAP_BPF and CAP_PERFMON, the kernel wants CAP_SYS_ADMIN for that",
				 ext);
	if (err == -EPERM)
		return spin_fail(spin, err,
				 "%s: no permission to load BPF programs: run as root",
				 ext);
	if (!spin_log_last(refusal->log, why, sizeof(why)))
		return spin_fail(spin, err, "%s: cannot be loaded: %s", ext,
				 spin_strerror(err));
	if (word_in(why, "extern (func ksym) '", "': not found", what,
		    sizeof(what)))
		return no_function(refusal, err, what);
	if (word_in(why, "extern (func ksym) '", "': func_proto", what,
		    sizeof(what)))
		return spin_fail(spin, err,
				 "%s declares %s() otherwise than the kernel has it: include the header of its interface, <spin/bpf/….h>, in place of the declaration",
				 ext, what);
	if (word_in(why, "struct_ops init_kern: struct ", " is not found", what,
		    sizeof(what)))
		return spin_fail(spin, err,
				 "%s handles an event of type %s, which this kernel's modules do not have: is spin.ko older than the extension?",
				 ext, what);
	if (strstr(why, "Error loading .BTF into kernel"))
		return types_refused(refusal, err);
	spin_fail(spin, err, "%s: cannot be loaded: %s", ext, why);
	if (!refusal->debug)
		spin_fail_hint(spin, "run again with -d for the whole log");
	return err;
}

/* A handler of which event is it? */
static void event_of(const struct spin_refusal *refusal,
		     const struct bpf_program *prog, char *event, size_t size)
{
	struct spin_use use;

	snprintf(event, size, "%s", spin_use_find(refusal->obj, prog, &use) ?
		 use.event : "this event");
}

static void must_not_sleep(const struct spin_refusal *refusal,
			   const struct bpf_program *prog, char *cause,
			   size_t size)
{
	char event[2 * SPIN_NAME_LEN];

	event_of(refusal, prog, event, sizeof(event));
	if (spin_program_is_guard(refusal->obj, prog))
		snprintf(cause, size,
			 "guards must not sleep: define it with SPIN_GUARD()");
	else
		snprintf(cause, size,
			 "handlers of %s must not sleep: define it with SPIN_HANDLER()",
			 event);
}

static void no_helper(const char *helper, char *cause, size_t size)
{
	if (!strncmp(helper, "bpf_trace_", 10))
		snprintf(cause, size,
			 "%s() is not for extensions: use spin_console_write() (SPIN_IMPORT(Console))",
			 helper);
	else
		snprintf(cause, size,
			 "%s() is not for extensions, or not for this program: those that are stand in Documentation/writing-an-extension.rst",
			 helper);
}

static void calls_what_sleeps(const char *function, char *cause, size_t size)
{
	snprintf(cause, size, "%s sleep: it is for SPIN_SLEEPABLE_HANDLER()",
		 function);
}

/* "R3 is not a const": there is one function that insists on that. */
static bool is_not_const(const char *cause)
{
	const char *words = " is not a const";
	size_t len = strlen(cause), n = strlen(words);

	return cause[0] == 'R' && len > n && !strcmp(cause + len - n, words);
}

/* Has the program a loop, of any kind? */
static bool jumps_back(const struct bpf_program *prog)
{
	const struct bpf_insn *insn = bpf_program__insns(prog);
	const struct bpf_insn *end = insn + bpf_program__insn_cnt(prog);

	for (; insn < end; insn++) {
		__u8 op = BPF_OP(insn->code);

		if ((BPF_CLASS(insn->code) != BPF_JMP &&
		     BPF_CLASS(insn->code) != BPF_JMP32) ||
		    op == BPF_CALL || op == BPF_EXIT)
			continue;
		if (insn->code == (BPF_JMP32 | BPF_JA) ? insn->imm < 0 :
							 insn->off < 0)
			return true;
	}
	return false;
}

/* The verifier gave up: it has to follow this loop turn by turn. */
static void gave_up(const struct bpf_program *prog, char *cause, size_t size)
{
	if (!jumps_back(prog))
		snprintf(cause, size,
			 "the verifier follows each way through a program, and there are too many through this one: make fewer branches, or two programs of it");
	else if (strstr(bpf_program__section_name(prog), "struct_ops.s"))
		snprintf(cause, size,
			 "the verifier follows a loop turn by turn, and sees no end of this one: write it with spin_for(), or with a constant bound");
	else
		snprintf(cause, size,
			 "the verifier follows a loop turn by turn, and sees no end of this one: a program that cannot sleep may only have loops with a constant bound that #pragma unroll takes apart");
}

/* The words are known: put better ones in their place. */
static bool say_better(const struct spin_refusal *refusal,
		       const struct bpf_program *prog, char *cause, size_t size)
{
	char what[128], text[160];
	const char *last = strrchr(cause, ';');

	last = last ? last + 1 + strspn(last + 1, " ") : cause;
	if (strstr(cause, "attach to unsupported member") &&
	    strstr(bpf_program__section_name(prog), "struct_ops.s"))
		must_not_sleep(refusal, prog, cause, size);
	else if (word_in(last, "program of this type cannot use helper ", "#",
			 what, sizeof(what)) ||
		 word_in(last, "unknown func ", "#", what, sizeof(what)))
		no_helper(what, cause, size);
	else if (strstr(last, "sleepable kfunc bpf_iter_spin_range_new"))
		calls_what_sleeps("spin_for() may", cause, size);
	else if (!strncmp(last, "program must be sleepable to call sleepable kfunc ",
			  50)) {
		snprintf(text, sizeof(text), "%.100s() may", last + 50);
		calls_what_sleeps(text, cause, size);
	} else if (is_not_const(last))
		snprintf(cause, size,
			 "SIZE of spin_udp_data() must be a constant: spin_udp_load() takes any");
	else if (!strncmp(last, "BPF program is too large", 24) ||
		 !strncmp(last, "The sequence of ", 16))
		gave_up(prog, cause, size);
	else if (!strncmp(last, "infinite loop detected", 22) ||
		 !strncmp(last, "back-edge", 9))
		snprintf(cause, size,
			 "the verifier does not see that this loop ends: write it with #pragma unroll in a handler that cannot sleep, or with spin_for() in one that can");
	else
		return false;
	return true;
}

/**
 * spin_refusal_verifier - why the verifier refused a program
 * @refusal: the load
 * @prog: the program
 * @log: the verifier's log of it
 * @err: negative errno
 *
 * It is the module's own sentence if there is one, and otherwise the verifier's
 * words, unless there are better ones for them.
 *
 * Return: @err.
 */
int spin_refusal_verifier(const struct spin_refusal *refusal,
			  const struct bpf_program *prog, const char *log,
			  int err)
{
	struct spin_ioc_verdict verdict;
	struct spin *spin = refusal->spin;
	char cause[600], source[sizeof(spin->source)];
	bool known = false;

	spin_log_put(refusal->log, log);
	if (spin_verdict_text(refusal->ext_fd, &verdict))
		snprintf(cause, sizeof(cause), "%s", verdict.text);
	else if (spin_verifier_cause(log, cause, sizeof(cause)))
		known = say_better(refusal, prog, cause, sizeof(cause));
	else
		snprintf(cause, sizeof(cause), "%s", spin_strerror(err));
	spin_fail(spin, err, "%s: the verifier refused program '%s', a %s: %s",
		  refusal->ext, bpf_program__name(prog),
		  spin_program_is_guard(refusal->obj, prog) ?
		  "guard" : "handler", cause);
	if (spin_verifier_source(log, source, sizeof(source)))
		spin_fail_source(spin, "%s", source);
	if (!refusal->debug && !known)
		spin_fail_hint(spin, "run again with -d for the whole log");
	return err;
}
