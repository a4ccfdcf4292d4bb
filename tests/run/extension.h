/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shared by the extensions of the tests. An extension in a folder refuse/ breaks
 * one rule, and carries, in section "spin.refused", a POSIX extended regular
 * expression that the sentence of its refusal must match (case does not count).
 * tests/run/corpus.c loads them all and compares.
 */
#ifndef _SPIN_TESTS_EXTENSION_H
#define _SPIN_TESTS_EXTENSION_H

#include <spin/bpf/spin.h>
#include <spin/bpf/clock.h>
#include <spin/bpf/console.h>
#include <spin/bpf/file.h>
#include <spin/bpf/framebuffer.h>
#include <spin/bpf/socket.h>
#include <spin/bpf/udp.h>
#include <bpf/bpf_core_read.h>

#define REFUSED(REGEX) \
	const char spin_refused[] SEC("spin.refused") __attribute__((used)) = REGEX

#define HOSTILE(NAME, REGEX)		\
	SPIN_EXTENSION(NAME);		\
	SPIN_LICENSE("GPL");		\
	REFUSED(REGEX)

/* Would the compiler take it without a cast? */
#define FITS(PROGRAM, EVENT, MEMBER)			\
	__builtin_types_compatible_p(__typeof__(&PROGRAM),	\
		__typeof__(((struct EVENT *)0)->MEMBER))

/* Keeps the compiler from seeing through X. */
#define opaque(X) asm volatile("" : "+r"(X))

#endif /* _SPIN_TESTS_EXTENSION_H */
