/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The options: a row for each, which has everything about it. The reader of
 * command lines, the help, the completion of shells and the checks are made from
 * the rows.
 *
 *	FLAG(member, letter, name, commands, help)
 *	TEXT(member, letter, name, argument, commands, help)
 *	LIST(member, letter, name, argument, commands, help)
 *
 * @member of struct options is true if a FLAG was given; it is the argument of a
 * TEXT, the last one if there were several, and NULL if there was none; it is all
 * arguments of a LIST. @letter is the short form or 0. @argument is a word in
 * capitals. @commands are those that take the option, or NULL if all do. @help says
 * what the option does; it goes on where "spinctl COMMAND" ends.
 */
#ifndef _SPINCTL_OPTIONS_H
#define _SPINCTL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#define LOADS "load, ext load, ext upgrade"

#define SPINCTL_OPTIONS(FLAG, TEXT, LIST) \
	LIST(grants, 'g', "grant", "NAME=KIND:WHAT", LOADS, \
	     "grant a capability") \
	LIST(rights, 0, "rights", "NAME=RIGHT,...", LOADS ", cap grant", \
	     "give a granted capability these rights instead of its kind's " \
	     "usual ones") \
	LIST(settings, 's', "set", "VAR=VALUE", LOADS, \
	     "set a global variable") \
	TEXT(domain, 0, "domain", "NAME", LOADS, \
	     "let it import only what this domain exports") \
	LIST(limits, 0, "limit", "WHAT=N", LOADS, \
	     "limit its bindings, memory, objects, queue, packets or cpu") \
	FLAG(break_callers, 0, "break-callers", "ext upgrade", \
	     "upgrade even if other extensions call what this version does not " \
	     "export; their calls fail then") \
	TEXT(closure, 0, "closure", "N", "binding install", \
	     "pass this number to its programs") \
	LIST(matches, 0, "match", "FIELD=VALUE", "binding install", \
	     "run only if a key field of the event has this value") \
	TEXT(order, 0, "order", "ORDER", "binding install", \
	     "put it where it is to run: none, first, last, before:BINDING or " \
	     "after:BINDING; a BINDING is an id or EXTENSION/NAME") \
	FLAG(cancel, 0, "cancel", "binding install", \
	     "skip all handlers behind it if it runs") \
	FLAG(filter, 0, "filter", "binding install", \
	     "let it change arguments that are passed by reference") \
	FLAG(inactive, 0, "inactive", "binding install", \
	     "do not run it until it is enabled") \
	TEXT(key, 0, "key", "N", "binding install", \
	     "pass this number to the event's authorizer") \
	TEXT(count, 0, "count", "N", "binding install, binding remove", \
	     "install or remove this many bindings") \
	TEXT(event, 0, "event", "NAME", "trace", \
	     "print only what concerns this event") \
	TEXT(ext, 0, "ext", "NAME", "trace", \
	     "print only what concerns this extension") \
	FLAG(json, 'j', "json", NULL, \
	     "print JSON, and errors as JSON") \
	FLAG(pretty, 'p', "pretty", NULL, \
	     "print JSON with line breaks and indentation") \
	FLAG(debug, 'd', "debug", NULL, \
	     "print all that libbpf and the verifier say") \
	FLAG(version, 'V', "version", NULL, \
	     "print the versions of all parts") \
	FLAG(help, 'h', "help", NULL, \
	     "print help")

/**
 * struct words - the arguments of an option that may be repeated
 * @word: in the order in which they were given
 * @count: how many
 */
struct words {
	const char **word;
	size_t count;
};

#define OPTION_FLAG(member, ...) bool member;
#define OPTION_TEXT(member, ...) const char *member;
#define OPTION_LIST(member, ...) struct words member;
struct options {
	SPINCTL_OPTIONS(OPTION_FLAG, OPTION_TEXT, OPTION_LIST)
};
#undef OPTION_FLAG
#undef OPTION_TEXT
#undef OPTION_LIST

extern struct options options;

struct object;
struct command;
struct json_object;

/* options.c; a command is one of an object; NULL stands for all of the object's, and
 * an object of NULL for all objects
 */
int options_parse(int argc, char **argv);
const char *options_error(void);
const char *options_misplaced(const struct object *object,
			      const struct command *command);
void options_synopsis(const struct object *object,
		      const struct command *command, char *text, size_t size);
void options_help(const struct object *object, const struct command *command);
struct json_object *options_json(const struct object *object,
				 const struct command *command);
void options_free(void);

#endif /* _SPINCTL_OPTIONS_H */
