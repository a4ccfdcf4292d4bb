// SPDX-License-Identifier: GPL-2.0
/* Lends its file to Reader.Read. */
#include "../reader.h"

SPIN_EXTENSION("lender");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);
SPIN_IMPORT(File);

SPIN_CAPABILITY(spin_file_t, text);
SPIN_CAPABILITY_OPTIONAL(spin_socket_t, other);

SPIN_IMPORT_PROCEDURE(Reader, Read);

int byte, none, empty, wrong, narrowed, beyond, no_right;

SPIN_SLEEPABLE_HANDLER(lend, struct spin_clock_tick *tick)
{
	byte = SPIN_CALL_SLEEPABLE(&tick->ctx, Reader, Read, .file = text,
				   .offset = 1);
	none = SPIN_CALL_SLEEPABLE(&tick->ctx, Reader, Read, .offset = 1);
	empty = SPIN_CALL_SLEEPABLE(&tick->ctx, Reader, Read, .file = 44);
	beyond = SPIN_CALL_SLEEPABLE(&tick->ctx, Reader, Read, .file = 0x1234);
	wrong = SPIN_CALL_SLEEPABLE(&tick->ctx, Reader, Read, .file = other);
	/* It is lent without the right to read. */
	narrowed = SPIN_CALL_SLEEPABLE(&tick->ctx, Reader, Read,
				       .file = SPIN_PASS(text, SPIN_RIGHT_PASS));
	/* A file has none to write. */
	no_right = SPIN_CALL_SLEEPABLE(&tick->ctx, Reader, Read,
				       .file = SPIN_PASS(text, SPIN_RIGHT_READ |
							 SPIN_RIGHT_WRITE));
	return 0;
}

SPIN_BIND(Clock_Tick, lending, .handler = lend, .period_us = 10000);
