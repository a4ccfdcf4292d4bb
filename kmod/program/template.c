// SPDX-License-Identifier: GPL-2.0
/*
 * Templates: the struct_ops values that extensions attach. This file takes
 * the programs out of them, so that they can be run directly rather than
 * through struct_ops trampolines, and turns an attached template into a
 * binding.
 *
 * The BPF core resolves each program's file descriptor a second time after
 * init_member() has, and checks only that second program, and that only by
 * number. So init_member() makes every check on the first, and validate()
 * refuses the value unless both were the same program. From then on the map
 * holds the program; there is no callback at the end of a map that was never
 * attached, hence no reference is taken here.
 */
#include <linux/bpf_verifier.h>
#include <linux/filter.h>
#include "../dispatch/binding.h"
#include "../extension/lookup.h"
#include "checker.h"
#include "template.h"

/*
 * The type of an event is being registered, or, for types of spin.ko itself,
 * was registered by an earlier part: the module's BTF is the event's.
 */
int spin_template_init(struct spin_event *event, struct btf *btf)
{
	event->btf = btf;
	return 0;
}
EXPORT_SYMBOL_GPL(spin_template_init);

bool spin_template_valid_access(int off, int size, enum bpf_access_type type,
				const struct bpf_prog *prog,
				struct bpf_insn_access_aux *info)
{
	return bpf_tracing_btf_ctx_access(off, size, type, prog, info);
}
EXPORT_SYMBOL_GPL(spin_template_valid_access);

/*
 * The types of all events are made by SPIN_TEMPLATE(), and the five function pointers
 * are members 0 to 4. struct spin_template_value is what reads any of them.
 */
#define TEMPLATE_OFFSET(member)	offsetof(struct spin_template_value, member)

struct template_made {
	SPIN_TEMPLATE(struct spin_ctx *ctx)
};

#define TEMPLATE_SAME(member)						\
	static_assert(offsetof(struct template_made, member) == TEMPLATE_OFFSET(member) && \
		      __same_type(((struct template_made *)0)->member,	\
				  ((struct spin_template_value *)0)->member))

static_assert(sizeof(struct template_made) == sizeof(struct spin_template_value));
TEMPLATE_SAME(guard_fn);
TEMPLATE_SAME(handler);
TEMPLATE_SAME(guard2_fn);
TEMPLATE_SAME(guard3_fn);
TEMPLATE_SAME(post_fn);
TEMPLATE_SAME(abi);
TEMPLATE_SAME(order);
TEMPLATE_SAME(flags);
TEMPLATE_SAME(slot);
TEMPLATE_SAME(period_us);
TEMPLATE_SAME(reserved);
TEMPLATE_SAME(mode);
TEMPLATE_SAME(bound_us);
TEMPLATE_SAME(queue);
TEMPLATE_SAME(absent);
TEMPLATE_SAME(param);
TEMPLATE_SAME(closure);
TEMPLATE_SAME(key);
TEMPLATE_SAME(match);
TEMPLATE_SAME(procedure);
TEMPLATE_SAME(relative);
TEMPLATE_SAME(name);
TEMPLATE_SAME(kernel);

static_assert(TEMPLATE_OFFSET(guard_fn) == SPIN_MEMBER_GUARD * sizeof(void *));
static_assert(TEMPLATE_OFFSET(handler) == SPIN_MEMBER_HANDLER * sizeof(void *));
static_assert(TEMPLATE_OFFSET(guard2_fn) == SPIN_MEMBER_GUARD2 * sizeof(void *));
static_assert(TEMPLATE_OFFSET(guard3_fn) == SPIN_MEMBER_GUARD3 * sizeof(void *));
static_assert(TEMPLATE_OFFSET(post_fn) == SPIN_MEMBER_POST * sizeof(void *));

static struct spin_template *template_of(void *kdata)
{
	return kdata + TEMPLATE_OFFSET(kernel);
}

/* Which helpers the verifier lets programs of @event call. */
const struct bpf_func_proto *
spin_template_func_proto(const struct spin_event *event, enum bpf_func_id id,
			 const struct bpf_prog *prog)
{
	bool guard = (u32)prog->expected_attach_type != SPIN_MEMBER_HANDLER;

	if (!spin_checker_helper_allowed(event, id, guard))
		return NULL;
	return bpf_base_func_proto(id, prog);
}
EXPORT_SYMBOL_GPL(spin_template_func_proto);

/* At program load: may this program be this member at all? */
int spin_template_check_member(const struct spin_event *event,
			       const struct btf_type *t,
			       const struct btf_member *member,
			       const struct bpf_prog *prog)
{
	if (!prog->sleepable)
		return 0;
	if (member != btf_type_member(t) + SPIN_MEMBER_HANDLER)
		return -EINVAL;
	return event->context == SPIN_CONTEXT_SLEEPABLE ? 0 : -EINVAL;
}
EXPORT_SYMBOL_GPL(spin_template_check_member);

static bool prog_fits(const struct bpf_prog *prog,
		      const struct spin_event *event, const struct btf_type *t,
		      u32 index)
{
	return prog->aux->attach_btf == event->btf &&
	       btf_type_by_id(event->btf, prog->aux->attach_btf_id) == t &&
	       (u32)prog->expected_attach_type == index;
}

static struct spin_extension *entered_get(void)
{
	struct spin_extension *ext;

	mutex_lock(&spin_mutex);
	ext = spin_extension_entered();
	if (ext)
		spin_extension_get(ext);
	mutex_unlock(&spin_mutex);
	return ext;
}

/* Look at the program behind a descriptor; the pointer is not held. */
static int template_take_prog(struct spin_template *template,
			      const struct spin_event *event,
			      const struct btf_type *t, u32 index, int fd)
{
	struct bpf_prog *prog;
	int err = 0;

	if (!fd)
		return 0;
	prog = bpf_prog_get_type_dev(fd, BPF_PROG_TYPE_STRUCT_OPS, false);
	if (IS_ERR(prog))
		return PTR_ERR(prog);
	if (prog_fits(prog, event, t, index)) {
		template->progs[index] = prog;
		template->prog_ids[index] = prog->aux->id;
	} else {
		err = -EINVAL;
	}
	bpf_prog_put(prog);
	return err;
}

static int template_copy_name(char *name, const char *uname)
{
	size_t i;

	for (i = 0; i < SPIN_NAME_LEN; i++) {
		name[i] = uname[i];
		if (!uname[i])
			return i ? 0 : -EINVAL;
		if (!(isascii(uname[i]) && isalnum(uname[i])) &&
		    !strchr("-_.", uname[i]))
			return -EINVAL;
	}
	return -ENAMETOOLONG;
}

/* "BINDING" or "EXTENSION/BINDING", or nothing. */
static int template_copy_relative(char *name, const char *uname, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++) {
		name[i] = uname[i];
		if (!uname[i])
			return 0;
		if (!(isascii(uname[i]) && isalnum(uname[i])) &&
		    !strchr("-_./", uname[i]))
			return -EINVAL;
	}
	return -ENAMETOOLONG;
}

static int template_start(struct spin_event *event, void *kdata,
			  const void *udata)
{
	struct spin_template *template = template_of(kdata);
	struct spin_extension *ext = entered_get();

	if (!ext)
		return -EPERM;
	template->event = event;
	template->udata = udata;
	template->extension_id = ext->id;
	INIT_LIST_HEAD(&template->bindings);
	spin_extension_put(ext);
	return 0;
}

/* Says which template: by the name of its binding, if that is one. */
__printf(2, 3)
static int template_refuse(const struct spin_template_value *value,
			   const char *fmt, ...)
{
	struct spin_extension *ext = entered_get();
	char name[SPIN_NAME_LEN];
	struct va_format vaf = { .fmt = fmt };
	va_list args;

	if (!ext)
		return -EINVAL;
	va_start(args, fmt);
	vaf.va = &args;
	if (template_copy_name(name, value->name))
		spin_extension_refuse(ext, "a template %pV", &vaf);
	else
		spin_extension_refuse(ext, "'%s' %pV", name, &vaf);
	va_end(args);
	spin_extension_put(ext);
	return -EINVAL;
}

/* Of Proc.Call: a template gets its event when it is attached. */
static bool is_procedures(const struct spin_event *event)
{
	return event->ops->attach;
}

/* Which procedure that is, is found out when the template is attached. */
static int template_take_procedure(const struct spin_event *event,
				   struct spin_template_value *k,
				   const struct spin_template_value *u)
{
	if (!is_procedures(event)) {
		if (memchr_inv(u->procedure, 0, sizeof(u->procedure)))
			return template_refuse(u, "says .procedure, which is for handlers of procedures: bind it by SPIN_IMPLEMENT() or SPIN_HANDLE()");
		return 1;
	}
	if (template_copy_relative(k->procedure, u->procedure,
				   sizeof(k->procedure)) || !k->procedure[0])
		return template_refuse(u, "does not say which procedure it is for: .procedure must be \"INTERFACE.PROCEDURE\"");
	return 1;
}

/* Called in the loader's context, once for each member, guard_fn first. */
int spin_template_init_member(struct spin_event *event,
			      const struct btf_type *t,
			      const struct btf_member *member, void *kdata,
			      const void *udata)
{
	u32 off = __btf_member_bit_offset(t, member) / 8;
	u32 index = member - btf_type_member(t);
	const struct spin_template_value *u = udata;
	struct spin_template_value *k = kdata;
	int err;

	switch (off) {
	case TEMPLATE_OFFSET(guard_fn):
		err = template_start(event, kdata, udata);
		if (err)
			return err;
		fallthrough;
	case TEMPLATE_OFFSET(handler):
	case TEMPLATE_OFFSET(guard2_fn):
	case TEMPLATE_OFFSET(guard3_fn):
	case TEMPLATE_OFFSET(post_fn):
		/* 0: the BPF core goes on with the member as usual. */
		err = template_take_prog(template_of(kdata), event, t, index,
					 (int)*(unsigned long *)(udata + off));
		return err == -EINVAL ?
			template_refuse(u, "has a program that was made for another event, or as another member: use each for one event, and as a guard or as a handler") :
			err;
	case TEMPLATE_OFFSET(abi):
		if (u->abi != SPIN_ABI_VERSION)
			return template_refuse(u, "is of ABI version %u, and the module of %u: compile the extension again",
					       u->abi, SPIN_ABI_VERSION);
		k->abi = u->abi;
		return 1;
	case TEMPLATE_OFFSET(order):
		if (u->order > SPIN_ORDER_AFTER)
			return template_refuse(u, "says .order = %u, which must be SPIN_ORDER_NONE, _FIRST, _LAST, _BEFORE or _AFTER",
					       u->order);
		k->order = u->order;
		return 1;
	case TEMPLATE_OFFSET(flags):	/* these are looked at when it is attached */
		k->flags = u->flags;
		return 1;
	case TEMPLATE_OFFSET(slot):
		k->slot = u->slot;
		return 1;
	case TEMPLATE_OFFSET(closure):
		k->closure = u->closure;
		return 1;
	case TEMPLATE_OFFSET(key):
		k->key = u->key;
		return 1;
	case TEMPLATE_OFFSET(match):
		k->match = u->match;
		return 1;
	case TEMPLATE_OFFSET(procedure):
		return template_take_procedure(event, k, u);
	case TEMPLATE_OFFSET(relative):
		if (template_copy_relative(k->relative, u->relative,
					   sizeof(k->relative)))
			return template_refuse(u, "says a .relative that is no name: it must be \"BINDING\" or \"EXTENSION/BINDING\"");
		return 1;
	case TEMPLATE_OFFSET(period_us):
		if (u->period_us && !(event->flags & SPIN_EVENT_PERIODIC))
			return template_refuse(u, "says .period_us, which is for bindings of Clock.Tick; leave it out");
		k->period_us = u->period_us;
		return 1;
	case TEMPLATE_OFFSET(reserved):
		if (u->reserved)
			return template_refuse(u, "sets its reserved member, which must be zero");
		return 1;
	case TEMPLATE_OFFSET(mode):
	case TEMPLATE_OFFSET(bound_us):
	case TEMPLATE_OFFSET(queue):
	case TEMPLATE_OFFSET(absent):
	case TEMPLATE_OFFSET(param):
		if (memchr_inv(&u->mode, 0, TEMPLATE_OFFSET(closure) -
					    TEMPLATE_OFFSET(mode)))
			return template_refuse(u, "sets .mode, .bound_us, .queue, .absent or .param, which this version does not know; leave it out");
		return 1;
	case TEMPLATE_OFFSET(name):
		if (template_copy_name(k->name, u->name))
			return template_refuse(u, "has a name that is none: 1 to 31 letters, digits, '-', '_' or '.' are needed");
		return 1;
	case TEMPLATE_OFFSET(kernel):
		if (memchr_inv(&u->kernel, 0, sizeof(u->kernel)))
			return template_refuse(u, "sets the kernel's part, which must be zero");
		return 1;
	default:
		return 0;	/* a member unknown here: the BPF core insists on zero */
	}
}
EXPORT_SYMBOL_GPL(spin_template_init_member);

/*
 * The BPF core has replaced each descriptor by the id of the program it found.
 * Programs are compared by id: the one that init_member() saw may be gone. If
 * the ids are equal, it is the one the map holds.
 */
static bool same_prog(const struct spin_template *template, u32 id, u32 off)
{
	return *(const unsigned long *)(template->udata + off) == id;
}

/* A guard that the exporter of a procedure has for bindings of others. */
static bool is_imposed_only(const struct spin_template_value *value)
{
	return is_procedures(value->kernel.event) && value->slot &&
	       value->kernel.progs[SPIN_MEMBER_GUARD];
}

/* (With a slot, the order may be said when a binding is made.) */
static int order_check(const struct spin_template_value *value)
{
	bool beside = value->order == SPIN_ORDER_BEFORE ||
		      value->order == SPIN_ORDER_AFTER;

	if (value->slot || beside == !!value->relative[0])
		return 0;
	if (beside)
		return template_refuse(value, "says SPIN_ORDER_%s and not %s what; add .relative = \"BINDING\" or \"EXTENSION/BINDING\"",
				       value->order == SPIN_ORDER_BEFORE ?
				       "BEFORE" : "AFTER",
				       value->order == SPIN_ORDER_BEFORE ?
				       "before" : "after");
	return template_refuse(value, "says .relative = \"%s\" and not on which side of that it is to be; add .order = SPIN_ORDER_BEFORE or SPIN_ORDER_AFTER",
			       value->relative);
}

/* After all members: did the BPF core see the programs that we saw? */
int spin_template_validate(void *kdata)
{
	struct spin_template *template = template_of(kdata);
	const struct spin_template_value *value = kdata;
	int err;
	u32 i;

	if (!template->progs[SPIN_MEMBER_HANDLER] && !is_imposed_only(kdata))
		return template_refuse(value, "has no .handler; add .handler = FUNCTION to it");
	err = order_check(value);
	if (err)
		return err;
	for (i = 0; i < SPIN_PROGS_MAX; i++)
		if (!same_prog(template, template->prog_ids[i],
			       i * sizeof(void *)))
			return template_refuse(value, "had its programs exchanged while it was written; load it again");
	return 0;
}
EXPORT_SYMBOL_GPL(spin_template_validate);

int spin_template_reg(void *kdata, struct bpf_link *link)
{
	struct spin_template *template = template_of(kdata);
	struct spin_extension *ext;
	int err;

	mutex_lock(&spin_mutex);
	ext = spin_extension_entered();
	if (!ext || ext->id != template->extension_id)
		err = -EPERM;
	else if (!link)
		err = -EOPNOTSUPP;	/* a map without BPF_F_LINK */
	else
		err = spin_template_attach(ext, template, link);
	mutex_unlock(&spin_mutex);
	return err;
}
EXPORT_SYMBOL_GPL(spin_template_reg);

void spin_template_unreg(void *kdata, struct bpf_link *link)
{
	spin_template_detach(template_of(kdata));
}
EXPORT_SYMBOL_GPL(spin_template_unreg);
