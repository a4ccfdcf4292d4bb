// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Bindings: finding them, their order, and making more of them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "internal.h"

/* --- the order ------------------------------------------------------------ */

static int compare(__u64 a, __u64 b)
{
	return a < b ? -1 : a > b;
}

static int by_order(const void *left, const void *right)
{
	const struct spin_ioc_binding_next *a =
		&((const struct spin_binding *)left)->info;
	const struct spin_ioc_binding_next *b =
		&((const struct spin_binding *)right)->info;
	int ret;

	ret = compare(a->event_id, b->event_id);
	if (!ret)
		ret = compare(a->point, b->point);
	if (!ret)
		ret = compare(a->rank, b->rank);
	return ret ? ret : compare(a->id, b->id);
}

static void set_positions(struct spin_binding *bindings, size_t count)
{
	size_t i;

	qsort(bindings, count, sizeof(*bindings), by_order);
	for (i = 1; i < count; i++)
		if (bindings[i].info.event_id == bindings[i - 1].info.event_id &&
		    bindings[i].info.point == bindings[i - 1].info.point)
			bindings[i].position = bindings[i - 1].position + 1;
}

/* Make room for one more; the array doubles. */
static int grow(struct spin *spin, struct spin_binding **bindings,
		size_t count, size_t *room)
{
	struct spin_binding *larger;

	if (count < *room)
		return 0;
	*room = *room ? *room * 2 : 64;
	larger = reallocarray(*bindings, *room, sizeof(*larger));
	if (!larger)
		return spin_fail(spin, -ENOMEM, "no memory");
	*bindings = larger;
	return 0;
}

int spin_bindings(struct spin *spin, struct spin_binding **bindings,
		  size_t *count)
{
	struct spin_ioc_binding_next info = {};
	size_t room = 0;
	int ret;

	*bindings = NULL;
	*count = 0;
	while ((ret = spin_binding_next(spin, &info)) > 0) {
		ret = grow(spin, bindings, *count, &room);
		if (ret)
			break;
		(*bindings)[*count].info = info;
		(*bindings)[(*count)++].position = 0;
	}
	if (ret < 0) {
		free(*bindings);
		*bindings = NULL;
		*count = 0;
		return ret;
	}
	if (*count)
		set_positions(*bindings, *count);
	return 0;
}

/* --- one of them ---------------------------------------------------------- */

static int find_id(struct spin *spin, __u64 id, const char *what,
		   struct spin_ioc_binding_next *binding)
{
	int ret = 0;

	memset(binding, 0, sizeof(*binding));
	if (id) {
		binding->id = id - 1;
		ret = spin_binding_next(spin, binding);
	}
	if (ret < 0)
		return ret;
	if (ret && binding->id == id)
		return 0;
	return spin_fail(spin, -ENOENT,
			 "there is no binding %s: spinctl binding list shows those there are",
			 what);
}

static int find_name(struct spin *spin, const char *ext, const char *name,
		     struct spin_ioc_binding_next *binding)
{
	struct spin_ioc_binding_next next = {};
	struct spin_ioc_ext_next loaded;
	unsigned int found = 0;
	int ret;

	while ((ret = spin_binding_next(spin, &next)) > 0) {
		if (!spin_name_means(next.ext, ext) || strcmp(next.name, name))
			continue;
		if (!found++)
			*binding = next;
	}
	if (ret < 0)
		return ret;
	if (found == 1)
		return 0;
	if (found)
		return spin_fail(spin, -ENOTUNIQ,
				 "%u bindings are called %s/%s: name one by its id, which spinctl binding list %s shows",
				 found, ext, name, ext);
	ret = spin_ext_find(spin, ext, &loaded);
	if (ret)
		return ret;
	return spin_fail(spin, -ENOENT,
			 "%s has no binding '%s': spinctl binding list %s shows those it has",
			 ext, name, ext);
}

int spin_binding_find(struct spin *spin, const char *what,
		      struct spin_ioc_binding_next *binding)
{
	const char *slash = strrchr(what, '/');
	char ext[SPIN_NAME_LEN], *end;
	__u64 id;

	spin_fail_clear(spin);
	if (!slash) {
		errno = 0;
		id = strtoull(what, &end, 10);
		if (*what < '0' || *what > '9' || *end || errno)
			return spin_fail(spin, -EINVAL,
					 "'%s' names no binding: write its id, or EXTENSION/NAME",
					 what);
		return find_id(spin, id, what, binding);
	}
	if (slash == what || !slash[1] || slash - what >= (long)sizeof(ext))
		return spin_fail(spin, -EINVAL,
				 "'%s' names no binding: write its id, or EXTENSION/NAME",
				 what);
	snprintf(ext, sizeof(ext), "%.*s", (int)(slash - what), what);
	return find_name(spin, ext, slash + 1, binding);
}

/* --- changing them -------------------------------------------------------- */

/* A request about a binding failed, and there is no more to say than why. */
static int refused(struct spin *spin, int err, const char *doing)
{
	if (err == -EPERM || err == -EACCES)
		return spin_fail(spin, err,
				 "changing bindings takes CAP_BPF and CAP_PERFMON: run as root");
	return spin_fail(spin, err, "cannot %s: %s", doing, spin_strerror(err));
}

static int install_refused(struct spin *spin, int err,
			   const struct spin_ioc_binding_install *arg)
{
	struct spin_ioc_ext_next ext;
	char doing[128];
	int ret;

	if (spin_verdict_device(spin, err))
		return err;
	snprintf(doing, sizeof(doing), "install a binding of '%.31s' of %.31s",
		 arg->template_name, arg->ext);
	if (err != -ENOENT)
		return refused(spin, err, doing);
	ret = spin_ext_find(spin, arg->ext, &ext);
	return ret ? ret : refused(spin, err, doing);
}

int spin_binding_install(struct spin *spin,
			 struct spin_ioc_binding_install *install)
{
	int fd;

	spin_fail_clear(spin);
	fd = spin_device(spin);
	if (fd < 0)
		return fd;
	install->id = 0;
	if (!ioctl(fd, SPIN_IOC_BINDING_INSTALL, install))
		return 0;
	return install_refused(spin, -errno, install);
}

/* A request with an id failed. */
static int change_refused(struct spin *spin, int err, const char *verb,
			  __u64 id)
{
	char doing[64];

	if (err == -ENOENT)
		return spin_fail(spin, err,
				 "there is no binding %llu: spinctl binding list shows those there are",
				 (unsigned long long)id);
	snprintf(doing, sizeof(doing), "%s binding %llu", verb,
		 (unsigned long long)id);
	return refused(spin, err, doing);
}

int spin_binding_remove(struct spin *spin, __u64 id, unsigned int count)
{
	struct spin_ioc_binding_remove arg = {
		.count = count, .id = id,
	};
	int fd, err;

	spin_fail_clear(spin);
	fd = spin_device(spin);
	if (fd < 0)
		return fd;
	if (!ioctl(fd, SPIN_IOC_BINDING_REMOVE, &arg))
		return 0;
	err = -errno;
	if (err == -EBUSY)
		return spin_fail(spin, err,
				 "binding %llu was made when its extension was loaded, and goes with it only: spinctl binding disable %llu keeps it from running",
				 (unsigned long long)id, (unsigned long long)id);
	return change_refused(spin, err, "remove", id);
}

int spin_binding_enable(struct spin *spin, __u64 id, bool active)
{
	struct spin_ioc_binding_enable arg = {
		.active = active, .id = id,
	};
	int fd;

	spin_fail_clear(spin);
	fd = spin_device(spin);
	if (fd < 0)
		return fd;
	if (!ioctl(fd, SPIN_IOC_BINDING_ENABLE, &arg))
		return 0;
	return change_refused(spin, -errno, active ? "enable" : "disable", id);
}

/* --- their time ----------------------------------------------------------- */

/* On a descriptor of its own: closing it is how the module is told to stop. */
int spin_timing_start(struct spin *spin)
{
	int fd, err;

	spin_fail_clear(spin);
	if (spin->timing_fd >= 0)
		return 0;
	fd = spin_device(spin);	/* for the ABI to be checked */
	if (fd < 0)
		return fd;
	fd = spin_device_open(spin);
	if (fd < 0)
		return fd;
	if (!ioctl(fd, SPIN_IOC_TIMING)) {
		spin->timing_fd = fd;
		return 0;
	}
	err = -errno;
	close(fd);
	if (err == -EPERM || err == -EACCES)
		return spin_fail(spin, err,
				 "taking times takes CAP_BPF and CAP_PERFMON: run as root");
	return spin_fail(spin, err, "the module takes no times: %s",
			 spin_strerror(err));
}

void spin_timing_stop(struct spin *spin)
{
	if (spin->timing_fd >= 0)
		close(spin->timing_fd);
	spin->timing_fd = -1;
}
