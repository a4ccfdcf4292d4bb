// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* spinctl load, spinctl unload, spinctl ext upgrade. */
#include <stdio.h>

#include "spinctl.h"

static void print_loaded(const char *done, const struct spin_loaded *loaded)
{
	say("%s %s: %u binding%s, ", done, loaded->name, loaded->bindings,
	    loaded->bindings == 1 ? "" : "s");
	if (loaded->templates)
		say("%u template%s, ", loaded->templates,
		    loaded->templates == 1 ? "" : "s");
	say("%u capabilit%s", loaded->caps, loaded->caps == 1 ? "y" : "ies");
	if (loaded->inherited)
		say(" (%u taken over)", loaded->inherited);
	say("\n");
	if (loaded->unbound)
		say("nobody exports %s yet: calls fail until somebody does\n",
		    loaded->unbound_names);
	if (loaded->demanded)
		say("loaded first, because it calls them: %s\n",
		    loaded->demanded_names);
	if (loaded->late)
		say("may be granted now (spinctl cap grant %s): %s\n",
		    loaded->name, loaded->late_names);
	if (loaded->unimported)
		say("can only be handed over, because the extension does not import their interface: %s\n",
		    loaded->unimported_names);
}

static void report_loaded(const char *done, const struct spin_loaded *loaded)
{
	struct json_object *object;

	if (!options.json) {
		print_loaded(done, loaded);
		return;
	}
	object = json_new();
	json_add_text(object, done, loaded->name);
	json_add_number(object, "binding_count", loaded->bindings);
	json_add_number(object, "template_count", loaded->templates);
	json_add_number(object, "capability_count", loaded->caps);
	json_add_number(object, "inherited_count", loaded->inherited);
	json_add_number(object, "unbound_count", loaded->unbound);
	json_add_text(object, "unbound", loaded->unbound_names);
	json_add_number(object, "demanded_count", loaded->demanded);
	json_add_text(object, "demanded", loaded->demanded_names);
	json_add_number(object, "late_count", loaded->late);
	json_add_text(object, "late", loaded->late_names);
	json_add_number(object, "unimported_count", loaded->unimported);
	json_add_text(object, "unimported", loaded->unimported_names);
	print_json(object);
}

static int load(const char *path, unsigned int flags, const char *done)
{
	const struct spin_load_opts opts = {
		.size = sizeof(opts),
		.grants = options.grants.word,
		.nr_grants = options.grants.count,
		.rights = options.rights.word,
		.nr_rights = options.rights.count,
		.settings = options.settings.word,
		.nr_settings = options.settings.count,
		.domain = options.domain,
		.limits = options.limits.word,
		.nr_limits = options.limits.count,
		.debug = options.debug,
		.flags = flags,
		.log = print_log,
	};
	struct spin *spin = spin_open();
	struct spin_loaded loaded;
	int code = DONE;
	size_t i;

	if (!spin)
		return out_of_memory();
	for (i = 0; i < options.grants.count; i++)
		hint_renamed(options.grants.word[i]);
	if (spin_ext_load(spin, path, &opts, &loaded))
		code = fail_spin(spin);
	else
		report_loaded(done, &loaded);
	spin_close(spin);
	return code;
}

int do_load(char **args, int nr_args)
{
	(void)nr_args;
	return load(args[0], 0, "loaded");
}

int do_upgrade(char **args, int nr_args)
{
	(void)nr_args;
	return load(args[0], options.break_callers ?
		    SPIN_LOAD_UPGRADE | SPIN_LOAD_BREAK_CALLERS :
		    SPIN_LOAD_UPGRADE, "upgraded");
}

static void report_unloaded(const char *name)
{
	struct json_object *object;

	if (!options.json) {
		say("unloaded %s: none of its handlers runs any more, and its programs are gone\n",
		    name);
		return;
	}
	object = json_new();
	json_add_text(object, "unloaded", name);
	print_json(object);
}

int do_unload(char **args, int nr_args)
{
	struct spin *spin = spin_open();
	int code = DONE;

	(void)nr_args;
	if (!spin)
		return out_of_memory();
	if (spin_ext_unload(spin, args[0], 0))
		code = fail_spin(spin);
	else
		report_unloaded(args[0]);
	spin_close(spin);
	return code;
}

static const struct command load_command[] = {
	{ NULL, "FILE", "load an extension", 1, 1, do_load },
};

const struct object load_object = {
	"load", "short for ext load", load_command, ARRAY_SIZE(load_command),
};

static const struct command unload_command[] = {
	{ NULL, "NAME", "take an extension away", 1, 1, do_unload },
};

const struct object unload_object = {
	"unload", "short for ext unload", unload_command,
	ARRAY_SIZE(unload_command),
};
