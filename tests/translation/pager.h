/* SPDX-License-Identifier: GPL-2.0 */
/* What translation/use/pager.bpf.c does for a range, by the range's tag. */
#ifndef _SPIN_TESTS_PAGER_H
#define _SPIN_TESTS_PAGER_H

enum pager_tag {
	PAGER_ZERO,
	PAGER_PATTERNED,	/* PAGER_PATTERN at both ends */
	PAGER_PASSES,
	PAGER_CLAIMS,		/* resolved, without a page */
	PAGER_MAKES_AND_PASSES,
	PAGER_SLOW,		/* waits for a fault with PAGER_GO */
	PAGER_GO,
	PAGER_STOP,		/* … has to be waited for again */
	PAGER_EVERY_SECOND,	/* the first fault passes, the next does not … */
	PAGER_FILE,		/* from the granted file */
	PAGER_WRONG,		/* wrong arguments, then zeroes */
	PAGER_STRANGE_RESULT,	/* a page, and a result the event does not have */
	PAGER_TWO,		/* two handlers make a page; the second resolves */
	PAGER_STOLEN,		/* the second resolves the first one's page */
	PAGER_SLOW_PASSES,	/* waits as PAGER_SLOW, then passes */
	PAGER_TAGS,
};

#define PAGER_PATTERN(REGION, PAGE)	(((REGION) << 32 | (PAGE)) + 1)

#endif /* _SPIN_TESTS_PAGER_H */
