// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Printing: results and errors, as text for people or as JSON. */
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spinctl.h"

bool use_colour(void)
{
	const char *term = getenv("TERM"), *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && !(no && *no) && term &&
	       term[0] && !(term[0] == 'd' && term[1] == 'u');
}

/*
 * JSON allows characters in its strings that command a terminal. Outside of
 * strings there are none, except for ends of lines in the form for people.
 */
static void print_json_text(const char *text)
{
	char bytes[4];
	uint32_t code;

	while (text_next(&text, &code)) {
		if (code == '\n' || !text_commands(code))
			fwrite(bytes, 1, text_put(bytes, code), stdout);
		else if (code < 0x10000)
			printf("\\u%04x", code);
		else
			printf("\\u%04x\\u%04x", 0xd7c0 + (code >> 10),
			       0xdc00 + (code & 0x3ff));
	}
}

/** print_json - print a value and give it back */
void print_json(struct json_object *value)
{
	int flags = options.pretty ? JSON_C_TO_STRING_PRETTY |
				     JSON_C_TO_STRING_SPACED :
				     JSON_C_TO_STRING_PLAIN;

	flags |= JSON_C_TO_STRING_NOSLASHESCAPE;
	print_json_text(json_object_to_json_string_ext(value, flags));
	putchar('\n');
	json_object_put(value);
}

static void print_text(FILE *file, const char *text, const char *allowed)
{
	char bytes[4];
	uint32_t code;

	while (text_next(&text, &code)) {
		if (text_commands(code) &&
		    (code >= 0x80 || !strchr(allowed, code)))
			fputc('?', file);
		else
			fwrite(bytes, 1, text_put(bytes, code), file);
	}
}

/** print_safe - print text that may hold anything, as a part of a line */
void print_safe(const char *text)
{
	print_text(stdout, text, "");
}

/** print_log - print what libbpf and the verifier say, which has many lines */
void print_log(void *arg, const char *text)
{
	(void)arg;
	print_text(stderr, text, "\n\t");
}

/** say - print for people, as printf() does; what the arguments hold is safe */
void say(const char *fmt, ...)
{
	va_list ap;
	char *text;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		exit(out_of_memory());
	print_text(stdout, text, "\n");
	free(text);
}

static void print_error_line(const char *before, const char *text)
{
	fputs(before, stderr);
	print_text(stderr, text, "");
	fputc('\n', stderr);
}

/** hint_renamed - say what to write instead, if a grant has a kind's old name */
void hint_renamed(const char *grant)
{
	const char *word = spin_grant_renamed(grant);
	char hint[256];

	if (!word)
		return;
	snprintf(hint, sizeof(hint),
		 "'%.*s': write %s:, as the interface is called; the old word goes with the next version",
		 128, grant, word);
	print_error_line("spinctl: ", hint);
}

static int print_error(int code, const char *error, const char *source,
		       const char *hint)
{
	struct json_object *object;

	if (!options.json) {
		print_error_line("spinctl: ", error);
		if (*source)
			print_error_line("  at ", source);
		if (*hint)
			print_error_line("  ", hint);
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
 * Return: @code.
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

/* `spinctl … | head`: somebody has seen enough, which is no error. */
static bool reader_gone(void)
{
	struct pollfd pipe = { .fd = STDOUT_FILENO };

	return poll(&pipe, 1, 0) == 1 && pipe.revents & POLLERR;
}

/**
 * finish_output - check that everything was written
 * @code: exit code so far
 *
 * Return: the exit code.
 */
int finish_output(int code)
{
	if ((!fflush(stdout) && !ferror(stdout)) || reader_gone())
		return code;
	perror("spinctl: cannot write the output");
	return FAILED;
}

/* How much of @text stays on one line: up to a blank that no bracket is around. */
static size_t text_unbroken(const char *text)
{
	size_t len;
	int depth = 0;

	for (len = 0; text[len] && (text[len] != ' ' || depth); len++) {
		depth += text[len] == '[';
		depth -= text[len] == ']';
	}
	return len;
}

/**
 * print_wrapped - print a text on lines of 80 columns
 * @text: of ASCII; what is in square brackets stays on one line
 * @column: where the first line begins
 * @indent: where the others do
 */
void print_wrapped(const char *text, size_t column, size_t indent)
{
	bool first = true;
	size_t len;

	while (*text) {
		len = text_unbroken(text);
		if (!first && column + 1 + len > 80) {
			printf("\n%*s", (int)indent, "");
			column = indent;
		} else if (!first) {
			putchar(' ');
			column++;
		}
		printf("%.*s", (int)len, text);
		column += len;
		text += len + (text[len] == ' ');
		first = false;
	}
	putchar('\n');
}
