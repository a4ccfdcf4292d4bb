// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Printing: results and errors, as text for people or as JSON. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "spinctl.h"

bool use_colour(void)
{
	const char *term = getenv("TERM"), *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && !(no && *no) && term &&
	       term[0] && !(term[0] == 'd' && term[1] == 'u');
}

/** print_json - print a value and give it back */
void print_json(struct json_object *value)
{
	int flags = options.pretty ? JSON_C_TO_STRING_PRETTY |
				     JSON_C_TO_STRING_SPACED :
				     JSON_C_TO_STRING_PLAIN;

	flags |= JSON_C_TO_STRING_NOSLASHESCAPE;
	puts(json_object_to_json_string_ext(value, flags));
	json_object_put(value);
}

/** print_safe - print text that may hold anything */
void print_safe(const char *text)
{
	for (; *text; text++)
		putchar((unsigned char)*text < ' ' || *text == 0x7f ? '?' :
								      *text);
}

static int print_error(int code, const char *error, const char *source,
		       const char *hint)
{
	struct json_object *object;

	if (!options.json) {
		fprintf(stderr, "spinctl: %s\n", error);
		if (*source)
			fprintf(stderr, "  at %s\n", source);
		if (*hint)
			fprintf(stderr, "  %s\n", hint);
		return code;
	}
	object = json_new();
	json_add_text(object, "error", error);
	if (*source)
		json_add_text(object, "source", source);
	if (*hint)
		json_add_text(object, "hint", hint);
	print_json(object);
	return code;
}

/**
 * fail - print an error
 * @code: exit code
 * @fmt: one sentence, without a full stop
 *
 * Returns @code.
 */
int fail(int code, const char *fmt, ...)
{
	char error[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(error, sizeof(error), fmt, ap);
	va_end(ap);
	return print_error(code, error, "",
			   code == USAGE ? "spinctl help tells more" : "");
}

/** fail_spin - print the error libspin tells of; returns the exit code */
int fail_spin(const struct spin *spin)
{
	return print_error(FAILED, spin_error(spin), spin_error_source(spin),
			   spin_error_hint(spin));
}

/* Not through JSON, which would take memory. */
int out_of_memory(void)
{
	if (options.json)
		puts("{\"error\":\"no memory\"}");
	else
		fputs("spinctl: no memory\n", stderr);
	return FAILED;
}

/**
 * finish_output - see that all was written
 * @code: exit code so far
 *
 * Returns the exit code.
 */
int finish_output(int code)
{
	if (!fflush(stdout) && !ferror(stdout))
		return code;
	perror("spinctl: cannot write the output");
	return FAILED;
}
