// SPDX-License-Identifier: GPL-2.0
/*
 * A pager that does what the range's tag says (tests/translation/vm.c).
 */
#include "extension.h"
#include <spin/bpf/translation.h>
#include "../pager.h"

SPIN_EXTENSION("pager");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Translation);
SPIN_IMPORT(File);
SPIN_CAPABILITY_OPTIONAL(spin_file_t, file);

__u64 raised[PAGER_TAGS];	/* by tag */
__u64 written[PAGER_TAGS];	/* of them, to be written */
__u64 last_address, last_page, last_pages, last_region;
__s64 beyond, far_beyond, at_end, no_file, behind_file, bytes_read, quota;
__u64 waiting;
volatile __u64 go;

static int pattern(struct spin_fault *fault)
{
	__u64 value = PAGER_PATTERN(fault->region, fault->page);

	if (spin_fault_write(fault, 0, &value, sizeof(value)) ||
	    spin_fault_write(fault, 4096 - sizeof(value), &value, sizeof(value)))
		return SPIN_FAULT_PASS;
	return SPIN_FAULT_RESOLVED;
}

/* Wait until somebody touches a page with tag PAGER_GO, or the task is killed. */
static void wait_for_go(void)
{
	int i, j;

	__sync_fetch_and_add(&waiting, 1);
	spin_for(i, 0, 1 << 20) {
		spin_for(j, 0, 1 << 20)
			if (go)
				break;
		if (go)
			break;
	}
	__sync_fetch_and_add(&waiting, -1);
}

static int wrong(struct spin_fault *fault)
{
	__u64 value = 7;

	beyond = spin_fault_write(fault, 4096 - 7, &value, sizeof(value));
	far_beyond = spin_fault_write(fault, -1, &value, sizeof(value));
	at_end = spin_fault_write(fault, 4096 - 8, &value, sizeof(value));
	no_file = spin_fault_read(fault, 9, 0);
	/* all of it is to be gone */
	if (spin_fault_zero(fault))
		return SPIN_FAULT_PASS;
	return SPIN_FAULT_RESOLVED;
}

static int from_file(struct spin_fault *fault)
{
	int got = spin_fault_read(fault, file, fault->page * 4096);

	if (got == -61) {
		behind_file++;
		return SPIN_FAULT_PASS;
	}
	bytes_read += got;
	return got >= 0 ? SPIN_FAULT_RESOLVED : SPIN_FAULT_PASS;
}

SPIN_SLEEPABLE_HANDLER(answer, struct spin_fault *fault)
{
	__u64 tag = fault->tag;
	int err;

	if (tag >= PAGER_TAGS)
		return SPIN_FAULT_PASS;
	__sync_fetch_and_add(&raised[tag], 1);
	if (fault->write)
		__sync_fetch_and_add(&written[tag], 1);
	last_address = fault->address;
	last_page = fault->page;
	last_pages = fault->pages;
	last_region = fault->region;

	switch (tag) {
	case PAGER_ZERO:
		err = spin_fault_zero(fault);
		if (err)
			quota = err;
		return err ? SPIN_FAULT_PASS : SPIN_FAULT_RESOLVED;
	case PAGER_PATTERNED:
		return pattern(fault);
	case PAGER_CLAIMS:
		return SPIN_FAULT_RESOLVED;
	case PAGER_MAKES_AND_PASSES:
		pattern(fault);
		return SPIN_FAULT_PASS;
	case PAGER_SLOW:
		wait_for_go();
		return pattern(fault);
	case PAGER_SLOW_PASSES:
		wait_for_go();
		return SPIN_FAULT_PASS;
	case PAGER_GO:
		go = 1;
		return pattern(fault);
	case PAGER_STOP:
		go = 0;
		return pattern(fault);
	case PAGER_EVERY_SECOND:
		return raised[tag] & 1 ? SPIN_FAULT_PASS : pattern(fault);
	case PAGER_FILE:
		return from_file(fault);
	case PAGER_WRONG:
		return wrong(fault);
	case PAGER_STRANGE_RESULT:
		spin_fault_zero(fault);
		return 2;
	}
	return SPIN_FAULT_PASS;
}

/* First of two for one fault: its page is not the second one's. */
SPIN_SLEEPABLE_HANDLER(half, struct spin_fault *fault)
{
	pattern(fault);
	return SPIN_FAULT_PASS;
}

SPIN_SLEEPABLE_HANDLER(other_half, struct spin_fault *fault)
{
	__u64 value = 5;

	if (spin_fault_write(fault, 8, &value, sizeof(value)))
		return SPIN_FAULT_PASS;
	return SPIN_FAULT_RESOLVED;
}

/* First of two: the second says resolved of the first one's page. */
SPIN_SLEEPABLE_HANDLER(only_claims, struct spin_fault *fault)
{
	return SPIN_FAULT_RESOLVED;
}

SPIN_BIND(Translation_PageNotPresent, answers, .handler = answer);

#define BY_TAG(TAG) { .fields = SPIN_FAULT_TAG, .value = { 0, 0, TAG } }

SPIN_BIND(Translation_PageNotPresent, halves, .handler = half,
	.match = BY_TAG(PAGER_TWO));
SPIN_BIND(Translation_PageNotPresent, other_halves,
	.handler = other_half, .match = BY_TAG(PAGER_TWO),
	.order = SPIN_ORDER_LAST);
SPIN_BIND(Translation_PageNotPresent, steals, .handler = half,
	.match = BY_TAG(PAGER_STOLEN));
SPIN_BIND(Translation_PageNotPresent, stolen, .handler = only_claims,
	.match = BY_TAG(PAGER_STOLEN), .order = SPIN_ORDER_LAST);
