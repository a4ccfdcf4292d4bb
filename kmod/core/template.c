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
#include "internal.h"

static const struct btf *spin_btf;	/* set once, before any type is usable */

const struct btf *spin_template_btf(void)
{
	return spin_btf;
}

int spin_template_init(struct btf *btf)
{
	spin_btf = btf;
	return 0;
}

bool spin_template_valid_access(int off, int size, enum bpf_access_type type,
				const struct bpf_prog *prog,
				struct bpf_insn_access_aux *info)
{
	return bpf_tracing_btf_ctx_access(off, size, type, prog, info);
}

/*
 * All event types share the layout of SPIN_TEMPLATE: any of them tells the
 * offsets, and the two function pointers are members 0 and 1.
 */
#define TEMPLATE_OFFSET(member)	offsetof(struct Clock_Tick, member)
#define MEMBER_GUARD	0
#define MEMBER_HANDLER	1

static_assert(TEMPLATE_OFFSET(guard_fn) == 0);
static_assert(TEMPLATE_OFFSET(handler) == sizeof(void *));

static struct spin_template *template_of(void *kdata)
{
	return kdata + TEMPLATE_OFFSET(kernel);
}

/* Which helpers the verifier lets programs of @event call. */
const struct bpf_func_proto *
spin_template_func_proto(const struct spin_event *event, enum bpf_func_id id,
			 const struct bpf_prog *prog)
{
	bool guard = (u32)prog->expected_attach_type == MEMBER_GUARD;

	if (!spin_checker_helper_allowed(id, guard))
		return NULL;
	return bpf_base_func_proto(id, prog);
}

/* At program load: may this program be this member at all? */
int spin_template_check_member(const struct spin_event *event,
			       const struct btf_type *t,
			       const struct btf_member *member,
			       const struct bpf_prog *prog)
{
	if (!prog->sleepable)
		return 0;
	if (member == btf_type_member(t) + MEMBER_GUARD)
		return -EINVAL;
	return event->context == SPIN_CONTEXT_SLEEPABLE ? 0 : -EINVAL;
}

static bool prog_fits(const struct bpf_prog *prog, const struct btf_type *t,
		      u32 index)
{
	return prog->aux->attach_btf == spin_btf &&
	       btf_type_by_id(spin_btf, prog->aux->attach_btf_id) == t &&
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
			      const struct btf_type *t, u32 index, int fd)
{
	struct bpf_prog *prog;
	int err = 0;

	if (!fd)
		return 0;
	prog = bpf_prog_get_type_dev(fd, BPF_PROG_TYPE_STRUCT_OPS, false);
	if (IS_ERR(prog))
		return PTR_ERR(prog);
	if (!prog_fits(prog, t, index)) {
		err = -EINVAL;
	} else if (index == MEMBER_GUARD) {
		template->guard = prog;
		template->guard_id = prog->aux->id;
	} else {
		template->handler = prog;
		template->handler_id = prog->aux->id;
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
	spin_extension_put(ext);
	return 0;
}

static int template_refuse(const char *what)
{
	struct spin_extension *ext = entered_get();

	if (ext) {
		spin_extension_refuse(ext, "%s", what);
		spin_extension_put(ext);
	}
	return -EINVAL;
}

/* Called in the loader's context, once for each member, guard_fn first. */
int spin_template_init_member(struct spin_event *event,
			      const struct btf_type *t,
			      const struct btf_member *member, void *kdata,
			      const void *udata)
{
	u32 off = __btf_member_bit_offset(t, member) / 8;
	u32 index = member - btf_type_member(t);
	const struct Clock_Tick *u = udata;
	struct Clock_Tick *k = kdata;
	int err;

	switch (off) {
	case TEMPLATE_OFFSET(guard_fn):
		err = template_start(event, kdata, udata);
		if (err)
			return err;
		fallthrough;
	case TEMPLATE_OFFSET(handler):
		/* 0: the BPF core goes on with the member as usual. */
		err = template_take_prog(template_of(kdata), t, index,
					 (int)*(unsigned long *)(udata + off));
		return err == -EINVAL ?
			template_refuse("a program of the template was made for another event or member") :
			err;
	case TEMPLATE_OFFSET(abi):
		if (u->abi != SPIN_ABI_VERSION)
			return template_refuse("the template is of another ABI version; compile the extension again");
		k->abi = u->abi;
		return 1;
	case TEMPLATE_OFFSET(order):
		if (u->order > SPIN_ORDER_LAST)
			return template_refuse("member order must be SPIN_ORDER_NONE, _FIRST or _LAST");
		k->order = u->order;
		return 1;
	case TEMPLATE_OFFSET(period_us):
		if (u->period_us && !event->periodic)
			return template_refuse("member period_us is for templates of Clock.Tick");
		k->period_us = u->period_us;
		return 1;
	case TEMPLATE_OFFSET(reserved):
		if (u->reserved)
			return template_refuse("the reserved member of a template must be zero");
		return 1;
	case TEMPLATE_OFFSET(name):
		if (template_copy_name(k->name, u->name))
			return template_refuse("the name of a binding must have 1 to 31 letters, digits, '-', '_' or '.'");
		return 1;
	case TEMPLATE_OFFSET(kernel):
		if (memchr_inv(&u->kernel, 0, sizeof(u->kernel)))
			return template_refuse("the kernel's part of a template must be zero");
		return 1;
	default:
		return 0;	/* a member unknown here: the BPF core insists on zero */
	}
}

/*
 * The BPF core has replaced each descriptor by the id of the program it found.
 * Programs are compared by id: the one that init_member() saw may be gone. If
 * the ids are equal, it is the one the map holds.
 */
static bool same_prog(const struct spin_template *template, u32 id, u32 off)
{
	return *(const unsigned long *)(template->udata + off) == id;
}

/* After all members: did the BPF core see the programs that we saw? */
int spin_template_validate(void *kdata)
{
	struct spin_template *template = template_of(kdata);

	if (!template->handler)
		return template_refuse("a template needs a handler");
	if (!same_prog(template, template->guard_id,
		       TEMPLATE_OFFSET(guard_fn)) ||
	    !same_prog(template, template->handler_id,
		       TEMPLATE_OFFSET(handler)))
		return template_refuse("the programs changed while the template was written");
	return 0;
}

int spin_template_reg(void *kdata, struct bpf_link *link)
{
	struct spin_template *template = template_of(kdata);
	struct Clock_Tick *k = kdata;
	struct spin_extension *ext;
	int err;

	mutex_lock(&spin_mutex);
	ext = spin_extension_entered();
	if (!ext || ext->id != template->extension_id)
		err = -EPERM;
	else if (!link)
		err = -EOPNOTSUPP;	/* a map without BPF_F_LINK */
	else
		err = spin_binding_install(ext, template->event, template,
					   k->name, k->order, k->period_us,
					   link);
	mutex_unlock(&spin_mutex);
	return err;
}

void spin_template_unreg(void *kdata, struct bpf_link *link)
{
	spin_binding_remove(template_of(kdata));
}

/*
 * Without BTF in the module both of the BPF core's registrations succeed and
 * do nothing: then no type was ever initialised.
 */
int spin_template_check_btf(void)
{
	if (spin_btf)
		return 0;
	pr_err("this module was built without BTF: build it with pahole installed\n");
	return -ENOEXEC;
}
