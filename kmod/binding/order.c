// SPDX-License-Identifier: GPL-2.0
/*
 * The place of a binding among the others on its point: what its order names,
 * whether it may be there, and where it goes if others name it.
 */
#include "../dispatch/point.h"
#include "../extension/lookup.h"
#include "life.h"

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
int spin_binding_place_check(struct spin_binding *binding, u64 relative_id,
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

void spin_binding_place(struct spin_binding *binding,
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
