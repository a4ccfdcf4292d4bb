// SPDX-License-Identifier: GPL-2.0
/*
 * Bindings: made from templates, when an extension is loaded or at run time;
 * removed one by one, or with their template or extension.
 *
 * Removal has two parts. The first, under spin_mutex, takes the binding out of
 * everything by which it can be found. The second, without it, waits until
 * nothing runs it any more, undoes what the service did, and frees it. Handlers
 * cannot wait for themselves: what they remove gets its second part from the
 * reaper, a work.
 */
#include <linux/bpf.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include "../dispatch/event.h"
#include "../dispatch/plan.h"
#include "../dispatch/point.h"
#include "../dispatch/trace.h"
#include "../extension/lookup.h"
#include "authority.h"
#include "binding.h"

DEFINE_XARRAY(spin_bindings);

static struct kmem_cache *binding_cache;
static u64 last_binding_id;	/* spin_mutex */

/* Somebody waits for the last binding of a template to be gone. */
static DECLARE_WAIT_QUEUE_HEAD(ended);

int spin_binding_cache_init(void)
{
	binding_cache = kmem_cache_create("spin_binding",
					  sizeof(struct spin_binding),
					  SMP_CACHE_BYTES,
					  SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	return binding_cache ? 0 : -ENOMEM;
}

void spin_binding_cache_exit(void)
{
	/* The last references are put by works. */
	drain_workqueue(spin_waiters);
	drain_workqueue(spin_workqueue);
	WARN_ON_ONCE(!xa_empty(&spin_bindings));
	kmem_cache_destroy(binding_cache);
}

/* What one takes, with its counters and its place in a plan, in bytes. */
static u64 binding_memory(void)
{
	return sizeof(struct spin_binding) + 2 * sizeof(struct spin_item) +
	       num_possible_cpus() * sizeof(struct spin_binding_stats);
}

/* Of the values of its keys: in the index, and, of more than one, in the binding. */
static u64 keys_memory(u32 fields)
{
	u64 size = hweight32(fields) * sizeof(u64);

	return hweight32(fields) > 1 ? 2 * size : size;
}

static void binding_free(struct kref *kref)
{
	struct spin_binding *binding = container_of(kref, struct spin_binding,
						    kref);

	if (binding->event->ops->release)
		binding->event->ops->release(binding);
	if (binding->ext) {
		spin_quota_uncharge(binding->ext, SPIN_QUOTA_MEMORY,
				    binding_memory() +
				    keys_memory(binding->fields));
		spin_extension_put(binding->ext);
	}
	spin_guards_free(rcu_dereference_protected(binding->imposed, true));
	spin_counters_put(binding);
	if (hweight32(binding->fields) > 1)
		kfree(binding->keys);
	kmem_cache_free(binding_cache, binding);
}

void spin_binding_put(struct spin_binding *binding)
{
	kref_put(&binding->kref, binding_free);
}

static struct spin_binding *binding_new(struct spin_event *event,
					struct spin_extension *ext)
{
	struct spin_binding *binding;
	int err = 0;

	if (ext)
		err = spin_quota_charge(ext, SPIN_QUOTA_MEMORY,
					binding_memory());
	if (err)
		return ERR_PTR(err);
	err = -ENOMEM;
	binding = kmem_cache_zalloc(binding_cache, GFP_KERNEL);
	if (!binding)
		goto err_charge;
	if (spin_counters_get(binding))
		goto err_binding;
	kref_init(&binding->kref);
	binding->event = event;
	binding->ext = ext;
	binding->enabled = true;
	if (ext)
		spin_extension_get(ext);
	return binding;

err_binding:
	kmem_cache_free(binding_cache, binding);
err_charge:
	if (ext)
		spin_quota_uncharge(ext, SPIN_QUOTA_MEMORY, binding_memory());
	return ERR_PTR(err);
}

/* ---- into the plan and out of it ---- */

static bool is_to_run(const struct spin_binding *binding)
{
	return binding->enabled && !binding->event->singly &&
	       !binding->unserved && !binding->unlinked &&
	       !(binding->ext && binding->ext->throttled) &&
	       (!binding->ext || binding->ext->state == SPIN_EXT_LOADED);
}

static int plan(struct spin_binding *binding)
{
	if (binding->planned || !is_to_run(binding))
		return 0;
	return spin_plan_insert(&binding, 1);
}

static void unplan(struct spin_binding *binding)
{
	if (binding->planned)
		spin_plan_remove(&binding, 1);
}

/**
 * struct batch - bindings that come or go at once
 * @bindings: some of those that may
 * @count: how many
 * @room: for how many there is room; 0: no memory, or nothing to be done
 */
struct batch {
	struct spin_binding **bindings;
	u32 count;
	u32 room;
};

static struct batch batch_new(u32 room)
{
	struct batch batch = {
		.bindings = room ? kvmalloc_array(room, sizeof(*batch.bindings),
						  GFP_KERNEL) : NULL,
	};

	batch.room = batch.bindings ? room : 0;
	return batch;
}

/* Without a batch, containment goes one by one. */
static void batch_unplan(struct batch *batch, struct spin_binding *binding)
{
	if (!binding->planned)
		return;
	if (WARN_ON_ONCE(batch->room && batch->count == batch->room) ||
	    !batch->room)
		unplan(binding);
	else
		batch->bindings[batch->count++] = binding;
}

static void batch_unplan_end(struct batch *batch)
{
	if (batch->count)
		spin_plan_remove(batch->bindings, batch->count);
	kvfree(batch->bindings);
}

static void batch_plan(struct batch *batch, struct spin_binding *binding)
{
	if (!binding->planned && is_to_run(binding) &&
	    !WARN_ON_ONCE(batch->count == batch->room))
		batch->bindings[batch->count++] = binding;
}

static int batch_plan_end(struct batch *batch)
{
	int err = batch->count ?
		  spin_plan_insert(batch->bindings, batch->count) : 0;

	kvfree(batch->bindings);
	return err;
}

/**
 * spin_binding_serve - its procedure has an exporter, who lets it be
 * @binding: a handler of an importer's
 *
 * Under spin_mutex. Returns 0; -ENOMEM, -EDQUOT: it stays inactive.
 */
int spin_binding_serve(struct spin_binding *binding)
{
	int err;

	lockdep_assert_held(&spin_mutex);
	WRITE_ONCE(binding->unserved, false);
	err = plan(binding);
	if (err)
		WRITE_ONCE(binding->unserved, true);
	return err;
}

/* The opposite; raises that run may still run it. Under spin_mutex. */
void spin_binding_unserve(struct spin_binding *binding)
{
	lockdep_assert_held(&spin_mutex);
	WRITE_ONCE(binding->unserved, true);
	unplan(binding);
}

static void release(struct spin_binding *binding)
{
	if (binding->held)
		spin_plan_hold_mark(binding->point, binding, false);
	binding->held = false;
}

static void template_let_go(struct spin_template *template)
{
	bool last;

	mutex_lock(&spin_mutex);
	last = !--template->live;
	mutex_unlock(&spin_mutex);
	if (last)
		wake_up_all(&ended);
}

/* A template of @ext for the event after @last, held; or NULL. */
static struct spin_template *next_event(struct spin_extension *ext, u64 last)
{
	struct spin_template *template, *next = NULL;

	mutex_lock(&spin_mutex);
	list_for_each_entry(template, &ext->templates, node)
		if (template->event->id > last &&
		    (!next || template->event->id < next->event->id))
			next = template;
	if (next)
		next->live++;	/* it, its event and its module stay so long */
	mutex_unlock(&spin_mutex);
	return next;
}

/*
 * Where the bindings that @ext has on @event hang, or would; it stays until
 * point_put(). Under spin_mutex. NULL: nowhere, for lack of memory.
 */
static struct spin_point *point_get(struct spin_event *event,
				    struct spin_extension *ext)
{
	struct spin_point *point;

	if (!event->ops->point)
		return &event->point;	/* held with a template of the event */
	point = event->ops->point(event, ext);
	return IS_ERR(point) ? NULL : point;
}

static void point_put(struct spin_point *point)
{
	if (!point->event->ops->put_point)
		return;
	mutex_lock(&spin_mutex);
	point->event->ops->put_point(point);
	mutex_unlock(&spin_mutex);
}

/* The caller holds the event. */
static void event_synchronize(struct spin_event *event,
			      struct spin_extension *ext)
{
	struct spin_point *point;

	mutex_lock(&spin_mutex);
	point = point_get(event, ext);
	mutex_unlock(&spin_mutex);
	if (!point)
		return;		/* nor was there one */
	spin_point_synchronize(point);
	point_put(point);
}

/**
 * spin_bindings_synchronize - wait for raises of the events of an extension
 * @ext: whose
 *
 * Process context. All that began before are over when it returns: those at the
 * points where its bindings hang, not all of its events.
 */
void spin_bindings_synchronize(struct spin_extension *ext)
{
	struct spin_template *template;
	u64 last = 0;

	synchronize_rcu();
	while ((template = next_event(ext, last))) {
		last = template->event->id;
		if (template->event->context == SPIN_CONTEXT_SLEEPABLE)
			event_synchronize(template->event, ext);
		template_let_go(template);
	}
}

/**
 * spin_bindings_hold - prepare the plans that bindings are to go into
 * @ext: being committed
 *
 * Under spin_mutex. Returns true if a grace period is to be waited for before
 * spin_bindings_plan(); see spin_plan_hold_mark().
 */
bool spin_bindings_hold(struct spin_extension *ext)
{
	struct spin_binding *binding;
	bool wait = false;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(binding, &ext->bindings, extension_node) {
		if (binding->event->singly || binding->held)
			continue;
		binding->held = true;
		wait |= spin_plan_hold_mark(binding->point, binding, true);
	}
	return wait;
}

/* The bindings are in the plans, or will not be. */
void spin_bindings_release(struct spin_extension *ext)
{
	struct spin_binding *binding;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(binding, &ext->bindings, extension_node)
		release(binding);
}

/**
 * spin_bindings_plan - put those bindings of an extension into plans that are to run
 * @ext: loaded, or about to become active: its state says so, its set does not yet
 *
 * Under spin_mutex. Returns 0; -ENOMEM, -EDQUOT: then none is in a plan that was
 * not before.
 */
int spin_bindings_plan(struct spin_extension *ext)
{
	struct spin_binding *binding;
	struct batch batch;

	lockdep_assert_held(&spin_mutex);
	batch = batch_new(ext->binding_count);
	if (ext->binding_count && !batch.room)
		return -ENOMEM;
	list_for_each_entry(binding, &ext->bindings, extension_node)
		batch_plan(&batch, binding);
	return batch_plan_end(&batch);
}

/**
 * spin_bindings_unplan - take those out of plans that are not to run any more
 * @ext: whose bindings
 *
 * Under spin_mutex. Raises that run may still run them.
 */
void spin_bindings_unplan(struct spin_extension *ext)
{
	struct spin_binding *binding;
	struct batch batch;

	lockdep_assert_held(&spin_mutex);
	batch = batch_new(ext->binding_count);
	list_for_each_entry(binding, &ext->bindings, extension_node)
		if (!is_to_run(binding))
			batch_unplan(&batch, binding);
	batch_unplan_end(&batch);
}

/**
 * spin_point_plan - put those bindings on a point into its plan that are to run
 * @point: which
 *
 * Under spin_mutex. Returns 0; -ENOMEM, -EDQUOT: then none is in it that was not
 * before.
 */
int spin_point_plan(struct spin_point *point)
{
	struct spin_binding *binding;
	struct list_head *list;
	struct batch batch;

	lockdep_assert_held(&spin_mutex);
	batch = batch_new(point->count);
	if (point->count && !batch.room)
		return -ENOMEM;
	spin_point_for_each(point, binding, list)
		batch_plan(&batch, binding);
	return batch_plan_end(&batch);
}

/**
 * spin_point_unplan - take those bindings on a point out of its plan that are unserved
 * @point: of a procedure
 *
 * Under spin_mutex. Raises that run may still run them.
 */
void spin_point_unplan(struct spin_point *point)
{
	struct spin_binding *binding;
	struct list_head *list;
	struct batch batch;

	lockdep_assert_held(&spin_mutex);
	batch = batch_new(point->count);
	spin_point_for_each(point, binding, list)
		if (binding->unserved)
			batch_unplan(&batch, binding);
	batch_unplan_end(&batch);
}

static void activate(struct spin_binding *binding)
{
	if (binding->ext->state == SPIN_EXT_LOADED &&
	    binding->event->ops->activate)
		binding->event->ops->activate(binding);
}

/* ---- reasons not to run, besides its user's ---- */

/**
 * spin_bindings_run_again - a reason why bindings did not run is gone
 * @ext: loaded; it, or its bindings, say so already
 *
 * Under spin_mutex. Returns 0; -ENOMEM, -EDQUOT: none is left in a plan that was
 * not before.
 */
int spin_bindings_run_again(struct spin_extension *ext)
{
	struct spin_binding *binding;
	int err;

	lockdep_assert_held(&spin_mutex);
	err = spin_bindings_plan(ext);
	if (err)
		return err;
	list_for_each_entry(binding, &ext->bindings, extension_node) {
		if (!binding->unlinked)
			activate(binding);	/* a thread may wait for it */
		cond_resched();
	}
	return 0;
}

/**
 * spin_bindings_throttle - none of an extension's bindings is to run
 * @ext: loaded
 *
 * Under spin_mutex. Raises that run may still run them.
 */
void spin_bindings_throttle(struct spin_extension *ext)
{
	lockdep_assert_held(&spin_mutex);
	WRITE_ONCE(ext->throttled, true);
	spin_bindings_unplan(ext);
}

/**
 * spin_bindings_unthrottle - the opposite
 * @ext: loaded
 *
 * Under spin_mutex. Returns 0; -ENOMEM, -EDQUOT: it stays throttled.
 */
int spin_bindings_unthrottle(struct spin_extension *ext)
{
	int err;

	lockdep_assert_held(&spin_mutex);
	WRITE_ONCE(ext->throttled, false);
	err = spin_bindings_run_again(ext);
	if (err)
		WRITE_ONCE(ext->throttled, true);
	return err;
}

/* ---- making one ---- */

/* A binding of the version being replaced that has the same name and point. */
static struct spin_binding *predecessor(const struct spin_binding *binding)
{
	const struct spin_extension *old = binding->ext->replaces;
	struct spin_binding *other;

	if (!old || spin_template_value(binding->template)->slot)
		return NULL;
	list_for_each_entry(other, &old->bindings, extension_node)
		if (other->point == binding->point &&
		    !strcmp(spin_binding_name(other), spin_binding_name(binding)))
			return other;
	return NULL;
}

/* Whose binding @ext means by "BINDING" or "EXTENSION/BINDING"; @name: the rest. */
static struct spin_extension *named_extension(struct spin_extension *ext,
					      const char **name)
{
	const char *slash = strrchr(*name, '/');
	char other[SPIN_NAME_LEN];

	if (!slash)
		return ext;
	if (slash - *name >= SPIN_NAME_LEN)
		return NULL;
	strscpy(other, *name, slash - *name + 1);
	*name = slash + 1;
	return spin_extension_lookup(ext->owner, other);
}

static struct spin_binding *named(struct spin_extension *ext, const char *name)
{
	struct spin_extension *other = named_extension(ext, &name);
	struct spin_binding *binding;

	if (!other)
		return NULL;
	list_for_each_entry(binding, &other->bindings, extension_node)
		if (!strcmp(spin_binding_name(binding), name))
			return binding;
	return NULL;
}

/* There is nothing to be before or after. */
static void refuse_order(const struct spin_binding *binding, u64 id,
			 const char *name)
{
	const char *where = binding->order == SPIN_ORDER_BEFORE ? "before" :
								  "after";
	const char *event = binding->event->name;

	if (id)
		spin_extension_refuse(binding->ext,
				      "'%s' is to be %s binding %llu, which event %s does not have",
				      spin_binding_name(binding), where, id,
				      event);
	else if (name[0])
		spin_extension_refuse(binding->ext,
				      "'%s' is to be %s binding '%s', which event %s does not have; spinctl event show %s lists those it has",
				      spin_binding_name(binding), where, name,
				      event, event);
	else
		spin_extension_refuse(binding->ext,
				      "'%s' is to be %s another binding of event %s, and it is not said which",
				      spin_binding_name(binding), where, event);
}

/* ---- those that say by name where they are, when that one comes again ---- */

static u32 relative_templates;	/* that name another extension's; spin_mutex */

static bool names_another(const struct spin_template *template)
{
	return strchr(spin_template_value(template)->relative, '/');
}

/* A template has been attached, or is being detached. Under spin_mutex. */
void spin_template_relative(const struct spin_template *template, bool attached)
{
	lockdep_assert_held(&spin_mutex);
	if (names_another(template))
		relative_templates += attached ? 1 : -1;
}

static bool is_about(const struct spin_template *template,
		     const struct spin_binding *binding)
{
	const char *name = spin_template_value(template)->relative;
	const char *slash = strrchr(name, '/');

	return slash && template->event == binding->event &&
	       !strcmp(slash + 1, spin_binding_name(binding)) &&
	       named_extension(template->ext, &name) == binding->ext;
}

/* Of those alike the last one made is the nearest to what it is relative to. */
static void neighbour_note(struct spin_neighbours *neighbours,
			   const struct spin_template *template,
			   const struct spin_binding *binding)
{
	struct spin_binding *other;

	if (list_empty(&template->bindings))
		return;
	other = list_last_entry(&template->bindings, struct spin_binding,
				template_node);
	if (other->point != binding->point || other->by_id)
		return;
	if (other->order == SPIN_ORDER_AFTER &&
	    (!neighbours->behind || other->rank < neighbours->behind->rank))
		neighbours->behind = other;
	if (other->order == SPIN_ORDER_BEFORE &&
	    (!neighbours->before || other->rank > neighbours->before->rank))
		neighbours->before = other;
}

/*
 * A binding that others name comes when they are there already: it was away. Where
 * its own order lets it, it goes where they are right about it.
 */
static struct spin_neighbours neighbours_of(const struct spin_binding *binding)
{
	struct spin_neighbours neighbours = {};
	const struct spin_template *template;
	struct spin_extension *ext;

	if (!relative_templates || binding->order == SPIN_ORDER_BEFORE ||
	    binding->order == SPIN_ORDER_AFTER)
		return neighbours;
	list_for_each_entry(ext, &spin_extensions, node) {
		list_for_each_entry(template, &ext->templates, node)
			if (is_about(template, binding))
				neighbour_note(&neighbours, template, binding);
		cond_resched();
	}
	return neighbours;
}

/**
 * spin_binding_misplaced - is it not where its order says?
 * @binding: which
 *
 * Of two that say First, one is not; and what one is before or after may have gone,
 * and come again elsewhere. What is relative to a number is not looked at: that
 * does not come again. Under spin_mutex.
 */
bool spin_binding_misplaced(const struct spin_binding *binding)
{
	const struct spin_binding *other;
	const char *name;

	lockdep_assert_held(&spin_mutex);
	if (!binding->template || binding->event->singly)
		return false;
	switch (binding->order) {
	case SPIN_ORDER_FIRST:
	case SPIN_ORDER_LAST:
		return !spin_point_at_end(binding);
	case SPIN_ORDER_BEFORE:
	case SPIN_ORDER_AFTER:
		name = spin_template_value(binding->template)->relative;
		if (binding->by_id || !name[0])
			return false;
		other = named(binding->ext, name);
		return !other || other->point != binding->point ||
		       (binding->order == SPIN_ORDER_BEFORE) !=
		       (binding->rank < other->rank);
	default:
		return false;
	}
}

/* The binding that Before and After are about: by id, else by name. */
static int find_relative(const struct spin_binding *binding, u64 id,
			 struct spin_binding **relative)
{
	const char *name = spin_template_value(binding->template)->relative;

	*relative = predecessor(binding);
	if (*relative || (binding->order != SPIN_ORDER_BEFORE &&
			  binding->order != SPIN_ORDER_AFTER))
		return 0;
	if (id)
		*relative = xa_load(&spin_bindings, id);
	else if (name[0])
		*relative = named(binding->ext, name);
	if (*relative && (*relative)->point == binding->point)
		return 0;
	refuse_order(binding, id, name);
	return -ENOENT;
}

static int reserve_check(struct spin_binding *binding, u32 reserve)
{
	struct spin_point *point = binding->point;
	u32 i;

	for (i = 0; i < 2; i++) {
		struct spin_binding *holder = point->reserved[i];

		if (!(reserve & BIT(i)) || !holder ||
		    holder->ext == binding->ext->replaces)
			continue;
		spin_extension_refuse(binding->ext,
				      "'%s': the %s end of event %s is reserved for '%s' already",
				      spin_binding_name(binding),
				      i ? "last" : "first", binding->event->name,
				      spin_binding_name(holder));
		return -EBUSY;
	}
	return 0;
}

/*
 * A new version takes the place of the old one; but not if an end is reserved
 * for it that the old one does not hold.
 */
static bool takes_place(const struct spin_binding *binding,
			const struct spin_binding *relative, u32 reserve)
{
	u32 i;

	if (!relative || !binding->ext->replaces ||
	    relative->ext != binding->ext->replaces)
		return false;
	for (i = 0; i < 2; i++)
		if (reserve & BIT(i) && binding->point->reserved[i] != relative)
			return false;
	return true;
}

/* All that can be wrong with the place of a binding. */
static int place_check(struct spin_binding *binding, u64 relative_id,
		       u32 reserve, struct spin_binding **relative)
{
	int err;

	if (reserve == (SPIN_END_FIRST | SPIN_END_LAST))
		return -EINVAL;	/* the authority's mistake */
	err = reserve_check(binding, reserve);
	if (err)
		return err;
	if (relative_id && binding->order != SPIN_ORDER_BEFORE &&
	    binding->order != SPIN_ORDER_AFTER) {
		spin_extension_refuse(binding->ext,
				      "'%s' names a binding that it is to be beside, and not on which side: before or after it",
				      spin_binding_name(binding));
		return -EINVAL;
	}
	if (reserve)
		binding->order = reserve & SPIN_END_FIRST ? SPIN_ORDER_FIRST :
							    SPIN_ORDER_LAST;
	binding->by_id = relative_id;
	err = find_relative(binding, relative_id, relative);
	if (err || takes_place(binding, *relative, reserve) ||
	    !spin_point_beyond_end(binding->point, binding->order, *relative))
		return err;
	spin_extension_refuse(binding->ext,
			      "'%s' would be beyond the end of event %s that is reserved for '%s'",
			      spin_binding_name(binding), binding->event->name,
			      spin_binding_name(*relative));
	return -EBUSY;
}

static void binding_place(struct spin_binding *binding,
			  struct spin_binding *relative, u32 reserve)
{
	struct spin_neighbours neighbours;
	struct spin_point *point = binding->point;

	if (takes_place(binding, relative, reserve)) {
		spin_point_insert_behind(point, binding, relative);
	} else if (binding->implementation && binding->order == SPIN_ORDER_NONE) {
		spin_point_insert_original(point, binding);
	} else {
		spin_point_insert(point, binding, relative);
		if (!reserve) {
			neighbours = neighbours_of(binding);
			spin_point_settle(point, binding, &neighbours);
		}
	}
	if (reserve & SPIN_END_FIRST && !point->reserved[0])
		point->reserved[0] = binding;
	if (reserve & SPIN_END_LAST && !point->reserved[1])
		point->reserved[1] = binding;
}

/* The programs of guards that were imposed come on top of its own. */
static u32 cost_of(const struct spin_template *template,
		   const struct spin_guard *imposed)
{
	u32 cost = template->cost;

	for (; cost && imposed;
	     imposed = rcu_dereference_protected(imposed->next, true))
		cost += imposed->binding ? imposed->binding->cost : 0;
	return cost;
}

/* Would a binding be dearer, or cheaper, with these guards imposed on it? */
bool spin_binding_recosts(const struct spin_binding *binding,
			  const struct spin_guard *imposed)
{
	return cost_of(binding->template, imposed) != binding->cost;
}

/**
 * spin_binding_impose_all - put other guards in the place of those imposed
 * @binding: on a procedure, whose exporter has changed
 * @imposed: the new ones, which become the binding's; NULL: none
 *
 * Under spin_mutex. Raises that run may still run the old ones, which go a grace
 * period later.
 */
void spin_binding_impose_all(struct spin_binding *binding,
			     struct spin_guard *imposed)
{
	struct spin_guard *old =
		rcu_dereference_protected(binding->imposed,
					  lockdep_is_held(&spin_mutex));
	u32 cost = cost_of(binding->template, imposed);

	lockdep_assert_held(&spin_mutex);
	if (cost != binding->cost) {
		unplan(binding);	/* plans remember what steps cost */
		binding->cost = cost;
	}
	rcu_assign_pointer(binding->imposed, imposed);
	if (imposed) {
		/* Raises look for imposed guards only where it says so. */
		smp_store_release(&binding->steps, binding->steps | STEP_GUARDS);
		spin_plan_not_lean(binding->point, binding);
	}
	spin_guards_free(old);
}

/*
 * Take imposed programs off, but for raises that run: those find it closed. The
 * exporter whose programs they are need not wait for the binding's own end. Under
 * spin_mutex.
 */
void spin_binding_close(struct spin_binding *binding)
{
	struct spin_guard *guards =
		rcu_dereference_protected(binding->imposed,
					  lockdep_is_held(&spin_mutex));

	if (guards && binding->event->procedural)
		spin_binding_impose_all(binding, &spin_guard_closed);
}

static u32 steps_of(const struct spin_binding *binding)
{
	u32 steps = 0;

	if (rcu_access_pointer(binding->imposed) ||
	    spin_binding_prog(binding, SPIN_MEMBER_GUARD2) ||
	    spin_binding_prog(binding, SPIN_MEMBER_GUARD3))
		steps |= STEP_GUARDS;
	if (spin_binding_prog(binding, SPIN_MEMBER_POST))
		steps |= STEP_POST;
	if (binding->flags & SPIN_BIND_CANCEL)
		steps |= STEP_CANCEL;
	if (binding->flags & SPIN_BIND_FILTER)
		steps |= STEP_FILTER;
	return steps;
}

static struct spin_request request_of(struct spin_extension *ext,
				      struct spin_template *template,
				      const struct spin_install *args)
{
	return (struct spin_request){
		.operation = SPIN_OP_INSTALL,
		.event = template->event,
		.ext = ext,
		.cred = ext->cred,
		.template = spin_template_value(template)->name,
		.key = args->key,
		.order = args->order,
		.flags = args->flags,
		.match = &args->match,
		.closure = args->closure,
		.period_us = spin_template_value(template)->period_us,
		.cost = template->cost,
		.cost_max = spin_event_cost_max(template->event),
	};
}

/* The values that its match names: most of them name none, or one. */
static int keys_fill(struct spin_binding *binding, const struct spin_match *match)
{
	unsigned long fields = match->fields;
	u32 i, count = hweight32(match->fields);
	u64 *key = &binding->key;
	int err;

	if (!count)
		return 0;
	err = spin_quota_charge(binding->ext, SPIN_QUOTA_MEMORY,
				keys_memory(match->fields));
	if (err)
		return err;
	if (count > 1) {
		key = kcalloc(count, sizeof(*key), GFP_KERNEL_ACCOUNT);
		binding->keys = key;
	}
	binding->fields = match->fields;
	if (!key)
		return -ENOMEM;
	for_each_set_bit(i, &fields, SPIN_KEYS_MAX)
		*key++ = match->value[i];
	return 0;
}

static int binding_fill(struct spin_binding *binding,
			struct spin_template *template,
			const struct spin_install *args,
			const struct spin_request *request)
{
	struct spin_event *event = binding->event;
	struct bpf_prog *guard = template->progs[SPIN_MEMBER_GUARD];
	int err;

	binding->template = template;
	binding->guard = spin_prog_func(guard);
	binding->handler = spin_prog_func(template->progs[SPIN_MEMBER_HANDLER]);
	binding->closure = args->closure;
	binding->cost = cost_of(template, request->imposed);
	binding->order = request->order;
	binding->flags = request->flags;
	binding->enabled = !(request->flags & SPIN_BIND_INACTIVE);
	RCU_INIT_POINTER(binding->imposed, request->imposed);
	binding->steps = steps_of(binding);
	err = keys_fill(binding, &args->match);
	if (err)
		return err;
	binding->point = event->ops->point ?
			 event->ops->point(event, binding->ext) : &event->point;
	return PTR_ERR_OR_ZERO(binding->point);
}

static int room_check(struct spin_extension *ext,
		      const struct spin_template *template)
{
	const struct spin_event *event = template->event;

	if (bitmap_intersects(template->uses, ext->unresolved,
			      SPIN_INTERFACES_MAX)) {
		spin_extension_refuse(ext, "template '%s' uses an interface that was unresolved from extension '%s'; resolve it first: spinctl domain resolve %s INTERFACE",
				      spin_template_value(template)->name,
				      ext->name, ext->name);
		return -EACCES;
	}
	if (!template->progs[SPIN_MEMBER_HANDLER]) {
		spin_extension_refuse(ext, "template '%s' has no handler: it is there for its guard to be imposed",
				      spin_template_value(template)->name);
		return -EINVAL;
	}
	if (event->bindings_max && event->bindings >= event->bindings_max) {
		spin_extension_refuse(ext, "event %s takes %u bindings, and has so many",
				      event->name, event->bindings_max);
		return -EDQUOT;
	}
	return 0;
}

/* After it nothing can fail but the service, which undoes what it did. */
static int binding_prepare(struct spin_binding *binding,
			   const struct spin_install *args, u32 reserve,
			   struct spin_binding **relative)
{
	struct spin_event *event = binding->event;
	int err;

	err = place_check(binding, args->relative, reserve, relative);
	if (err)
		goto err_point;
	binding->id = ++last_binding_id;
	err = xa_reserve(&spin_bindings, binding->id, GFP_KERNEL_ACCOUNT);
	if (err)
		goto err_point;
	err = event->ops->bind ? event->ops->bind(binding) : 0;
	if (err)
		xa_release(&spin_bindings, binding->id);
	return err;

err_point:
	if (event->ops->put_point)
		event->ops->put_point(binding->point);
	return err;
}

/* Asks, makes, and puts it in its place. Nothing runs it yet. */
static struct spin_binding *binding_make(struct spin_extension *ext,
					 struct spin_template *template,
					 const struct spin_install *args)
{
	struct spin_request request = request_of(ext, template, args);
	struct spin_binding *binding, *relative = NULL;
	int err;

	err = room_check(ext, template);
	if (!err)
		err = spin_authority_ask(&request);
	if (err)
		return ERR_PTR(err);
	binding = binding_new(template->event, ext);
	if (IS_ERR(binding)) {
		spin_guards_free(request.imposed);
		return binding;
	}
	err = binding_fill(binding, template, args, &request);
	if (!err)
		err = binding_prepare(binding, args, request.reserve,
				      &relative);
	if (err) {
		spin_binding_put(binding);
		return ERR_PTR(err);
	}
	binding_place(binding, relative, request.reserve);
	xa_store(&spin_bindings, binding->id, binding, 0);	/* reserved */
	return binding;
}

static void binding_link(struct spin_binding *binding)
{
	struct spin_template *template = binding->template;
	struct spin_extension *ext = binding->ext;

	list_add_tail(&binding->extension_node, &ext->bindings);
	ext->binding_count++;
	list_add_tail(&binding->template_node, &template->bindings);
	template->live++;
	binding->event->bindings++;
}

/* ---- removing ---- */

/* The first part, under spin_mutex. Its second is owed: it goes to @list. */
static void binding_unlink(struct spin_binding *binding, struct list_head *list)
{
	lockdep_assert_held(&spin_mutex);
	trace_spin_uninstall(binding);
	WRITE_ONCE(binding->removed, true);
	release(binding);
	unplan(binding);
	spin_binding_close(binding);
	xa_erase(&spin_bindings, binding->id);
	spin_point_delete(binding->point, binding);
	list_del(&binding->extension_node);
	binding->ext->binding_count--;
	spin_quota_uncharge(binding->ext, SPIN_QUOTA_BINDINGS, 1);
	binding->event->bindings--;
	list_move_tail(&binding->template_node, list);
}

/* The first part; the reaper is to do the second. QUEUE was charged for it. */
static void binding_unlink_reaped(struct spin_binding *binding)
{
	struct spin_extension *ext = binding->ext;

	binding->owed = true;
	binding_unlink(binding, &ext->reaped);
	spin_extension_get(ext);	/* the work's */
	if (!queue_work(spin_waiters, &ext->reap))
		spin_extension_put(ext);
}

/* The second part: waits. Nothing of spin's is held. */
static void bindings_end(struct list_head *list)
{
	struct spin_point *point = NULL;
	struct spin_binding *binding, *next;

	if (list_empty(list))
		return;
	list_for_each_entry(binding, list, template_node) {
		/* The service's own thread may be running it, and asleep. */
		if (binding->event->ops->quiesce)
			binding->event->ops->quiesce(binding);
	}
	/* Those of one point are mostly together. */
	list_for_each_entry(binding, list, template_node) {
		if (binding->point != point)
			spin_point_synchronize(binding->point);
		point = binding->point;
	}
	/* Kernel functions look bindings up by their ids, under RCU. */
	synchronize_rcu();

	mutex_lock(&spin_mutex);
	list_for_each_entry(binding, list, template_node)
		if (binding->event->ops->unbind)
			binding->event->ops->unbind(binding);
	mutex_unlock(&spin_mutex);

	list_for_each_entry_safe(binding, next, list, template_node) {
		struct spin_template *template = binding->template;

		if (binding->owed)
			spin_quota_uncharge(binding->ext, SPIN_QUOTA_QUEUE, 1);
		list_del(&binding->template_node);
		spin_binding_put(binding);
		template_let_go(template);
		cond_resched();
	}
}

/*
 * The reaper of an extension. It waits for the extension's own handlers only, so
 * each has one; an extension that leaves takes the list first.
 */
void spin_bindings_reap(struct work_struct *work)
{
	struct spin_extension *ext = container_of(work, struct spin_extension,
						  reap);
	LIST_HEAD(list);

	mutex_lock(&spin_mutex);
	list_splice_init(&ext->reaped, &list);
	mutex_unlock(&spin_mutex);
	bindings_end(&list);
	spin_extension_put(ext);
}

/* ---- what others ask for ---- */

static void made_undo(u64 first)
{
	struct spin_binding *binding;
	unsigned long id;

	xa_for_each_start(&spin_bindings, id, binding, first) {
		spin_quota_force(binding->ext, SPIN_QUOTA_QUEUE, 1);
		binding_unlink_reaped(binding);
	}
}

/*
 * Room for @count more. What is left of them if they are not made after all goes
 * into the queue by force; so none are made while there is more in it than may be.
 * (One that is just full, or of no length, refuses removals only.)
 */
static int charge(struct spin_extension *ext, u32 count)
{
	int err = spin_quota_charge(ext, SPIN_QUOTA_QUEUE, 0);

	return err ?: spin_quota_charge(ext, SPIN_QUOTA_BINDINGS, count);
}

static int bring_in_one(struct spin_binding *binding)
{
	int err = plan(binding);

	if (!err)
		activate(binding);
	return err;
}

/* Let raises run @count bindings from @first on, if it is their time. */
static int bring_in(u64 first, u32 count)
{
	struct batch batch;
	u32 i;
	int err;

	batch = batch_new(count);
	if (!batch.room)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		batch_plan(&batch, xa_load(&spin_bindings, first + i));
	err = batch_plan_end(&batch);
	for (i = 0; !err && i < count; i++) {
		activate(xa_load(&spin_bindings, first + i));
		cond_resched();
	}
	return err;
}

/**
 * spin_binding_install - make bindings
 * @ext: whose; loaded or being loaded
 * @template: attached to it
 * @args: how
 * @count: how many alike
 * @at_load: made by the load, and to go with the extension only
 *
 * Under spin_mutex, process context. In a loaded extension they are active at
 * once, in one that is being loaded with its commit. All or none.
 *
 * Returns the id of the first, the others follow it; or a negative errno with
 * the reason in the verdict.
 */
s64 spin_binding_install(struct spin_extension *ext,
			 struct spin_template *template,
			 const struct spin_install *args, u32 count,
			 bool at_load)
{
	u64 first = last_binding_id + 1;
	struct spin_binding *binding = NULL;
	u32 i;
	int err;

	lockdep_assert_held(&spin_mutex);
	err = charge(ext, count);
	if (err)
		return err;
	for (i = 0; i < count; i++) {
		if (fatal_signal_pending(current)) {
			err = -EINTR;
			break;
		}
		binding = binding_make(ext, template, args);
		if (IS_ERR(binding)) {
			err = PTR_ERR(binding);
			break;
		}
		binding->at_load = at_load;
		binding_link(binding);
		trace_spin_install(binding);
		cond_resched();
	}
	if (err)	/* those made are charged for until they are unlinked */
		spin_quota_uncharge(ext, SPIN_QUOTA_BINDINGS, count - i);
	/* None runs before all are there. */
	if (!err)
		err = count == 1 ? bring_in_one(binding) :
				   bring_in(first, count);
	if (err) {
		made_undo(first);
		return err;
	}
	return first;
}

/**
 * spin_binding_remove_own - a handler removes a binding of its extension
 * @ext: whose
 * @id: of the binding
 *
 * Does not wait: raises that run may still run it. Under spin_mutex.
 * Returns 0; -ENOENT: it has no such binding; -EBUSY: the load made it;
 * -EDQUOT: too many of those it removed are still being waited for, or what
 * raises that run keep of plans is more memory than it may have.
 */
int spin_binding_remove_own(struct spin_extension *ext, u64 id)
{
	struct spin_binding *binding = xa_load(&spin_bindings, id);
	int err;

	lockdep_assert_held(&spin_mutex);
	if (!binding || binding->ext != ext)
		return -ENOENT;
	if (binding->at_load)
		return -EBUSY;
	/* What handlers that run keep must not pile up: see spin_plan_remove(). */
	err = spin_quota_charge(ext, SPIN_QUOTA_MEMORY, 0) ?:
	      spin_quota_charge(ext, SPIN_QUOTA_QUEUE, 1);
	if (!err)
		binding_unlink_reaped(binding);
	return err;
}

static int remove_check(const struct spin_binding *binding)
{
	if (!binding->ext || binding->at_load)
		return -EBUSY;
	return spin_extension_permitted(binding->ext) ? 0 : -EPERM;
}

/**
 * spin_binding_remove_range - remove bindings that were made at run time
 * @id: of the first
 * @count: how many ids
 *
 * Returns when nothing runs them any more: their number; -ENOENT: there is
 * none; -EBUSY: the load made one of them, -EPERM: one is another user's, and
 * none was removed.
 */
int spin_binding_remove_range(u64 id, u32 count)
{
	struct spin_binding *binding;
	struct batch batch;
	unsigned long at;
	LIST_HEAD(list);
	u32 removed = 0;
	int err = 0;

	mutex_lock(&spin_mutex);
	xa_for_each_range(&spin_bindings, at, binding, id, id + count - 1) {
		err = remove_check(binding);
		if (err) {
			mutex_unlock(&spin_mutex);
			return err;
		}
		removed++;
	}
	batch = batch_new(removed);
	xa_for_each_range(&spin_bindings, at, binding, id, id + count - 1)
		batch_unplan(&batch, binding);
	batch_unplan_end(&batch);
	xa_for_each_range(&spin_bindings, at, binding, id, id + count - 1) {
		binding_unlink(binding, &list);
		cond_resched();
	}
	mutex_unlock(&spin_mutex);
	bindings_end(&list);
	return removed ?: -ENOENT;
}

/**
 * spin_binding_enable - active or not
 * @id: of the binding
 * @active: whether it is to run
 *
 * When it has been made inactive, no raise runs it any more on return, but of an
 * event that is raised for one binding at a time the last may still run. Process
 * context, may sleep. Returns 0; -ENOENT; -EPERM: it is another user's; -ENOMEM,
 * -EDQUOT: it stays inactive.
 */
int spin_binding_enable(u64 id, bool active)
{
	struct spin_template *template;
	struct spin_binding *binding;
	struct spin_extension *ext;
	int err = 0;

	mutex_lock(&spin_mutex);
	binding = xa_load(&spin_bindings, id);
	if (!binding || !binding->ext) {
		mutex_unlock(&spin_mutex);
		return -ENOENT;
	}
	if (!spin_extension_permitted(binding->ext)) {
		mutex_unlock(&spin_mutex);
		return -EPERM;
	}
	WRITE_ONCE(binding->enabled, active);
	if (active)
		err = plan(binding);
	else
		unplan(binding);
	if (err)
		WRITE_ONCE(binding->enabled, false);
	else if (active)
		activate(binding);	/* a thread may wait for it */
	ext = binding->ext;
	spin_extension_get(ext);
	template = binding->template;
	template->live++;	/* it, its event and its module stay so long */
	mutex_unlock(&spin_mutex);
	if (!active && template->event->context == SPIN_CONTEXT_SLEEPABLE)
		event_synchronize(template->event, ext);
	else if (!active)
		synchronize_rcu();
	template_let_go(template);
	spin_extension_put(ext);
	return err;
}

/* Removes all that an extension has; it is not active any more. */
void spin_binding_remove_all(struct spin_extension *ext)
{
	struct spin_binding *binding, *next;
	struct batch batch;
	LIST_HEAD(list);

	mutex_lock(&spin_mutex);
	batch = batch_new(ext->binding_count);
	list_for_each_entry(binding, &ext->bindings, extension_node)
		batch_unplan(&batch, binding);
	batch_unplan_end(&batch);
	list_for_each_entry_safe(binding, next, &ext->bindings, extension_node) {
		binding_unlink(binding, &list);
		cond_resched();
	}
	list_splice_tail_init(&ext->reaped, &list);
	mutex_unlock(&spin_mutex);
	bindings_end(&list);
}

static bool is_guarded_by(const struct spin_binding *binding,
			  const struct spin_template *template)
{
	const struct spin_guard *guard =
		rcu_dereference_protected(binding->imposed,
					  lockdep_is_held(&spin_mutex));

	for (; guard; guard = rcu_dereference_protected(guard->next, true))
		if (guard->binding && guard->binding->template == template)
			return true;
	return false;
}

/*
 * A template of an exporter's goes: handlers of others that it imposed a guard of
 * that template on do not run without the guard. Each takes it off, and with the
 * last of them the template can end.
 */
static void guarded_close(struct spin_template *template)
{
	struct spin_event *event = template->event;
	struct spin_binding *binding;
	struct list_head *list;

	lockdep_assert_held(&spin_mutex);
	if (!event->procedural)
		return;
	spin_point_for_each(&event->point, binding, list)
		if (is_guarded_by(binding, template))
			WRITE_ONCE(binding->unserved, true);
	spin_point_unplan(&event->point);
	spin_point_for_each(&event->point, binding, list) {
		cond_resched();
		if (!is_guarded_by(binding, template))
			continue;
		spin_binding_close(binding);
		spin_extension_refuse(binding->ext,
				      "handler '%s' of procedure %s is inactive: the guard '%s', which its exporter, '%s', imposed on it, was detached",
				      spin_binding_name(binding), event->name,
				      spin_template_value(template)->name,
				      template->ext->name);
	}
}

/**
 * spin_bindings_of_template_end - the template is being detached
 * @template: which
 *
 * By whoever detaches: the unload of the extension, or somebody with the link's
 * id. Returns when no binding made from it is left, whoever removed it, and
 * nothing runs its programs.
 */
void spin_bindings_of_template_end(struct spin_template *template)
{
	struct spin_binding *binding, *next;
	struct batch batch;
	LIST_HEAD(list);

	mutex_lock(&spin_mutex);
	guarded_close(template);
	batch = batch_new(template->live);
	list_for_each_entry(binding, &template->bindings, template_node)
		batch_unplan(&batch, binding);
	batch_unplan_end(&batch);
	list_for_each_entry_safe(binding, next, &template->bindings,
				 template_node) {
		binding_unlink(binding, &list);
		cond_resched();
	}
	/* Those that its handlers removed, if the reaper has not got them yet. */
	list_for_each_entry_safe(binding, next, &template->ext->reaped,
				 template_node)
		if (binding->template == template)
			list_move_tail(&binding->template_node, &list);
	mutex_unlock(&spin_mutex);
	bindings_end(&list);
	wait_event(ended, !READ_ONCE(template->live));
	/* Whoever made the count zero holds the mutex until he is done with it. */
	mutex_lock(&spin_mutex);
	mutex_unlock(&spin_mutex);
}

/* ---- guards that are programs of another extension ---- */

/**
 * spin_binding_new_guard - what a guard imposed by an extension runs as
 * @template: the extension's, attached, on a procedure, with a guard
 * @closure: for the guard
 *
 * It hangs on no point, and is in no list; the extension is charged for it as for
 * any binding. Under spin_mutex. The template stays until
 * spin_binding_guard_put(). Returns it; ERR_PTR: -ENOMEM, -EDQUOT.
 */
struct spin_binding *spin_binding_new_guard(struct spin_template *template,
					    u64 closure)
{
	struct spin_extension *ext = template->ext;
	struct spin_binding *binding;
	int err;

	lockdep_assert_held(&spin_mutex);
	err = spin_quota_charge(ext, SPIN_QUOTA_BINDINGS, 1);
	if (err)
		return ERR_PTR(err);
	binding = binding_new(template->event, ext);
	if (IS_ERR(binding)) {
		spin_quota_uncharge(ext, SPIN_QUOTA_BINDINGS, 1);
		return binding;
	}
	binding->template = template;
	binding->guard = spin_prog_func(template->progs[SPIN_MEMBER_GUARD]);
	binding->closure = closure;
	binding->cost = template->cost;
	template->live++;
	return binding;
}

/* Nothing runs it any more. Process context, without spin_mutex. */
void spin_binding_guard_put(struct spin_binding *binding)
{
	struct spin_template *template = binding->template;

	spin_quota_uncharge(binding->ext, SPIN_QUOTA_BINDINGS, 1);
	spin_binding_put(binding);
	template_let_go(template);
}

/* ---- the event's own handler ---- */

static unsigned int intrinsic_run(const void *args)
{
	struct spin_ctx *ctx = (void *)*(const unsigned long *)args;
	struct spin_raise *raise = spin_raise_of(ctx);

	return raise->event->ops->intrinsic(raise);
}

int spin_intrinsic_install(struct spin_event *event)
{
	struct spin_binding *binding = binding_new(event, NULL);
	int err;

	lockdep_assert_held(&spin_mutex);
	if (IS_ERR(binding))
		return PTR_ERR(binding);
	binding->handler = intrinsic_run;
	binding->point = &event->point;
	binding->id = ++last_binding_id;
	err = xa_reserve(&spin_bindings, binding->id, GFP_KERNEL);
	if (err)
		goto err_binding;
	spin_point_insert_original(&event->point, binding);
	err = plan(binding);
	if (err)
		goto err_placed;
	xa_store(&spin_bindings, binding->id, binding, 0);	/* reserved */
	event->point.intrinsic = binding;
	return 0;

err_placed:
	spin_point_delete(&event->point, binding);
	xa_release(&spin_bindings, binding->id);
err_binding:
	spin_binding_put(binding);
	return err;
}

int spin_intrinsic_remove(struct spin_event *event)
{
	struct spin_binding *binding;

	mutex_lock(&spin_mutex);
	binding = event->point.intrinsic;
	if (binding) {
		/* From now on a raise is not the call of the original. */
		spin_plan_hold_handled(event, true);
		event->point.intrinsic = NULL;
		unplan(binding);
		spin_point_delete(&event->point, binding);
		xa_erase(&spin_bindings, binding->id);
	}
	mutex_unlock(&spin_mutex);
	if (!binding)
		return -ENOENT;
	spin_point_synchronize(&event->point);
	if (event->point.srcu)	/* kernel functions look ids up under RCU */
		synchronize_rcu();
	spin_binding_put(binding);
	return 0;
}

/* ---- what services see ---- */

struct spin_extension *spin_binding_extension(const struct spin_binding *binding)
{
	return binding->ext;
}
EXPORT_SYMBOL_GPL(spin_binding_extension);

struct spin_event *spin_binding_event(const struct spin_binding *binding)
{
	return binding->event;
}
EXPORT_SYMBOL_GPL(spin_binding_event);

struct spin_point *spin_binding_point(const struct spin_binding *binding)
{
	return binding->point;
}
EXPORT_SYMBOL_GPL(spin_binding_point);

void *spin_binding_value(const struct spin_binding *binding)
{
	return binding->template ? spin_template_value(binding->template) : NULL;
}
EXPORT_SYMBOL_GPL(spin_binding_value);

u64 spin_binding_closure(const struct spin_binding *binding)
{
	return binding->closure;
}
EXPORT_SYMBOL_GPL(spin_binding_closure);

/* As it was said when the binding was made. */
void spin_binding_match(const struct spin_binding *binding,
			struct spin_match *match)
{
	u32 i;

	*match = (struct spin_match){ .fields = binding->fields };
	for (i = 0; i < SPIN_KEYS_MAX; i++)
		spin_binding_key(binding, BIT(i), &match->value[i]);
}

/**
 * spin_binding_key - the value that a binding's match wants in a key field
 * @binding: the binding
 * @field: bit of the field, as in struct spin_match
 * @value: set to it
 *
 * Any context. Returns whether it has a match that names the field.
 */
bool spin_binding_key(const struct spin_binding *binding, u32 field, u64 *value)
{
	if (!(binding->fields & field))
		return false;
	*value = spin_binding_keys(binding)[hweight32(binding->fields &
						      (field - 1))];
	return true;
}
EXPORT_SYMBOL_GPL(spin_binding_key);

u32 spin_binding_period_us(const struct spin_binding *binding)
{
	return spin_template_value(binding->template)->period_us;
}
EXPORT_SYMBOL_GPL(spin_binding_period_us);

u64 spin_binding_id(const struct spin_binding *binding)
{
	return binding->id;
}
EXPORT_SYMBOL_GPL(spin_binding_id);

void *spin_binding_data(const struct spin_binding *binding)
{
	return binding->data;
}
EXPORT_SYMBOL_GPL(spin_binding_data);

void spin_binding_set_data(struct spin_binding *binding, void *data)
{
	binding->data = data;
}
EXPORT_SYMBOL_GPL(spin_binding_set_data);

bool spin_binding_active(const struct spin_binding *binding)
{
	/* Pairs with spin_epoch_advance(). */
	u64 epoch = smp_load_acquire(&spin_epoch);

	return READ_ONCE(binding->enabled) && !READ_ONCE(binding->unserved) &&
	       !READ_ONCE(binding->unlinked) &&
	       !(binding->ext && READ_ONCE(binding->ext->throttled)) &&
	       (!binding->ext || spin_set_contains(&binding->ext->set, epoch));
}
EXPORT_SYMBOL_GPL(spin_binding_active);
