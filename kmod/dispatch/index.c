// SPDX-License-Identifier: GPL-2.0
/*
 * Indexes: the bindings of one kind of key, found by hash. A kind is a set of key
 * fields; an index and its bindings have their values in the same order. The bindings
 * with one value in these fields are a sequence. A raise looks up the values of its own
 * context.
 */
#include <linux/random.h>
#include "plan_edit.h"

static __always_inline u32 slot_of(const struct spin_index *index,
				   const u64 *value)
{
	u64 hash = 0;
	u32 i;

	for (i = 0; i < index->field_count; i++)
		hash += value[i] * index->field[i].factor;
	return spin_index_slot(index, hash);
}

static __always_inline bool same_key(const struct spin_index *index,
				     const struct spin_entry *entry,
				     const u64 *value)
{
	u32 i;

	for (i = 0; i < index->field_count; i++)
		if (entry->value[i] != value[i])
			return false;
	return true;
}

/**
 * spin_index_find - the bindings that a context's keys lead to
 * @index: of one kind of key
 * @ctx: the context
 *
 * In a raise. Returns their sequence, or NULL.
 */
const struct spin_sequence *spin_index_find(const struct spin_index *index,
					    const void *ctx)
{
	const struct spin_entry *entry;
	u64 value[SPIN_KEYS_MAX];
	u32 i;

	for (i = 0; i < index->field_count; i++)
		value[i] = spin_key_value(ctx, index->field[i].offset,
					  index->field[i].size);
	/* Held by the raise: RCU, of the kind of its event. */
	entry = rcu_dereference_raw(index->slots[slot_of(index, value)]);
	for (; entry; entry = rcu_dereference_raw(entry->next))
		if (likely(same_key(index, entry, value)))
			return rcu_dereference_raw(entry->sequence);
	return NULL;
}

static struct spin_entry *find_entry(const struct spin_index *index,
				     const u64 *value,
				     struct spin_entry __rcu ***link)
{
	struct spin_entry __rcu **at =
		(struct spin_entry __rcu **)&index->slots[slot_of(index, value)];
	struct spin_entry *entry;

	for (;;) {
		entry = rcu_dereference_protected(*at,
						  lockdep_is_held(&spin_mutex));
		if (!entry || same_key(index, entry, value))
			break;
		at = &entry->next;
	}
	if (link)
		*link = at;
	return entry;
}

static struct spin_sequence *entry_sequence(const struct spin_entry *entry)
{
	return rcu_dereference_protected(entry->sequence,
					 lockdep_is_held(&spin_mutex));
}

struct spin_index *spin_index_new(struct edit *edit, struct spin_event *event,
				  u32 fields, u32 bits)
{
	struct spin_index_field *field;
	struct spin_index *index;
	u32 i;

	index = spin_edit_new(edit, struct_size(index, slots, 1UL << bits));
	if (!index)
		return NULL;
	index->fields = fields;
	index->bits = bits;
	index->slot_count = BIT(bits);
	for (i = 0; i < SPIN_KEYS_MAX; i++) {
		if (!(fields & BIT(i)))
			continue;
		field = &index->field[index->field_count++];
		field->factor = get_random_u64() | 1;
		field->offset = event->keys[i].offset;
		field->size = event->keys[i].size;
	}
	return index;
}

static struct spin_entry *entry_new(struct edit *edit,
				    const struct spin_index *index,
				    const u64 *value)
{
	struct spin_entry *entry;

	entry = spin_edit_new(edit, struct_size(entry, value,
						index->field_count));
	if (entry)
		memcpy(entry->value, value,
		       index->field_count * sizeof(*value));
	return entry;
}

static void entry_link(struct spin_index *index, struct spin_entry *entry)
{
	u32 slot = slot_of(index, entry->value);

	RCU_INIT_POINTER(entry->next,
			 rcu_dereference_protected(index->slots[slot],
						   lockdep_is_held(&spin_mutex)));
	rcu_assign_pointer(index->slots[slot], entry);
	index->entry_count++;
}

/**
 * spin_index_change - bindings with one key are to come, or to go
 * @edit: the change
 * @index: of the bindings' kind of key
 * @bindings: of one key, by rank, at least one; planned: to be put in, else to be
 *	taken out
 *
 * Nothing of it can be seen before spin_index_publish(). Once for each key in an
 * edit. Returns 0 or -ENOMEM.
 */
int spin_index_change(struct edit *edit, struct spin_index *index,
		      const struct list_head *bindings)
{
	struct spin_binding *binding = list_first_entry(bindings,
							struct spin_binding,
							change_node);
	const u64 *value = spin_binding_keys(binding);
	bool more = binding->planned;
	struct spin_sequence *sequence;
	struct spin_entry *entry;
	u64 cost = 0;

	list_for_each_entry(binding, bindings, change_node)
		cost += spin_step_cost(binding);
	entry = find_entry(index, value, NULL);
	if (!entry) {
		if (WARN_ON_ONCE(!more))
			return 0;
		entry = entry_new(edit, index, value);
		if (!entry)
			return -ENOMEM;
	}
	sequence = spin_sequence_change(edit, entry_sequence(entry), bindings);
	if (IS_ERR(sequence))
		return PTR_ERR(sequence);
	entry->coming = sequence;
	/* Too much for it is too much for any plan. */
	entry->coming_cost = more ?
			     min_t(u64, entry->cost + cost, U32_MAX) :
			     entry->cost - cost;
	entry->changed = index->changed;
	index->changed = entry;
	if (!sequence)
		spin_edit_replace(edit, &entry->piece);
	return 0;
}

static void entry_unlink(struct spin_index *index, struct spin_entry *entry)
{
	struct spin_entry __rcu **link;

	if (WARN_ON_ONCE(find_entry(index, entry->value, &link) != entry))
		return;
	/* A raise that is at the entry goes on from it to the next. */
	rcu_assign_pointer(*link, rcu_dereference_protected(entry->next,
					lockdep_is_held(&spin_mutex)));
	index->entry_count--;
}

/* Shows raises what has changed, one store for each key. */
void spin_index_publish(struct spin_index *index)
{
	struct spin_entry *entry, *next;

	for (entry = index->changed; entry; entry = next) {
		bool is_new = !entry_sequence(entry);

		next = entry->changed;
		if (entry->coming)
			rcu_assign_pointer(entry->sequence, entry->coming);
		if (!entry->coming)
			entry_unlink(index, entry);
		else if (is_new)
			entry_link(index, entry);
		if (entry->coming_cost < entry->cost &&
		    entry->cost == index->cost_max)
			index->cost_loose = true;
		entry->cost = entry->coming_cost;
		index->cost_max = max_t(u64, index->cost_max, entry->cost);
		cond_resched();
	}
	index->changed = NULL;
}

/* The edit is given up; entries made for it are still there. */
void spin_index_forget(struct spin_index *index)
{
	index->changed = NULL;
}

static struct spin_sequence *sequence_of(const struct spin_index *index,
					 const struct spin_binding *binding)
{
	struct spin_entry *entry = find_entry(index, spin_binding_keys(binding),
					       NULL);

	return entry ? entry_sequence(entry) : NULL;
}

void spin_index_blank(const struct spin_index *index,
		      const struct spin_binding *binding)
{
	spin_sequence_blank(sequence_of(index, binding), binding);
}

void spin_index_not_lean(const struct spin_index *index,
			 const struct spin_binding *binding)
{
	spin_sequence_not_lean(sequence_of(index, binding), binding);
}

#define for_each_entry_of(INDEX, SLOT, ENTRY)				\
	for ((SLOT) = 0; (SLOT) < 1UL << (INDEX)->bits; (SLOT)++)	\
		for ((ENTRY) = rcu_dereference_protected((INDEX)->slots[SLOT], \
					lockdep_is_held(&spin_mutex));	\
		     (ENTRY);						\
		     (ENTRY) = rcu_dereference_protected((ENTRY)->next,	\
					lockdep_is_held(&spin_mutex)))

/**
 * spin_index_cost - what a raise may spend on the bindings of its key
 * @index: as it will be when its changes, to which bindings come, are published
 * @exact: look at all keys, if the dearest may be gone; else it may be too much
 */
u64 spin_index_cost(struct spin_index *index, bool exact)
{
	struct spin_entry *entry;
	unsigned long slot;
	u64 cost = 0;

	if (exact && index->cost_loose) {
		for_each_entry_of(index, slot, entry)
			cost = max_t(u64, cost, entry->cost);
		index->cost_max = cost;
		index->cost_loose = false;
	}
	cost = index->cost_max;
	for (entry = index->changed; entry; entry = entry->changed)
		cost = max_t(u64, cost, entry->coming_cost);
	return cost;
}

u32 spin_index_bits(const struct spin_index *index, u32 more)
{
	u32 bits = index->bits;

	while (index->entry_count + (u64)more > (1ULL << bits) + 1)
		bits += 2;
	return bits;
}

/* A copy with 2^@bits slots; it has the sequences of the old one. */
struct spin_index *spin_index_copy(struct edit *edit,
				   const struct spin_index *old,
				   struct spin_event *event, u32 bits)
{
	struct spin_entry *entry, *copy;
	struct spin_index *index;
	unsigned long slot;

	index = spin_index_new(edit, event, old->fields, bits);
	if (!index)
		return NULL;
	index->cost_max = old->cost_max;
	index->cost_loose = old->cost_loose;
	for_each_entry_of(old, slot, entry) {
		copy = entry_new(edit, index, entry->value);
		if (!copy)
			return NULL;
		RCU_INIT_POINTER(copy->sequence, entry_sequence(entry));
		copy->cost = entry->cost;
		entry_link(index, copy);
	}
	for_each_entry_of(old, slot, entry)
		spin_edit_replace(edit, &entry->piece);
	spin_edit_replace(edit, (struct spin_piece *)&old->piece);
	return index;
}

void spin_index_retire(struct edit *edit, struct spin_index *index)
{
	struct spin_entry *entry;
	unsigned long slot;

	for_each_entry_of(index, slot, entry) {
		spin_sequence_retire(edit, entry_sequence(entry));
		spin_edit_replace(edit, &entry->piece);
	}
	spin_edit_replace(edit, &index->piece);
}
