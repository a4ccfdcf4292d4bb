// SPDX-License-Identifier: GPL-2.0
/*
 * What an extension imported is that interface and no other: not one of another
 * module that came after the first had gone.
 *
 * usage: imports EVENTS-MODULE EXAMPLE-MODULE: their files; the first is loaded
 */
#include "raw.h"

static bool run(const char *fmt, const char *what)
{
	char command[600];

	snprintf(command, sizeof(command), fmt, what);
	return !system(command);
}

int main(int argc, char **argv)
{
	struct bpf_object *object;
	int ext, err;

	if (argc != 3)
		give_up("usage: imports EVENTS-MODULE EXAMPLE-MODULE");
	libbpf_set_print(quiet);
	ext = ext_create("doorbell");
	expect("import", ext_import(ext, "Events"), 0);
	/* Whether an import holds the module is the module's business. */
	if (!run("rmmod %s 2>/dev/null", "spin_events")) {
		ok("import_holds_the_module");
		return 0;
	}
	if (!run("insmod %s", argv[2]) || ext_enter(ext))
		give_up("cannot go on with %s", argv[2]);
	object = bpf_object__open(object_path("disp-doorbell"));
	err = object ? bpf_object__load(object) : -ENOENT;
	if (!err) {
		struct bpf_map *map =
			bpf_object__find_map_by_name(object, "melody");
		struct bpf_link *link = bpf_map__attach_struct_ops(map);

		err = link ? 0 : -errno;
		bpf_link__destroy(link);
	}
	check("import_ends_with_its_interface", err == -EACCES &&
	      strstr(ext_verdict(ext), "does not import"),
	      "EACCES, because it does not import Doorbell", "%s: %s",
	      said(err), ext_verdict(ext));
	bpf_object__close(object);
	close(ext);
	run("rmmod %s", "spin_example");
	run("insmod %s", argv[1]);
	return 0;
}
