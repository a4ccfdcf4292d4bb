// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The handle: /dev/spin, opened when it is first needed. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

struct spin *spin_open(void)
{
	struct spin *spin = calloc(1, sizeof(*spin));

	if (spin) {
		spin->fd = -1;
		spin->timing_fd = -1;
	}
	return spin;
}

void spin_close(struct spin *spin)
{
	if (!spin)
		return;
	spin_timing_stop(spin);
	if (spin->fd >= 0)
		close(spin->fd);
	free(spin);
}

const char *libspin_version(void)
{
	return SPIN_VERSION;
}

/**
 * spin_device_open - open /dev/spin once more
 * @spin: the handle
 *
 * Return: a descriptor, the caller's, whose ABI is not checked; or a negative
 * errno and a sentence.
 */
int spin_device_open(struct spin *spin)
{
	struct stat st;
	int fd, err;

	fd = open(SPIN_DEVICE, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		err = -errno;
		if (err == -ENOENT || err == -ENXIO || err == -ENODEV)
			return spin_fail(spin, -ENOENT,
					 "the module is not loaded (no " SPIN_DEVICE
					 "): insmod spin.ko first");
		if (err == -EACCES || err == -EPERM)
			return spin_fail(spin, err,
					 "no permission for " SPIN_DEVICE ": run as root");
		return spin_fail(spin, err, "cannot open " SPIN_DEVICE ": %s",
				 spin_strerror(err));
	}
	if (fstat(fd, &st) || !S_ISCHR(st.st_mode)) {
		close(fd);
		return spin_fail(spin, -ENODEV,
				 SPIN_DEVICE " is not a device: remove it and insmod spin.ko");
	}
	return fd;
}

static int device_version(struct spin *spin, int fd,
			  struct spin_ioc_version *version)
{
	int err;

	*version = (struct spin_ioc_version){};
	if (ioctl(fd, SPIN_IOC_VERSION, version) < 0) {
		err = -errno;
		if (err == -ENOTTY)
			return spin_fail(spin, -ENODEV,
					 "what is behind " SPIN_DEVICE " is not spin.ko, or is older than ABI 4: unload it and insmod the spin.ko of this release");
		return spin_fail(spin, err,
				 "cannot ask the module for its version: %s",
				 spin_strerror(err));
	}
	version->module[sizeof(version->module) - 1] = '\0';
	if (version->abi != SPIN_ABI_VERSION)
		return spin_fail(spin, -EPROTO,
				 "the module (%s) speaks ABI %u and this program ABI %u: install both from the same release",
				 version->module, version->abi, SPIN_ABI_VERSION);
	return 0;
}

int spin_version(struct spin *spin, struct spin_ioc_version *version)
{
	int fd, err;

	spin_fail_clear(spin);
	if (spin->fd >= 0)
		return device_version(spin, spin->fd, version);

	fd = spin_device_open(spin);
	if (fd < 0)
		return fd;
	err = device_version(spin, fd, version);
	if (err)
		close(fd);
	else
		spin->fd = fd;
	return err;
}

/**
 * spin_device - the descriptor of /dev/spin, its ABI checked
 * @spin: the handle, which keeps the descriptor
 *
 * Return: the descriptor, or a negative errno and a sentence.
 */
int spin_device(struct spin *spin)
{
	struct spin_ioc_version version;
	int err;

	if (spin->fd >= 0)
		return spin->fd;
	err = spin_version(spin, &version);
	return err ? err : spin->fd;
}
