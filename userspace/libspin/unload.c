// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Taking an extension away. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "internal.h"

static int still_held(struct spin *spin, const char *name, int err,
		      const struct spin_ids *programs,
		      const struct spin_ids *maps)
{
	struct spin_list list = {};

	spin_holders(programs, maps, &list);
	if (list.count)
		return spin_fail(spin, err,
				 "%s is unloaded and none of its handlers runs, but its programs or maps are still held by %s",
				 name, list.text);
	/* The module cannot tell whose programs it waits for. */
	spin_holders(NULL, NULL, &list);
	if (list.count)
		return spin_fail(spin, err,
				 "%s is unloaded and none of its handlers runs, but programs of it or of an extension unloaded before are still held, perhaps by %s",
				 name, list.text);
	return spin_fail(spin, err,
			 "%s is unloaded and none of its handlers runs, but programs of it or of an extension unloaded before are still held, by no process in /proc: look for pins in /sys/fs/bpf",
			 name);
}

int spin_ext_unload(struct spin *spin, const char *name,
		    unsigned int timeout_ms)
{
	struct spin_ioc_ext_unload arg = {
		.timeout_ms = timeout_ms,
	};
	struct spin_ids programs = {}, maps = {};
	struct spin_ioc_ext_next ext;
	int fd, err;

	spin_fail_clear(spin);
	fd = spin_device(spin);
	if (fd < 0)
		return fd;
	if (strlen(name) >= sizeof(arg.name))
		return spin_ext_find(spin, name, &ext);
	strcpy(arg.name, name);

	/* If somebody holds on to them, it is too late to ask then. */
	if (spin_ext_programs(spin, name, &programs) >= 0)
		spin_program_maps(&programs, &maps);

	if (!ioctl(fd, SPIN_IOC_EXT_UNLOAD, &arg))
		return 0;
	err = -errno;
	switch (err) {
	case -ENOENT:
		if (spin_ext_find(spin, name, &ext) == -ENOENT)
			return err;	/* its sentence names what is loaded */
		return spin_fail(spin, err, "no extension '%s' is loaded", name);
	case -EBUSY:
		return spin_fail(spin, err,
				 "%s is still being loaded: try again when that is done, or end the process that loads it",
				 name);
	case -EPERM:
	case -EACCES:
		if (spin_verdict_device(spin, err))
			return err;
		return spin_fail(spin, err,
				 "no permission to unload %s: run as root", name);
	case -ETIMEDOUT:
		return still_held(spin, name, err, &programs, &maps);
	case -EINTR:
		return spin_fail(spin, err,
				 "%s is unloaded; interrupted while waiting for its programs to go",
				 name);
	default:
		return spin_fail(spin, err, "cannot unload %s: %s", name,
				 spin_strerror(err));
	}
}
