// SPDX-License-Identifier: GPL-2.0
/*
 * Indexes: the bindings of one kind of key, found by hash. A kind is a set of
 * key fields. The bindings with one value in these fields are a sequence; a
 * raise looks up the values of its own context.
 */
#include <linux/random.h>
#include "piece.h"

static __always_inline u32 slot_of(const struct spin_index *index,
				   const u64 *value)
{
	u64 hash = 0;
	u32 i;

	for (i = 0; i < index->field_count; i++)
		hash += value[i] * index->factor[i];
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
		value[i] = spin_key_value(ctx, index->offset[i],
					  index->size[i]);
	/* Held by the raise: RCU, of the kind of its event. */
	entry = rcu_dereference_raw(index->slots[slot_of(index, value)]);
	for (; entry; entry = rcu_dereference_raw(entry->next))
		if (likely(same_key(index, entry, value)))
			return rcu_dereference_raw(entry->sequence);
	return NULL;
}

/* The values of a binding's match, by field of the index. */
static void match_values(const struct spin_index *index,
			 const struct spin_match *match, u64 *value)
{
	u32 field, i = 0;

	for (field = 0; field < SPIN_KEYS_MAX; field++)
		if (index->fields & BIT(field))
			value[i++] = match->value[field];
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
	struct spin_index *index;
	u32 field;

	index = spin_edit_new(edit, struct_size(index, slots, 1UL << bits));
	if (!index)
		return NULL;
	index->fields = fields;
	index->bits = bits;
	index->slot_count = BIT(bits);
	get_random_bytes(index->factor, sizeof(index->factor));
	for (field = 0; field < SPIN_KEYS_MAX; field++) {
		if (!(fields & BIT(field)))
			continue;
		index->factor[index->field_count] |= 1;
		index->offset[index->field_count] = event->keys[field].offset;
		index->size[index->field_count++] = event->keys[field].size;
	}
	return index;
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

/* What a raise with the key of @binding spends on the bindings that are there. */
u64 spin_index_cost(const struct spin_index *index,
		    const struct spin_binding *binding)
{
	u64 value[SPIN_KEYS_MAX] = {};
	const struct spin_entry *entry;

	match_values(index, &binding->match, value);
	entry = find_entry(index, value, NULL);
	return entry ? entry->cost : 0;
}

/**
 * spin_index_insert - one more binding
 * @edit: the change; not to be aborted after success
 * @index: of the binding's kind of key
 * @binding: with a match
 *
 * One store shows it to raises. Returns 0 or -ENOMEM.
 */
int spin_index_insert(struct edit *edit, struct spin_index *index,
		      struct spin_binding *binding)
{
	struct spin_sequence *sequence;
	u64 value[SPIN_KEYS_MAX] = {};
	struct spin_entry *entry;
	bool is_new;

	match_values(index, &binding->match, value);
	entry = find_entry(index, value, NULL);
	is_new = !entry;
	if (is_new)
		entry = spin_edit_new(edit, sizeof(*entry));
	if (!entry)
		return -ENOMEM;
	sequence = spin_sequence_insert(edit, is_new ? NULL :
					entry_sequence(entry), binding);
	if (!sequence)
		return -ENOMEM;
	rcu_assign_pointer(entry->sequence, sequence);
	entry->cost += spin_step_cost(binding);
	index->cost_max = max(index->cost_max, entry->cost);
	if (is_new) {
		memcpy(entry->value, value, sizeof(value));
		entry_link(index, entry);
	}
	return 0;
}

/* The reverse; on failure nothing has changed. */
int spin_index_remove(struct edit *edit, struct spin_index *index,
		      struct spin_binding *binding)
{
	struct spin_entry __rcu **link;
	struct spin_sequence *sequence;
	u64 value[SPIN_KEYS_MAX] = {};
	struct spin_entry *entry;

	match_values(index, &binding->match, value);
	entry = find_entry(index, value, &link);
	if (WARN_ON_ONCE(!entry))
		return 0;
	sequence = spin_sequence_remove(edit, entry_sequence(entry), binding);
	if (IS_ERR(sequence))
		return PTR_ERR(sequence);
	entry->cost -= spin_step_cost(binding);
	if (sequence) {
		rcu_assign_pointer(entry->sequence, sequence);
		return 0;
	}
	/* A raise that is at the entry goes on from it to the next. */
	rcu_assign_pointer(*link, rcu_dereference_protected(entry->next,
					lockdep_is_held(&spin_mutex)));
	index->entry_count--;
	spin_edit_replace(edit, &entry->piece);
	return 0;
}

static struct spin_sequence *sequence_of(const struct spin_index *index,
					 const struct spin_binding *binding)
{
	u64 value[SPIN_KEYS_MAX] = {};
	struct spin_entry *entry;

	match_values(index, &binding->match, value);
	entry = find_entry(index, value, NULL);
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

bool spin_index_crowded(const struct spin_index *index)
{
	return index->entry_count > 1UL << index->bits;
}

/* A copy with four times the slots; it has the sequences of the old one. */
struct spin_index *spin_index_grow(struct edit *edit,
				   const struct spin_index *old,
				   struct spin_event *event)
{
	struct spin_entry *entry, *copy;
	struct spin_index *index;
	unsigned long slot;

	index = spin_index_new(edit, event, old->fields, old->bits + 2);
	if (!index)
		return NULL;
	index->cost_max = old->cost_max;
	for_each_entry_of(old, slot, entry) {
		copy = spin_edit_new(edit, sizeof(*copy));
		if (!copy)
			return NULL;
		RCU_INIT_POINTER(copy->sequence, entry_sequence(entry));
		copy->cost = entry->cost;
		memcpy(copy->value, entry->value, sizeof(copy->value));
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
