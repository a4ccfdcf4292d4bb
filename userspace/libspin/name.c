// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Look-ups by the nameserver. If nobody exports a name, an installed
 * extension that does is loaded.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/libbpf.h>

#include "internal.h"

#define SUFFIX ".bpf.o"

bool spin_name_means(const char *full, const char *name)
{
	char own[SPIN_PATH_LEN];

	if (!strcmp(full, name))
		return true;
	if (!geteuid())
		return false;
	snprintf(own, sizeof(own), "u%u/%s", (unsigned int)geteuid(), name);
	return !strcmp(full, own);
}

/*
 * Does the object file export an interface of this name? For an extension
 * that is being loaded the answer is no: it would be loaded for its own sake.
 */
static bool exports(struct spin *spin, const char *path, const char *interface)
{
	struct spin_image image = {};
	struct spin_manifest manifest = {};
	struct bpf_object *object;
	unsigned int i;
	bool found = false;

	if (spin_image_read(spin, path, &image))
		return false;
	object = bpf_object__open_mem(image.data, image.size, NULL);
	if (object && !spin_manifest_read(spin, object, path, &manifest) &&
	    !spin_load_under_way(manifest.name))
		for (i = 0; i < manifest.nr_procs; i++)
			found |= manifest.procs[i].exports &&
				 !strcmp(manifest.procs[i].arg.interface,
					 interface);
	bpf_object__close(object);
	spin_image_free(&image);
	return found;
}

static bool find_in(struct spin *spin, const char *folder, const char *interface,
		    char *path, size_t size)
{
	struct dirent *entry;
	bool found = false;
	size_t len;
	DIR *dir = opendir(folder);

	while (dir && !found && (entry = readdir(dir))) {
		len = strlen(entry->d_name);
		if (len <= strlen(SUFFIX) ||
		    strcmp(entry->d_name + len - strlen(SUFFIX), SUFFIX))
			continue;
		if (snprintf(path, size, "%s/%s", folder, entry->d_name) <
		    (int)size)
			found = exports(spin, path, interface);
	}
	if (dir)
		closedir(dir);
	return found;
}

/*
 * Find the installed extension that exports it, in the order of $SPIN_PATH,
 * which is ignored in a program that has more rights than the user who started
 * it.
 */
static bool find_installed(struct spin *spin, const char *interface, char *path,
			   size_t size)
{
	const char *env = secure_getenv("SPIN_PATH");
	char *folders = strdup(env && *env ? env : SPIN_PATH_DEFAULT);
	char *folder, *rest = folders;
	struct spin_log log = {};
	bool found = false;

	spin_log_start(&log);	/* what libbpf says of other files is no matter */
	while (!found && folders && (folder = strsep(&rest, ":")))
		found = *folder && find_in(spin, folder, interface, path, size);
	spin_log_stop(&log);
	spin_log_free(&log);
	free(folders);
	return found;
}

int spin_name_demand(struct spin *spin, const char *interface)
{
	char path[1024], why[SPIN_SENTENCE_LEN];
	int err;

	if (!find_installed(spin, interface, path, sizeof(path))) {
		spin_fail_clear(spin);
		return 0;
	}
	err = spin_ext_load(spin, path, NULL, NULL);
	if (!err)
		return 1;
	snprintf(why, sizeof(why), "%s", spin_error(spin));
	return spin_fail(spin, err,
			 "%s exports %s, and could not be loaded: %s; load it by hand first",
			 path, interface, why);
}

int spin_name_lookup(struct spin *spin, const char *name, bool demand,
		     struct spin_ioc_name_lookup *found)
{
	int err, loaded;

	for (;;) {
		memset(found, 0, sizeof(*found));
		if (strlen(name) >= sizeof(found->name))
			return spin_fail(spin, -ENAMETOOLONG,
					 "'%s' is too long for a name", name);
		strcpy(found->name, name);
		found->flags = demand ? SPIN_LOOKUP_DEMAND : 0;
		err = spin_request(spin, SPIN_IOC_NAME_LOOKUP, found,
				   "to look up", name);
		if (err != -ENOENT || !demand)
			return err;
		loaded = spin_name_demand(spin, name);
		if (loaded < 0)
			return loaded;
		if (!loaded)
			return spin_fail(spin, err,
					 "there is no domain, extension or interface '%s', and no module or installed extension exports it",
					 name);
		demand = false;
	}
}
