// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Pages of the kernel's ring buffer, as trace_pipe_raw gives them. Their layout
 * is part of the kernel's interface (tracefs: events/header_page and
 * events/header_event): a time, the length of what follows, and events, each
 * with a word of 5 bits of type or length and 27 bits of time since the last.
 */
#include <string.h>

#include "spinctl.h"

#define PAGE_HEADER	16
#define COMMIT_MASK	((1U << 27) - 1)
#define MISSED		(1U << 31)	/* events before these were lost */
#define MISSED_STORED	(1U << 30)	/* how many is behind the last event */

enum {
	TYPE_LONG	= 0,	/* the length is in the next word */
	TYPE_DATA_MAX	= 28,	/* till here: the length in words */
	TYPE_PADDING	= 29,
	TYPE_EXTEND	= 30,	/* more bits of time since the last */
	TYPE_STAMP	= 31,	/* the time itself, but for its highest bits */
};

#define DELTA_BITS	27
#define STAMP_BITS	(32 + DELTA_BITS)

struct entry {
	unsigned int type;
	__u32 delta;
	__u32 word;		/* the next one */
	const char *data;	/* NULL: no event */
	size_t data_size;
	size_t size;		/* of all of it; 0: the page ends here */
};

static __u32 word_at(const char *at)
{
	__u32 word;

	memcpy(&word, at, sizeof(word));
	return word;
}

static void read_entry(const char *at, size_t left, struct entry *entry)
{
	__u32 header = word_at(at);

	memset(entry, 0, sizeof(*entry));
	entry->type = header & 31;
	entry->delta = header >> 5;
	if (entry->type > TYPE_LONG && entry->type <= TYPE_DATA_MAX) {
		entry->data = at + 4;
		entry->data_size = entry->type * 4;
		entry->size = entry->data_size + 4;
		return;
	}
	if (left < 8)
		return;
	entry->word = word_at(at + 4);
	switch (entry->type) {
	case TYPE_LONG:
		if (entry->word < 4)
			return;
		entry->data = at + 8;
		entry->data_size = entry->word - 4;
		entry->size = (size_t)entry->word + 4;
		break;
	case TYPE_PADDING:
		if (entry->delta)
			entry->size = (size_t)entry->word + 4;
		break;
	default:
		entry->size = 8;
	}
}

static __u64 next_time(__u64 time, const struct entry *entry)
{
	const __u64 low = (1ULL << STAMP_BITS) - 1;

	switch (entry->type) {
	case TYPE_EXTEND:
		return time + ((__u64)entry->word << DELTA_BITS) + entry->delta;
	case TYPE_STAMP:
		return (time & ~low) |
		       ((__u64)entry->word << DELTA_BITS) | entry->delta;
	default:
		return time + entry->delta;
	}
}

static size_t lost(const char *page, size_t size, __u32 commit)
{
	__u64 count = 0;
	size_t at = PAGE_HEADER + (commit & COMMIT_MASK);

	if (!(commit & MISSED))
		return 0;
	if (commit & MISSED_STORED && at + sizeof(count) <= size)
		memcpy(&count, page + at, sizeof(count));
	return count ? count : 1;
}

/**
 * ring_page - hand on the events of a page
 * @page: as it was read
 * @size: its size
 * @fn: called with each event: its time and what it holds
 * @arg: its first argument
 *
 * Return: how many events were lost before these; at least so many.
 */
size_t ring_page(const void *page, size_t size, ring_fn fn, void *arg)
{
	const char *at = (const char *)page + PAGE_HEADER;
	struct entry entry;
	__u64 time;
	__u32 commit;
	size_t left;

	if (size < PAGE_HEADER)
		return 0;
	memcpy(&time, page, sizeof(time));
	commit = word_at((const char *)page + 8);
	left = commit & COMMIT_MASK;
	if (left > size - PAGE_HEADER)
		left = size - PAGE_HEADER;
	while (left >= 4) {
		read_entry(at, left, &entry);
		if (!entry.size || entry.size > left)
			break;
		time = next_time(time, &entry);
		if (entry.data)
			fn(arg, time, entry.data, entry.data_size);
		at += entry.size;
		left -= entry.size;
	}
	return lost(page, size, commit);
}
