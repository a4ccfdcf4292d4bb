// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * libbpf prints through one function of the process. While any thread loads an
 * extension, that is ours: it keeps the warnings that the thread's own load
 * causes, and in debug mode hands everything on. Messages that other threads
 * cause go where they went before.
 */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/libbpf.h>

#include "internal.h"

#define PREFIX	"libbpf: "

/* Of this thread; loads nest. */
static __thread struct spin_log *current;

/* The program's own function, and how many logs there are in all threads. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static libbpf_print_fn_t previous;
static unsigned int users;

/** spin_log_put - hand text on to the user, in debug mode */
void spin_log_put(struct spin_log *log, const char *text)
{
	if (log->debug && log->out)
		log->out(log->out_arg, text);
}

/* No memory: a message less. */
static void keep(struct spin_log *log, const char *text)
{
	size_t len = strlen(text);
	char *grown = realloc(log->text, log->len + len + 1);

	if (!grown)
		return;
	memcpy(grown + log->len, text, len + 1);
	log->text = grown;
	log->len += len;
}

/* Called without the lock: it may do anything, load extensions as well. */
static int print_outside(enum libbpf_print_level level, const char *fmt,
			 va_list ap)
{
	libbpf_print_fn_t print;

	pthread_mutex_lock(&lock);
	print = previous;
	pthread_mutex_unlock(&lock);
	return print ? print(level, fmt, ap) : 0;
}

static int print(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	struct spin_log *log = current;
	char *text;
	int len;

	if (!log)
		return print_outside(level, fmt, ap);
	if (level != LIBBPF_WARN && !log->debug)
		return 0;
	len = vasprintf(&text, fmt, ap);
	if (len < 0)
		return 0;
	if (level == LIBBPF_WARN)
		keep(log, text);
	spin_log_put(log, text);
	free(text);
	return len;
}

/*
 * If the program has saved and restored what it found during a load, our function
 * is still there although nobody uses it. Then the program wants the one that was
 * there before.
 */
static void take_printer(void)
{
	libbpf_print_fn_t found = libbpf_set_print(print);

	if (found != print)
		previous = found;
}

/* If the program has set another one meanwhile, that stays. */
static void give_printer_back(void)
{
	libbpf_print_fn_t found = libbpf_set_print(previous);

	if (found != print)
		libbpf_set_print(found);
}

/** spin_log_start - take the messages that libbpf has for this thread */
void spin_log_start(struct spin_log *log)
{
	log->outer = current;
	current = log;
	pthread_mutex_lock(&lock);
	if (!users++)
		take_printer();
	pthread_mutex_unlock(&lock);
}

/** spin_log_stop - the opposite, for the log that was started last */
void spin_log_stop(struct spin_log *log)
{
	pthread_mutex_lock(&lock);
	if (!--users)
		give_printer_back();
	pthread_mutex_unlock(&lock);
	current = log->outer;
}

/** spin_log_clear - forget the warnings so far */
void spin_log_clear(struct spin_log *log)
{
	log->len = 0;
	if (log->text)
		log->text[0] = '\0';
}

void spin_log_free(struct spin_log *log)
{
	free(log->text);
	log->text = NULL;
	log->len = 0;
}

/* libbpf's own last words, which say no more than that there were others. */
static bool says_nothing(const char *line, size_t len)
{
	static const char *const empty[] = {
		"failed to load object", "failed to load BPF skeleton",
		"failed to open object", "map '",
	};
	size_t i;

	if (!len)
		return true;
	for (i = 0; i < ARRAY_SIZE(empty); i++)
		if (len >= strlen(empty[i]) &&
		    !memcmp(line, empty[i], strlen(empty[i])))
			return true;
	return false;
}

/**
 * spin_log_last - the last warning that says something
 * @log: the log
 * @line: filled in, without libbpf's prefix
 * @size: its size
 *
 * Return: whether there is one.
 */
bool spin_log_last(const struct spin_log *log, char *line, size_t size)
{
	const char *end = log->text + log->len, *start, *words;

	if (!log->len)
		return false;
	for (; end > log->text; end = start) {
		/* The line that ends at @end, its newline left out. */
		if (end[-1] == '\n')
			end--;
		for (start = end; start > log->text && start[-1] != '\n';)
			start--;
		words = start;
		if (!strncmp(words, PREFIX, strlen(PREFIX)))
			words += strlen(PREFIX);
		if (says_nothing(words, end - words))
			continue;
		snprintf(line, size, "%.*s", (int)(end - words), words);
		return true;
	}
	return false;
}
