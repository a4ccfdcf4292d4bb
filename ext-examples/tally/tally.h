/* SPDX-License-Identifier: GPL-2.0 */
/* Calls of the extension tally, for it and for spin-tally. */
#ifndef _TALLY_PROTOCOL_H
#define _TALLY_PROTOCOL_H

#define TALLY_NAME_LEN	16	/* of a counter, with the NUL */
#define TALLY_MAX	64	/* counters */

enum tally_call {
	/* buffer: the name, TALLY_NAME_LEN bytes; answer: a reference */
	TALLY_OPEN	= 1,
	/* argument: reference, number to add; answer: the sum */
	TALLY_ADD	= 2,
	/* argument: reference, which ends */
	TALLY_CLOSE	= 3,
};

#endif /* _TALLY_PROTOCOL_H */
