// SPDX-License-Identifier: GPL-2.0
/*
 * Sequences: steps in order, in chunks. One more or one less makes a new chunk
 * and a new list of chunks; the other chunks are shared with the sequence
 * before, so that a change costs about the same whether there are a hundred
 * steps or ten thousand.
 */
#include <linux/slab.h>
#include "plan_edit.h"

/* ---- edits ---- */

/*
 * What a part is to an edit is noted in the function of its rcu_head, which is
 * not in use yet: made by it, or made by it and replaced again.
 */
static void is_fresh(struct rcu_head *head)
{
}

static void is_dead(struct rcu_head *head)
{
}

/*
 * Parts of a sleepable event that were replaced together, until no raise can be
 * using them any more. How long that takes, the handlers say that run: what they
 * keep is charged to the extension that made the change.
 */
struct retired {
	struct rcu_head rcu;
	struct callback_head *parts;
	struct spin_extension *ext;
	u64 bytes;
};

#define RETIRED_MAX	256	/* parts freed at a time, with softirqs off */

/* What a part takes counts only where handlers that sleep may keep it. */
static u32 bytes_of(const struct edit *edit, size_t size)
{
	if (!edit->srcu)
		return 0;
	return size > KMALLOC_MAX_CACHE_SIZE ? PAGE_ALIGN(size) :
					       kmalloc_size_roundup(size);
}

/* Memory for a part, zeroed; NULL. */
void *spin_edit_new(struct edit *edit, size_t size)
{
	struct spin_piece *piece = kvzalloc(size, GFP_KERNEL_ACCOUNT);

	if (piece) {
		piece->bytes = bytes_of(edit, size);
		piece->rcu.func = is_fresh;
		piece->rcu.next = edit->fresh;
		edit->fresh = &piece->rcu;
	}
	return piece;
}

/* A part is not to be seen any more when the edit has ended. */
void spin_edit_replace(struct edit *edit, struct spin_piece *piece)
{
	if (piece->rcu.func == is_fresh) {
		piece->rcu.func = is_dead;
	} else {
		piece->rcu.next = edit->old;
		edit->old = &piece->rcu;
		edit->bytes += piece->bytes;
	}
}

/**
 * spin_edit_charge - may it replace what it is about to?
 * @edit: with all that it will replace
 * @event: whose plan it changes
 *
 * Before anything of it is published. Returns 0; -EDQUOT with the reason in the
 * verdict.
 */
int spin_edit_charge(struct edit *edit, struct spin_event *event)
{
	u64 more = edit->bytes - edit->charged;
	int err = 0;

	if (!edit->srcu || !edit->ext || !more)
		return 0;
	if (edit->forced)
		spin_quota_force(edit->ext, SPIN_QUOTA_MEMORY, more);
	else
		err = spin_quota_charge(edit->ext, SPIN_QUOTA_MEMORY, more);
	if (err)
		spin_extension_refuse(edit->ext, "extension '%s' may have %llu bytes of kernel memory, and handlers of event %s that have not returned keep what its changes replaced: wait for them, or see spinctl domain limit %s memory=N",
				      edit->ext->name,
				      edit->ext->quota.limit[SPIN_QUOTA_MEMORY],
				      event->name, edit->ext->name);
	else
		edit->charged = edit->bytes;
	return err;
}

void spin_edit_abort(struct edit *edit)
{
	struct callback_head *head, *next;

	if (edit->charged)
		spin_quota_uncharge(edit->ext, SPIN_QUOTA_MEMORY, edit->charged);

	for (head = edit->fresh; head; head = next) {
		next = head->next;
		kvfree(container_of(head, struct spin_piece, rcu));
	}
	edit->fresh = NULL;
	edit->old = NULL;
}

static void end_fresh(struct callback_head *head)
{
	struct callback_head *next;

	for (; head; head = next) {
		next = head->next;
		if (head->func == is_dead)
			kvfree(container_of(head, struct spin_piece, rcu));
		else
			head->func = NULL;
	}
}

static void retired_free(struct rcu_head *head)
{
	struct retired *retired = container_of(head, struct retired, rcu);
	struct callback_head *part, *next;

	for (part = retired->parts; part; part = next) {
		next = part->next;
		kvfree(container_of(part, struct spin_piece, rcu));
	}
	if (retired->ext) {
		spin_quota_uncharge(retired->ext, SPIN_QUOTA_MEMORY,
				    retired->bytes);
		spin_extension_put(retired->ext);
	}
	kfree(retired);
}

/* Some of the old parts, to be freed together; returns the rest. */
static struct callback_head *retire(struct edit *edit, struct callback_head *head)
{
	struct callback_head *next;
	struct retired *retired;
	u32 i;

	/* The old parts are not in the plan any more: it is too late to fail. */
	retired = kzalloc(sizeof(*retired), GFP_KERNEL | __GFP_NOFAIL);
	for (i = 0; head && i < RETIRED_MAX; i++, head = next) {
		next = head->next;
		head->next = retired->parts;
		retired->parts = head;
		retired->bytes += container_of(head, struct spin_piece,
					       rcu)->bytes;
	}
	if (edit->ext) {
		spin_extension_get(edit->ext);
		retired->ext = edit->ext;
	}
	call_srcu(edit->srcu, &retired->rcu, retired_free);
	return head;
}

/* The new parts have been published; what they replace has been charged for. */
void spin_edit_end(struct edit *edit)
{
	struct callback_head *head = edit->old;

	WARN_ON_ONCE(edit->srcu && edit->ext && edit->charged != edit->bytes);
	while (head) {
		struct spin_piece *piece = container_of(head, struct spin_piece,
							rcu);

		if (edit->srcu) {
			head = retire(edit, head);
			cond_resched();
			continue;
		}
		head = head->next;
		kvfree_rcu(piece, rcu);
	}
	end_fresh(edit->fresh);
	edit->fresh = NULL;
	edit->old = NULL;
}

/* ---- chunks ---- */

static struct spin_chunk *chunk_new(struct edit *edit, u32 count)
{
	struct spin_chunk *chunk;

	chunk = spin_edit_new(edit, struct_size(chunk, items, count));
	if (chunk)
		chunk->count = count;
	return chunk;
}

static struct spin_item item_of(struct spin_binding *binding)
{
	bool lean = binding->guard && !binding->steps && binding->template &&
		    binding->template->lean;

	return (struct spin_item){
		.guard = lean ? binding->guard : NULL,
		.stats = binding->stats,
		.binding = binding,
		.rank = binding->rank,
	};
}

/* Items [@from, @to) of @old, with @binding put in before item @at. */
static struct spin_chunk *chunk_with(struct edit *edit,
				     const struct spin_chunk *old, u32 from,
				     u32 to, u32 at,
				     struct spin_binding *binding)
{
	bool here = binding && at >= from && at <= to;
	struct spin_chunk *chunk = chunk_new(edit, to - from + here);
	u32 before = here ? at - from : to - from;

	if (!chunk)
		return NULL;
	memcpy(chunk->items, &old->items[from], before * sizeof(*old->items));
	if (here) {
		chunk->items[before] = item_of(binding);
		memcpy(&chunk->items[before + 1], &old->items[at],
		       (to - at) * sizeof(*old->items));
	}
	return chunk;
}

/* ---- sequences ---- */

static struct spin_sequence *sequence_new(struct edit *edit, u32 count,
					  u32 chunk_count)
{
	struct spin_sequence *sequence;
	size_t size = struct_size(sequence, chunks, chunk_count);

	sequence = spin_edit_new(edit, max(size, sizeof(*sequence)));
	if (sequence) {
		sequence->count = count;
		sequence->chunk_count = chunk_count;
	}
	return sequence;
}

/* The last chunk that begins at or below @rank, or the first. */
static u32 find_chunk(const struct spin_sequence *sequence, u64 rank)
{
	u32 low = 0, high = sequence->chunk_count;

	while (high - low > 1) {
		u32 middle = low + (high - low) / 2;

		if (sequence->chunks[middle]->items[0].rank <= rank)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The first item of a chunk that is above @rank, or its count. */
static u32 find_above(const struct spin_chunk *chunk, u64 rank)
{
	u32 low = 0, high = chunk->count;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (chunk->items[middle].rank <= rank)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A copy in which chunk @at gives way to @count chunks. */
static struct spin_sequence *
sequence_splice(struct edit *edit, const struct spin_sequence *old, u32 at,
		struct spin_chunk *const *chunks, u32 count, int steps)
{
	struct spin_sequence *sequence;
	u32 i;

	sequence = sequence_new(edit, old->count + steps,
				old->chunk_count - 1 + count);
	if (!sequence)
		return NULL;
	memcpy(sequence->chunks, old->chunks, at * sizeof(*old->chunks));
	for (i = 0; i < count; i++)
		sequence->chunks[at + i] = chunks[i];
	memcpy(&sequence->chunks[at + count], &old->chunks[at + 1],
	       (old->chunk_count - at - 1) * sizeof(*old->chunks));
	return sequence;
}

static struct spin_sequence *sequence_of_one(struct edit *edit,
					     struct spin_binding *binding)
{
	struct spin_sequence *sequence = sequence_new(edit, 1, 0);

	if (sequence)
		sequence->single = item_of(binding);
	return sequence;
}

/* A single step gets company. */
static struct spin_sequence *sequence_of_two(struct edit *edit,
					     const struct spin_sequence *old,
					     struct spin_binding *binding)
{
	struct spin_sequence *sequence = sequence_new(edit, 2, 1);
	struct spin_chunk *chunk = chunk_new(edit, 2);
	u32 after = old->single.rank <= binding->rank;

	if (!sequence || !chunk)
		return NULL;
	chunk->items[!after] = old->single;
	chunk->items[after] = item_of(binding);
	sequence->chunks[0] = chunk;
	spin_edit_replace(edit, (struct spin_piece *)&old->piece);
	return sequence;
}

/* The same with one more step, where its rank says; NULL: no memory. */
static struct spin_sequence *insert_one(struct edit *edit,
					const struct spin_sequence *old,
					struct spin_binding *binding)
{
	struct spin_chunk *chunk, *chunks[2];
	struct spin_sequence *sequence;
	u32 at, pos, cut, count = 1;

	if (!old)
		return sequence_of_one(edit, binding);
	if (!old->chunk_count)
		return sequence_of_two(edit, old, binding);
	at = find_chunk(old, binding->rank);
	chunk = old->chunks[at];
	pos = find_above(chunk, binding->rank);
	/* A full one is cut in two; behind the end of the last, a new one begins. */
	if (chunk->count < SPIN_CHUNK_MAX) {
		chunks[0] = chunk_with(edit, chunk, 0, chunk->count, pos, binding);
	} else {
		cut = pos == chunk->count ? pos : chunk->count / 2;
		count = 2;
		chunks[0] = chunk_with(edit, chunk, 0, cut,
				       pos < cut ? pos : U32_MAX, binding);
		chunks[1] = chunk_with(edit, chunk, cut, chunk->count,
				       pos < cut ? U32_MAX : pos, binding);
	}
	if (!chunks[0] || !chunks[count - 1])
		return NULL;
	sequence = sequence_splice(edit, old, at, chunks, count, 1);
	if (!sequence)
		return NULL;
	spin_edit_replace(edit, &chunk->piece);
	spin_edit_replace(edit, (struct spin_piece *)&old->piece);
	return sequence;
}

/* Where a binding is: its chunk, and the item in it; false: nowhere. */
static bool find_in_chunks(const struct spin_sequence *sequence,
			   const struct spin_binding *binding, u32 *at, u32 *pos)
{
	u32 c, i;

	/* By its rank, unless that has changed since. */
	c = find_chunk(sequence, binding->rank);
	for (i = 0; i < sequence->chunks[c]->count; i++)
		if (sequence->chunks[c]->items[i].binding == binding)
			goto found;
	for (c = 0; c < sequence->chunk_count; c++)
		for (i = 0; i < sequence->chunks[c]->count; i++)
			if (sequence->chunks[c]->items[i].binding == binding)
				goto found;
	return false;
found:
	*at = c;
	*pos = i;
	return true;
}

/* The item of a binding, or NULL. */
static struct spin_item *find_item(const struct spin_sequence *sequence,
				   const struct spin_binding *binding)
{
	u32 at, pos;

	if (!sequence)
		return NULL;
	if (!sequence->chunk_count)
		return sequence->single.binding == binding ?
		       (struct spin_item *)&sequence->single : NULL;
	return find_in_chunks(sequence, binding, &at, &pos) ?
	       &sequence->chunks[at]->items[pos] : NULL;
}

static struct spin_chunk *chunk_without(struct edit *edit,
					const struct spin_chunk *old, u32 pos)
{
	struct spin_chunk *chunk = chunk_new(edit, old->count - 1);

	if (!chunk)
		return NULL;
	memcpy(chunk->items, old->items, pos * sizeof(*old->items));
	memcpy(&chunk->items[pos], &old->items[pos + 1],
	       (old->count - pos - 1) * sizeof(*old->items));
	return chunk;
}

/* The same with one step less; NULL if nothing is left; ERR_PTR(-ENOMEM). */
static struct spin_sequence *remove_one(struct edit *edit,
					const struct spin_sequence *old,
					const struct spin_binding *binding)
{
	struct spin_sequence *sequence = NULL;
	struct spin_chunk *chunk, *less;
	u32 at, pos;

	if (WARN_ON_ONCE(!find_item(old, binding)))
		return ERR_PTR(-ENOENT);
	if (!old->chunk_count) {
		spin_edit_replace(edit, (struct spin_piece *)&old->piece);
		return NULL;
	}
	find_in_chunks(old, binding, &at, &pos);
	chunk = old->chunks[at];
	if (old->count > 1) {
		u32 keep = chunk->count > 1;

		less = keep ? chunk_without(edit, chunk, pos) : NULL;
		if (keep && !less)
			return ERR_PTR(-ENOMEM);
		sequence = sequence_splice(edit, old, at, &less, keep, -1);
		if (!sequence)
			return ERR_PTR(-ENOMEM);
	}
	spin_edit_replace(edit, &chunk->piece);
	spin_edit_replace(edit, (struct spin_piece *)&old->piece);
	return sequence;
}

static struct spin_sequence *sequence_cut(struct edit *edit,
					  struct spin_chunk **chunks, u32 count,
					  u32 chunk_count)
{
	struct spin_sequence *sequence = sequence_new(edit, count, chunk_count);

	if (sequence)
		memcpy(sequence->chunks, chunks, chunk_count * sizeof(*chunks));
	return sequence;
}

/* A sequence of many steps at once, by rank; NULL: no memory. */
static struct spin_sequence *build(struct edit *edit,
				   struct spin_binding *const *bindings,
				   u32 count)
{
	u32 chunk_count = DIV_ROUND_UP(count, SPIN_CHUNK_MAX);
	struct spin_sequence *sequence = NULL;
	struct spin_chunk **chunks;
	u32 c, i;

	if (count == 1)
		return sequence_of_one(edit, bindings[0]);
	chunks = kvcalloc(chunk_count, sizeof(*chunks), GFP_KERNEL);
	if (!chunks)
		return NULL;
	for (c = 0; c < chunk_count; c++) {
		u32 first = c * SPIN_CHUNK_MAX;

		chunks[c] = chunk_new(edit, min_t(u32, count - first,
						  SPIN_CHUNK_MAX));
		if (!chunks[c])
			goto out;
		for (i = 0; i < chunks[c]->count; i++)
			chunks[c]->items[i] = item_of(bindings[first + i]);
	}
	sequence = sequence_cut(edit, chunks, count, chunk_count);
out:
	kvfree(chunks);
	return sequence;
}

void spin_sequence_retire(struct edit *edit, const struct spin_sequence *old)
{
	u32 c;

	if (!old)
		return;
	for (c = 0; c < old->chunk_count; c++)
		spin_edit_replace(edit, &old->chunks[c]->piece);
	spin_edit_replace(edit, (struct spin_piece *)&old->piece);
}

static struct spin_binding *binding_at(const struct spin_sequence *sequence,
				       u32 chunk, u32 pos)
{
	return sequence->chunk_count ?
	       sequence->chunks[chunk]->items[pos].binding :
	       sequence->single.binding;
}

/* Is it one of these, and to be put in? */
static bool is_coming(const struct spin_binding *binding,
		      const struct list_head *more)
{
	return !list_entry_is_head(binding, more, change_node) &&
	       binding->planned;
}

/*
 * The bindings of @old that are still planned, and those of @more that are, by
 * rank; the array is large enough. Returns their number.
 */
static u32 merge(const struct spin_sequence *old, const struct list_head *more,
		 struct spin_binding **to)
{
	struct spin_binding *next = list_first_entry(more, struct spin_binding,
						     change_node);
	u32 chunks = old ? max(old->chunk_count, 1U) : 0;
	u32 c, pos, n = 0;

	for (c = 0; c < chunks; c++) {
		u32 items = old->chunk_count ? old->chunks[c]->count : 1;

		for (pos = 0; pos < items; pos++) {
			struct spin_binding *binding = binding_at(old, c, pos);

			if (!binding->planned)
				continue;
			for (; is_coming(next, more) && next->rank < binding->rank;
			     next = list_next_entry(next, change_node))
				to[n++] = next;
			to[n++] = binding;
		}
		cond_resched();
	}
	for (; is_coming(next, more);
	     next = list_next_entry(next, change_node))
		to[n++] = next;
	return n;
}

static struct spin_sequence *change_many(struct edit *edit,
					 struct spin_sequence *old,
					 const struct list_head *bindings,
					 u32 count)
{
	struct spin_sequence *sequence = NULL;
	struct spin_binding **array;
	u32 n;

	array = kvmalloc_array((old ? old->count : 0) + count, sizeof(*array),
			       GFP_KERNEL);
	if (!array)
		return ERR_PTR(-ENOMEM);
	n = merge(old, bindings, array);
	if (n) {
		sequence = build(edit, array, n);
		if (!sequence)
			sequence = ERR_PTR(-ENOMEM);
	}
	kvfree(array);
	if (!IS_ERR(sequence))
		spin_sequence_retire(edit, old);
	return sequence;
}

/* Where fewer change, what they share with the old sequence is worth more. */
#define STEPS_PER_CHANGE	256

/**
 * spin_sequence_change - the same sequence with some steps more, or less
 * @edit: the change
 * @old: the sequence, whose steps have the ranks of their bindings; NULL: empty
 * @bindings: by rank, at least one; they are planned already: to be put in; or not
 *	any more: to be taken out
 *
 * Returns the new sequence; NULL if nothing is left; ERR_PTR(-ENOMEM): the caller
 * aborts the edit.
 */
struct spin_sequence *
spin_sequence_change(struct edit *edit, struct spin_sequence *old,
		     const struct list_head *bindings)
{
	u32 count = list_count_nodes((struct list_head *)bindings);
	struct spin_binding *binding;

	if (count > 1 && (!old || old->count / STEPS_PER_CHANGE < count))
		return change_many(edit, old, bindings, count);
	list_for_each_entry(binding, bindings, change_node) {
		if (binding->planned)
			old = insert_one(edit, old, binding) ?:
			      ERR_PTR(-ENOMEM);
		else
			old = remove_one(edit, old, binding);
		if (IS_ERR(old))
			break;
	}
	return old;
}

/*
 * Without memory for a sequence without the binding, the old one stays, but the
 * step gets a binding that never runs. A raise sees the one or the other, and
 * runs the guard of the one or none.
 */
void spin_sequence_blank(const struct spin_sequence *sequence,
			 const struct spin_binding *binding)
{
	struct spin_item *item = find_item(sequence, binding);

	if (!item)
		return;
	WRITE_ONCE(item->guard, NULL);
	WRITE_ONCE(item->stats, spin_binding_none.stats);
	WRITE_ONCE(item->binding, &spin_binding_none);
}

/* The step has become more than a lean guard and a handler. */
void spin_sequence_not_lean(const struct spin_sequence *sequence,
			    const struct spin_binding *binding)
{
	struct spin_item *item = find_item(sequence, binding);

	if (item)
		WRITE_ONCE(item->guard, NULL);
}

bool spin_sequence_sparse(const struct spin_sequence *sequence)
{
	return sequence && sequence->chunk_count >
			   4 + 4 * (sequence->count / SPIN_CHUNK_MAX);
}
