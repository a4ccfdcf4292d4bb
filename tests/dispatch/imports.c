// SPDX-License-Identifier: GPL-2.0
/*
 * What an extension imported is that interface and no other: not one of another
 * module that came after the first had gone.
 *
 * usage: imports FILE: of spin_example.ko; spin_events is loaded
 */
#include "raw.h"

int main(int argc, char **argv)
{
	struct bpf_object *object;
	char insmod[600];
	int ext, err;

	if (argc != 2)
		give_up("usage: imports FILE");
	snprintf(insmod, sizeof(insmod), "insmod %s", argv[1]);
	libbpf_set_print(quiet);
	ext = ext_create("doorbell");
	expect("import", ext_import(ext, "Events"), 0);
	/* Whether an import holds the module is the module's business. */
	if (system("rmmod spin_events 2>/dev/null")) {
		ok("import_holds_the_module");
		return 0;
	}
	if (system(insmod) || ext_enter(ext))
		give_up("cannot go on with %s", argv[1]);
	object = bpf_object__open(object_path("dispatch/use/doorbell"));
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
	return 0;
}
