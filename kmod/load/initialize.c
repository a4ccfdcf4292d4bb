// SPDX-License-Identifier: GPL-2.0
/*
 * Event Domain.Initialize: an extension looks at what it was granted before it
 * is made active, and may refuse to be (SPIN ran module bodies here).
 */
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/wait.h>
#include "../binding/binding.h"
#include "../capability/interface.h"
#include "../capability/tree.h"
#include "../program/checker.h"
#include "load.h"

struct initialize_raise {
	SPIN_CONTEXT(struct spin_initialize, init);
};
SPIN_CONTEXT_CHECK(struct initialize_raise, init);

/* An extension may always handle its own beginning. */
static int initialize_authorize(struct spin_request *request)
{
	return 0;
}

static DECLARE_WAIT_QUEUE_HEAD(initialized);

/*
 * Of the handlers that a commit runs, one after the other, this waits for one
 * only. It is out of the list by now, so it is not begun again.
 */
static void initialize_quiesce(struct spin_binding *binding)
{
	wait_event(initialized,
		   /* Pairs with binding_done(). */
		   smp_load_acquire(&binding->ext->initializing) != binding);
}

static const struct spin_event_ops initialize_ops = {
	.authorize = initialize_authorize,
	.quiesce = initialize_quiesce,
};

static struct spin_event initialize_event = {
	.name = "Domain.Initialize",
	.interface = "Domain",
	.context = SPIN_CONTEXT_SLEEPABLE,
	.result_min = -MAX_ERRNO,
	.result_max = 0,
	.singly = true,
	.ctx_size = sizeof(struct spin_initialize),
	.ops = &initialize_ops,
	.type = "Domain_Initialize",
};

SPIN_EVENT_TYPE(Domain_Initialize, struct spin_initialize, initialize_event);

static int initialize_one(struct spin_binding *binding)
{
	struct initialize_raise r = {
		.raise.event = binding->event,
		.init.ctx.event_id = binding->event->id,
		.init.now_ns = ktime_get_ns(),
	};
	int result;

	/* What it says is its own, not what somebody else was refused before. */
	spin_refusal_clear(&binding->ext->refusal);
	result = spin_binding_raise(binding, &r.raise);
	if (result && !binding->ext->refusal.text[0])
		spin_extension_refuse(binding->ext,
				      "its handler '%s' of Domain.Initialize returned %pe, and gave no reason (spin_refuse())",
				      spin_binding_name(binding),
				      ERR_PTR(result));
	return result;
}

/*
 * The next binding of the event after @last, with a reference, and from now on it
 * is waited for, until binding_done(); or NULL.
 */
static struct spin_binding *next_binding(struct spin_extension *ext, u64 last)
{
	struct spin_binding *binding, *found = NULL;

	mutex_lock(&spin_mutex);
	list_for_each_entry(binding, &ext->bindings, extension_node) {
		if (binding->id > last && !(binding->why & SPIN_INACTIVE_DISABLED) &&
		    binding->event == &initialize_event) {
			found = binding;
			spin_binding_get(found);
			WRITE_ONCE(ext->initializing, found);
			break;
		}
	}
	mutex_unlock(&spin_mutex);
	return found;
}

static void binding_done(struct spin_binding *binding)
{
	/* Pairs with initialize_quiesce(). */
	smp_store_release(&binding->ext->initializing, NULL);
	wake_up_all(&initialized);
	spin_binding_put(binding);
}

/**
 * spin_initialize_run - raise Domain.Initialize for one extension
 * @ext: being committed; the caller holds its lock
 *
 * Returns 0, or the first error of a handler.
 */
int spin_initialize_run(struct spin_extension *ext)
{
	struct spin_binding *binding;
	u64 last = 0;
	int err = 0;

	lockdep_assert_held(&ext->lock);
	while (!err && (binding = next_binding(ext, last))) {
		last = binding->id;
		err = initialize_one(binding);
		binding_done(binding);
	}
	return err;
}

__bpf_kfunc_start_defs();

__bpf_kfunc int spin_refuse(struct spin_initialize *init, const char *text,
			    u32 text__sz)
{
	char clean[SPIN_TEXT_LEN];

	spin_text_clean(clean, sizeof(clean), text, text__sz);
	spin_extension_refuse(spin_ctx_extension(&init->ctx), "%s", clean);
	return 0;
}

__bpf_kfunc int spin_capability_rights(struct spin_ctx *ctx, u32 slot)
{
	struct spin_capability *capability;
	u32 given;

	capability = spin_capability_reference(ctx, slot, SPIN_CAP_NONE, 0,
					       &given);
	if (IS_ERR(capability))
		return PTR_ERR(capability);
	spin_capability_put(capability);
	return given;
}

__bpf_kfunc_end_defs();

#define DOMAIN_KFUNCS(F) \
	F(spin_refuse, KF_TRUSTED_ARGS, 400, SPIN_CLASS_SPINNING, 0) \
	F(spin_capability_rights, KF_TRUSTED_ARGS, 100, SPIN_CLASS_SPINNING, 0)

SPIN_KFUNC_TABLE(domain_kfuncs, DOMAIN_KFUNCS);

SPIN_SERVICE(spin_domain_service) = {
	.interface = {
		.name = "Domain",
		.kfuncs = { &domain_kfuncs, &spin_range_kfuncs },
		.always = true,
	},
	.kinds = { &spin_interface_type },
	.events = { &Domain_Initialize_type },
};

/*
 * Without BTF in the module both of the BPF core's registrations succeed and
 * do nothing: then no type was ever initialised.
 */
int spin_initialize_check_btf(void)
{
	if (initialize_event.btf)
		return 0;
	pr_err("this module was built without BTF: build it with pahole installed\n");
	return -ENOEXEC;
}
