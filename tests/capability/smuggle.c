// SPDX-License-Identifier: GPL-2.0
/*
 * A loader with intentions of its own: it gives the map spin_test_smuggled of each
 * extension that it loads a place in the BPF file system, so that several have it.
 * (libspin refuses an object that asks for that by itself.)
 *
 * usage: smuggle OBJECT [GRANT]...
 */
#include <dlfcn.h>
#include <spin/libspin.h>
#include <stdio.h>

#include <bpf/libbpf.h>

#include "tap.h"

#define NAME	"spin_test_smuggled"

/* It stands in for libbpf's, which libspin calls when it has looked at everything. */
int bpf_object__load(struct bpf_object *object)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, NAME);
	int (*load)(struct bpf_object *) = dlsym(RTLD_NEXT, "bpf_object__load");

	if (!map || !load || bpf_map__set_pin_path(map, "/sys/fs/bpf/" NAME))
		give_up("no map " NAME);
	return load(object);
}

int main(int argc, char **argv)
{
	struct spin_load_opts opts = {
		.size = sizeof(opts),
		.grants = (const char **)argv + 2,
		.nr_grants = argc - 2,
	};
	struct spin_loaded loaded;
	struct spin *spin = spin_open();

	if (argc < 2 || !spin)
		give_up("usage: smuggle OBJECT [GRANT]...");
	if (spin_ext_load(spin, argv[1], &opts, &loaded)) {
		fprintf(stderr, "smuggle: %s\n", spin_error(spin));
		return 1;
	}
	spin_close(spin);
	return 0;
}
