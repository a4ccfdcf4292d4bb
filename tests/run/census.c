// SPDX-License-Identifier: GPL-2.0
/*
 * Counts what a test must not leave behind: BPF programs, maps and links,
 * extensions, references to the module, objects in the module's own slab
 * caches.
 *
 *	census			print the counts
 *	census --wait COUNTS	wait until they are COUNTS again; if they will
 *				not be, say what they are and fail
 *	census --slab		print how many objects the general slab caches
 *				and those of the module hold, and per page
 */
#include <dirent.h>

#include "raw.h"

static long number_in(const char *path)
{
	FILE *file = fopen(path, "r");
	long value = -1;

	if (!file)
		return -1;
	if (fscanf(file, "%ld", &value) != 1)
		value = -1;
	fclose(file);
	return value;
}

/* Gives the processors' own slabs back, so that the counts are exact. */
static void shrink_caches(void)
{
	DIR *dir = opendir("/sys/kernel/slab");
	struct dirent *entry;
	char path[512];

	while (dir && (entry = readdir(dir))) {
		FILE *file;

		snprintf(path, sizeof(path), "/sys/kernel/slab/%s/shrink",
			 entry->d_name);
		if (entry->d_name[0] == '.' || !(file = fopen(path, "w")))
			continue;
		fputs("1", file);
		fclose(file);
	}
	if (dir)
		closedir(dir);
}

/* Each general cache and those of the module: objects, objects of a page. */
static void slab_objects(void)
{
	FILE *file = fopen("/proc/slabinfo", "r");
	char line[512], name[128];
	long active, per_slab;

	if (!file)
		return;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%127s %ld %*d %*d %ld", name, &active,
			   &per_slab) == 3 &&
		    (!strncmp(name, "spin_", 5) ||
		     !strncmp(name, "kmalloc-", 8)))
			printf("%s %ld %ld\n", name, active, per_slab);
	fclose(file);
}

static void describe(char *text, size_t size)
{
	bool there = !access("/dev/spin", F_OK);
	int exts = there ? ext_count() : 0;	/* opens the device */

	snprintf(text, size, "programs=%d maps=%d links=%d exts=%d refs=%ld",
		 count_objects(bpf_prog_get_next_id),
		 count_objects(bpf_map_get_next_id),
		 count_objects(bpf_link_get_next_id), exts,
		 number_in("/sys/module/spin/refcnt") - there);
}

static bool same(const char *counts, char *text, size_t size)
{
	describe(text, size);
	return !strcmp(text, counts);
}

int main(int argc, char **argv)
{
	char text[256];

	if (argc == 3 && !strcmp(argv[1], "--wait")) {
		if (wait_for(same(argv[2], text, sizeof(text)), 20))
			return 0;
		puts(text);
		return 1;
	}
	if (argc == 2 && !strcmp(argv[1], "--slab")) {
		shrink_caches();
		slab_objects();
		return 0;
	}
	describe(text, sizeof(text));
	puts(text);
	return 0;
}
