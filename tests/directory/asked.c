// SPDX-License-Identifier: GPL-2.0
/*
 * Whom security modules are asked about when a file is read or written.
 *
 * usage: asked PATH USER
 *
 * Says "ready", and from then on for each line on stdin "USER N OTHERS M": how
 * often they were asked about the user of that number, and about others.
 */
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <bpf/btf.h>

#include "raw.h"

static void *variable(struct bpf_object *object, const char *name)
{
	struct bpf_map *bss = bpf_object__find_map_by_name(object, ".bss");
	const struct btf *btf = bpf_object__btf(object);
	const struct btf_type *section;
	const struct btf_var_secinfo *item;
	size_t size;
	char *base;
	int id, i;

	base = bss ? bpf_map__initial_value(bss, &size) : NULL;
	id = btf__find_by_name_kind(btf, ".bss", BTF_KIND_DATASEC);
	if (!base || id < 0)
		give_up("the program has no variables");
	section = btf__type_by_id(btf, id);
	item = btf_var_secinfos(section);
	for (i = 0; i < btf_vlen(section); i++, item++)
		if (!strcmp(btf__name_by_offset(btf,
				btf__type_by_id(btf, item->type)->name_off), name))
			return base + item->offset;
	give_up("the program has no variable %s", name);
}

int main(int argc, char **argv)
{
	struct bpf_object *object;
	struct bpf_program *program;
	struct stat file;
	char line[16];

	if (argc != 3)
		return 2;
	if (stat(argv[1], &file))
		give_up("%s", argv[1]);
	object = bpf_object__open(object_path("directory/use/asked"));
	if (!object || bpf_object__load(object))
		give_up("the program does not load");
	*(__u32 *)variable(object, "device") =
		major(file.st_dev) << 20 | minor(file.st_dev);
	*(__u64 *)variable(object, "inode") = file.st_ino;
	*(__u32 *)variable(object, "user") = atoi(argv[2]);
	program = bpf_object__next_program(object, NULL);
	if (!bpf_program__attach(program))
		give_up("the program cannot be attached");
	printf("ready\n");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		printf("user %llu others %llu\n",
		       *(volatile __u64 *)variable(object, "the_user"),
		       *(volatile __u64 *)variable(object, "others"));
		fflush(stdout);
	}
	bpf_object__close(object);
	return 0;
}
