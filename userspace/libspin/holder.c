// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The processes that keep an unloaded extension's programs or maps, because
 * they have one of them open. /proc/PID/fdinfo tells.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/bpf.h>

#include "internal.h"

struct search {
	const struct spin_ids *programs;	/* NULL: of any extension */
	const struct spin_ids *maps;
};

static bool line_matches(const struct search *search, const char *line)
{
	unsigned int id;

	if (!search->programs) {
		if (sscanf(line, "prog_type: %u", &id) == 1)
			return id == BPF_PROG_TYPE_STRUCT_OPS;
		if (sscanf(line, "map_type: %u", &id) == 1)
			return id == BPF_MAP_TYPE_STRUCT_OPS;
		return false;
	}
	if (sscanf(line, "prog_id: %u", &id) == 1)
		return spin_ids_have(search->programs, id);
	if (sscanf(line, "map_id: %u", &id) == 1)
		return spin_ids_have(search->maps, id);
	return false;
}

static bool fdinfo_matches(const struct search *search, int dir,
			   const char *name)
{
	bool found = false;
	char line[256];
	FILE *file;
	int fd;

	fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	file = fdopen(fd, "r");
	if (!file) {
		close(fd);
		return false;
	}
	while (!found && fgets(line, sizeof(line), file))
		found = line_matches(search, line);
	fclose(file);
	return found;
}

static bool process_matches(const struct search *search, const char *pid)
{
	bool found = false;
	struct dirent *de;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%.16s/fdinfo", pid);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!found && (de = readdir(dir)))
		if (isdigit((unsigned char)de->d_name[0]))
			found = fdinfo_matches(search, dirfd(dir), de->d_name);
	closedir(dir);
	return found;
}

static void add_process(struct spin_list *list, const char *pid)
{
	char path[64], comm[32] = "?", item[80];
	ssize_t len = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%.16s/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		len = read(fd, comm, sizeof(comm) - 1);
		close(fd);
	}
	if (len > 0) {
		comm[len] = '\0';
		comm[strcspn(comm, "\n")] = '\0';
	}
	snprintf(item, sizeof(item), "%s (process %.16s)", comm, pid);
	spin_list_add(list, item);
}

/**
 * spin_holders - find the processes that have a program or map open
 * @programs: ids of programs; NULL: any that an extension may have
 * @maps: ids of maps
 * @list: the processes are added to it
 */
void spin_holders(const struct spin_ids *programs, const struct spin_ids *maps,
		  struct spin_list *list)
{
	struct search search = { programs, maps };
	struct dirent *de;
	DIR *dir;

	dir = opendir("/proc");
	if (!dir)
		return;
	while ((de = readdir(dir)))
		if (isdigit((unsigned char)de->d_name[0]) &&
		    process_matches(&search, de->d_name))
			add_process(list, de->d_name);
	closedir(dir);
}
