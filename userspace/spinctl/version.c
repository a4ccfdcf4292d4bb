// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* spinctl version: of everything that must fit together. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <bpf/libbpf.h>

#include "spinctl.h"

static struct json_object *module_json(const struct spin_ioc_version *version)
{
	struct json_object *module = json_new();

	json_add_text(module, "version", version->module);
	json_add_number(module, "abi", version->abi);
	json_add_bool(module, "framebuffer",
		      version->features & SPIN_FEATURE_FRAMEBUFFER);
	return module;
}

static void print_versions(const struct spin_ioc_version *version,
			   const struct spin *why)
{
	say("spinctl  %s\n", SPIN_VERSION);
	say("libspin  %s, ABI %u\n", libspin_version(), SPIN_ABI_VERSION);
	say("libbpf   %u.%u\n", libbpf_major_version(),
	    libbpf_minor_version());
	if (version)
		say("spin.ko  %s, ABI %u\n", version->module, version->abi);
	else
		say("spin.ko  unknown: %s\n", spin_error(why));
}

static int do_version(char **args, int nr_args)
{
	struct spin *spin = spin_open();
	struct spin_ioc_version version;
	struct json_object *object;
	char libbpf[32];
	bool known;
	int err;

	(void)args;
	(void)nr_args;
	if (!spin)
		return out_of_memory();
	err = spin_version(spin, &version);
	known = !err || err == -EPROTO;
	if (!options.json) {
		print_versions(known ? &version : NULL, spin);
		spin_close(spin);
		return DONE;
	}
	snprintf(libbpf, sizeof(libbpf), "%u.%u", libbpf_major_version(),
		 libbpf_minor_version());
	object = json_new();
	json_add_text(object, "spinctl", SPIN_VERSION);
	json_add_text(object, "libspin", libspin_version());
	json_add_number(object, "abi", SPIN_ABI_VERSION);
	json_add_text(object, "libbpf", libbpf);
	json_add(object, "module", known ? module_json(&version) : NULL);
	print_json(object);
	spin_close(spin);
	return DONE;
}

static const struct command command[] = {
	{ NULL, "", "print the versions of all parts", 0, 0, do_version },
};

const struct object version_object = {
	"version", "versions of spinctl, libspin, libbpf and the module",
	command, ARRAY_SIZE(command),
};
