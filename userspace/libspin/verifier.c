// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The verifier's log is for people and changes from kernel to kernel, so it is
 * not parsed: its last line that is neither statistics nor tracing is the
 * cause, and the last source line before that is the place.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

#define REPORT	"Verification failed:"

/* Lines at the end of a log, or between instructions, that tell no cause. */
static const char *const noise[] = {
	"processed ", "verification time ", "stack depth ", "max_states",
	"from ", "mark_precise:", "live regs", "-- ", "old_", "propagating ",
	"last_idx ", "regs=", "parent ", "func#", "returning from", "caller:",
	"callee:", "cur state:", "old state:", "to caller at", "Live regs",
	"Validating ", "Func#", "func '",
};

static size_t digits(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && isdigit((unsigned char)text[n]))
		n++;
	return n;
}

/* "frame1: …" or "R0=…", but not "frame pointer is read only", "R0 !read_ok". */
static bool is_state(const char *line, size_t len)
{
	size_t n;

	if (len > 5 && !memcmp(line, "frame", 5))
		return digits(line + 5, len - 5);
	if (*line != 'R')
		return false;
	n = 1 + digits(line + 1, len - 1);
	return n > 1 && n < len && (line[n] == '=' || line[n] == '_');
}

static bool is_noise(const char *line, size_t len)
{
	size_t i, n;

	while (len && isspace((unsigned char)*line)) {
		line++;
		len--;
	}
	if (!len || *line == ';')
		return true;
	n = digits(line, len);
	if (n && n < len && line[n] == ':')	/* "12: (85) call …" */
		return true;
	if (is_state(line, len))
		return true;
	for (i = 0; i < ARRAY_SIZE(noise); i++) {
		n = strlen(noise[i]);
		if (len >= n && !memcmp(line, noise[i], n))
			return true;
	}
	return false;
}

/*
 * Where the log proper ends: newer kernels append a report of many lines, which
 * repeats the cause and shows the source.
 */
static const char *log_end(const char *log)
{
	const char *report = strstr(log, "\n" REPORT);

	return report ? report + 1 : log + strlen(log);
}

/* The line that ends at @end, and its length without the newline. */
static const char *line_before(const char *log, const char *end, size_t *len)
{
	const char *start;

	if (end[-1] == '\n')
		end--;
	for (start = end; start > log && start[-1] != '\n';)
		start--;
	*len = end - start;
	return start;
}

/* The cause's line: returns its start, or NULL, and its length. */
static const char *find_cause(const char *log, size_t *len)
{
	const char *end = log_end(log), *start;

	for (; end > log; end = start) {
		start = line_before(log, end, len);
		if (!is_noise(start, *len))
			return start;
	}
	return NULL;
}

/**
 * spin_verifier_cause - the sentence in which the verifier says why not
 * @log: its log
 * @cause: filled in
 * @size: its size
 *
 * If two lines stand together, both are returned: the first says what is
 * wrong, the second what follows from it.
 *
 * Return: whether there is one.
 */
bool spin_verifier_cause(const char *log, char *cause, size_t size)
{
	const char *line, *first;
	size_t len, first_len;

	line = find_cause(log, &len);
	if (!line)
		return false;
	while (len && isspace((unsigned char)line[len - 1]))
		len--;
	first = line > log ? line_before(log, line, &first_len) : NULL;
	if (first && !is_noise(first, first_len))
		snprintf(cause, size, "%.*s; %.*s", (int)first_len, first,
			 (int)len, line);
	else
		snprintf(cause, size, "%.*s", (int)len, line);
	return true;
}

/* "; TEXT @ FILE:LINE" to "FILE:LINE: TEXT"; older kernels give the text only. */
static void source_line(const char *line, size_t len, char *source, size_t size)
{
	const char *at = NULL, *p;

	while (len && (*line == ';' || isspace((unsigned char)*line))) {
		line++;
		len--;
	}
	for (p = line; p + 3 <= line + len; p++)
		if (!memcmp(p, " @ ", 3))
			at = p;
	if (!at) {
		snprintf(source, size, "%.*s", (int)len, line);
		return;
	}
	snprintf(source, size, "%.*s: %.*s", (int)(line + len - at - 3), at + 3,
		 (int)(at - line), line);
}

/**
 * spin_verifier_source - the source line the verifier was at
 * @log: its log
 * @source: filled in with "FILE:LINE: TEXT"
 * @size: its size
 *
 * Return: whether there is one.
 */
bool spin_verifier_source(const char *log, char *source, size_t size)
{
	const char *end, *start;
	size_t len;

	end = find_cause(log, &len);
	if (!end)
		return false;
	for (; end > log; end = start) {
		start = line_before(log, end, &len);
		if (*start != ';')
			continue;
		source_line(start, len, source, size);
		return true;
	}
	return false;
}
