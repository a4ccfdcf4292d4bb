// SPDX-License-Identifier: GPL-2.0
/*
 * Interface Dispatcher: what handlers may do with bindings, those of their own
 * extension, and with the raise they are in.
 *
 * Handlers that sleep run with migration off. Whoever holds spin_mutex may wait
 * for a processor to go off line, which waits for the tasks that cannot leave
 * it: so the handler lets go of that while these functions wait.
 */
#include <linux/bpf.h>
#include <spin/spin.h>
#include "../../binding/binding.h"
#include "../../dispatch/point.h"
#include "../../program/template.h"

static bool own_lock(struct spin_extension *ext)
{
	spin_handler_let_go();
	if (!mutex_lock_killable(&spin_mutex)) {
		if (ext->state != SPIN_EXT_DYING)
			return true;
		mutex_unlock(&spin_mutex);
	}
	spin_handler_take_up();
	return false;
}

static void own_unlock(void)
{
	mutex_unlock(&spin_mutex);
	spin_handler_take_up();
}

__bpf_kfunc_start_defs();

__bpf_kfunc s64 spin_install(struct spin_ctx *ctx, struct spin_install *args)
{
	struct spin_extension *ext = spin_ctx_extension(ctx);
	struct spin_install copy = *args;
	struct spin_template *template;
	s64 id;

	if (!copy.slot || copy.mode || copy.bound_us || copy.queue ||
	    copy.absent || copy.reserved)
		return -EINVAL;
	if (!own_lock(ext))
		return -ESHUTDOWN;
	template = spin_template_by_slot(ext, copy.slot);
	id = template ? spin_binding_install(ext, template, &copy, 1, false) :
			-ENOENT;
	own_unlock();
	return id;
}
EXPORT_SYMBOL_GPL(spin_install);

__bpf_kfunc int spin_uninstall(struct spin_ctx *ctx, u64 id)
{
	struct spin_extension *ext = spin_ctx_extension(ctx);
	int err;

	if (!own_lock(ext))
		return -ESHUTDOWN;
	err = spin_binding_remove_own(ext, id);
	own_unlock();
	return err;
}
EXPORT_SYMBOL_GPL(spin_uninstall);

__bpf_kfunc int spin_is_installed(struct spin_ctx *ctx, u64 id)
{
	struct spin_binding *binding;
	bool own;

	rcu_read_lock();
	/* Bindings are freed a grace period after they left the array. */
	binding = xa_load(&spin_bindings, id);
	own = binding && binding->ext == spin_ctx_extension(ctx);
	rcu_read_unlock();
	return own;
}
EXPORT_SYMBOL_GPL(spin_is_installed);

__bpf_kfunc int spin_get_handlers(struct spin_ctx *ctx, u64 *ids, u32 ids__sz)
{
	struct spin_point *point = spin_raise_of(ctx)->binding->point;
	u32 room = ids__sz / sizeof(*ids);
	struct spin_binding *binding;
	struct list_head *list;
	u32 count = 0;

	if (!own_lock(spin_ctx_extension(ctx)))
		return -ESHUTDOWN;
	spin_point_for_each(point, binding, list)
		if (count++ < room)
			ids[count - 1] = binding->id;
	own_unlock();
	return count;
}
EXPORT_SYMBOL_GPL(spin_get_handlers);

__bpf_kfunc int spin_filter_set(struct spin_ctx *ctx, u32 argument, u64 value)
{
	struct spin_raise *raise = spin_raise_of(ctx);
	const struct spin_event *event = raise->event;
	const struct spin_key *reference;

	if (!(raise->binding->flags & SPIN_BIND_FILTER))
		return -EPERM;
	if (argument >= event->reference_count)
		return -EINVAL;
	reference = &event->references[argument];
	if (reference->size < sizeof(value) && value >> (8 * reference->size))
		return -ERANGE;
	memcpy((void *)ctx + reference->offset, &value, reference->size);
	raise->changed = true;
	return 0;
}
EXPORT_SYMBOL_GPL(spin_filter_set);

__bpf_kfunc_end_defs();

/*
 * What waits for spin_mutex waits for all that is waited for under it: processors
 * that go off line, code that is patched.
 */
#define DISPATCHER_KFUNCS(F) \
	F(spin_install, KF_TRUSTED_ARGS | KF_SLEEPABLE, 0, SPIN_CLASS_ALL, 0) \
	F(spin_uninstall, KF_TRUSTED_ARGS | KF_SLEEPABLE, 0, SPIN_CLASS_ALL, 0) \
	F(spin_is_installed, KF_TRUSTED_ARGS, 60, SPIN_CLASS_NONE, SPIN_KFUNC_GUARD) \
	F(spin_get_handlers, KF_TRUSTED_ARGS | KF_SLEEPABLE, 0, SPIN_CLASS_ALL, 0) \
	F(spin_filter_set, KF_TRUSTED_ARGS, 40, SPIN_CLASS_NONE, 0)

SPIN_KFUNC_TABLE(dispatcher_kfuncs, DISPATCHER_KFUNCS);

SPIN_SERVICE(spin_dispatcher_service) = {
	.interface = {
		.name = "Dispatcher",
		.authorize = spin_interface_public,
		.kfuncs = { &dispatcher_kfuncs },
	},
};
