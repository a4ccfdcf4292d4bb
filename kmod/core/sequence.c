// SPDX-License-Identifier: GPL-2.0
/*
 * Sequences: steps in order, in chunks. One more or one less makes a new chunk
 * and a new list of chunks; the other chunks are shared with the sequence
 * before, so that a change costs about the same whether there are a hundred
 * steps or ten thousand.
 */
#include <linux/slab.h>
#include "piece.h"

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

/* Memory for a part, zeroed; NULL. */
void *spin_edit_new(struct edit *edit, size_t size)
{
	struct spin_piece *piece = kvzalloc(size, GFP_KERNEL_ACCOUNT);

	if (piece) {
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
	}
}

void spin_edit_abort(struct edit *edit)
{
	struct callback_head *head, *next;

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

static void free_srcu(struct rcu_head *head)
{
	kvfree(container_of(head, struct spin_piece, rcu));
}

/* The new parts have been published. */
void spin_edit_end(struct edit *edit)
{
	struct callback_head *head, *next;

	for (head = edit->old; head; head = next) {
		struct spin_piece *piece = container_of(head, struct spin_piece,
							rcu);

		next = head->next;
		if (edit->srcu)
			call_srcu(edit->srcu, &piece->rcu, free_srcu);
		else
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

/**
 * spin_sequence_insert - the same sequence with one more step
 * @edit: the change
 * @old: the sequence; NULL: an empty one
 * @binding: goes where its rank says
 *
 * Returns the new sequence, or NULL: no memory; the caller aborts the edit.
 */
struct spin_sequence *spin_sequence_insert(struct edit *edit,
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

/**
 * spin_sequence_remove - the same sequence with one step less
 * @edit: the change
 * @old: the sequence
 * @binding: which
 *
 * Returns the new sequence; NULL if nothing is left; ERR_PTR(-ENOMEM).
 */
struct spin_sequence *spin_sequence_remove(struct edit *edit,
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

/**
 * spin_sequence_build - a sequence of many steps at once
 * @edit: the change
 * @bindings: by rank
 * @count: how many
 *
 * Returns it, or NULL: no memory.
 */
struct spin_sequence *spin_sequence_build(struct edit *edit,
					  struct spin_binding *const *bindings,
					  u32 count)
{
	u32 chunk_count = DIV_ROUND_UP(count, SPIN_CHUNK_MAX);
	struct spin_sequence *sequence = NULL;
	struct spin_chunk **chunks;
	u32 c, i;

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
