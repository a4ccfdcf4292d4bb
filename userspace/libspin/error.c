// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Errors: a negative errno for the program, a sentence for its user. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <bpf/libbpf.h>

#include "internal.h"

/* The verifier's and libbpf's own errno, which strerror() does not know. */
#ifndef ENOTSUPP
#define ENOTSUPP 524
#endif

const char *spin_error(const struct spin *spin)
{
	return spin->error;
}

const char *spin_error_source(const struct spin *spin)
{
	return spin->source;
}

const char *spin_error_hint(const struct spin *spin)
{
	return spin->hint;
}

/* Text from files and logs may hold anything: keep it on one printable line. */
static void make_printable(char *text)
{
	unsigned char *c;

	for (c = (unsigned char *)text; *c; c++)
		if (*c < ' ' || *c == 0x7f)
			*c = *c == '\t' || *c == '\n' ? ' ' : '?';
}

void spin_fail_clear(struct spin *spin)
{
	spin->error[0] = '\0';
	spin->source[0] = '\0';
	spin->hint[0] = '\0';
}

/**
 * spin_fail - note why a call fails
 * @spin: the handle
 * @err: negative errno
 * @fmt: one sentence, without a full stop
 *
 * Return: @err, so that a caller can return the result.
 */
int spin_fail(struct spin *spin, int err, const char *fmt, ...)
{
	va_list ap;

	spin_fail_clear(spin);
	va_start(ap, fmt);
	vsnprintf(spin->error, sizeof(spin->error), fmt, ap);
	va_end(ap);
	make_printable(spin->error);
	return err;
}

/** spin_fail_source - add the source line the error is about */
void spin_fail_source(struct spin *spin, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(spin->source, sizeof(spin->source), fmt, ap);
	va_end(ap);
	make_printable(spin->source);
}

/** spin_fail_hint - add what to try */
void spin_fail_hint(struct spin *spin, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(spin->hint, sizeof(spin->hint), fmt, ap);
	va_end(ap);
	make_printable(spin->hint);
}

/** spin_strerror - words for an errno of either sign */
const char *spin_strerror(int err)
{
	if (err < 0)
		err = -err;
	if (err == ENOTSUPP)
		return "Operation is not supported";
	if (err >= __LIBBPF_ERRNO__START)
		return "the file is damaged, or libbpf is too old for it";
	return strerror(err);
}

/** spin_list_add - add an item; what does not fit is left out */
void spin_list_add(struct spin_list *list, const char *item)
{
	size_t len = strlen(list->text);

	snprintf(list->text + len, sizeof(list->text) - len, "%s%s",
		 list->count++ ? ", " : "", item);
}

/** spin_list_text - the items, or "none" */
const char *spin_list_text(const struct spin_list *list)
{
	return list->count ? list->text : "none";
}
