// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* System calls to extensions, and the references they give. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "internal.h"

static int request(int fd, unsigned long command, void *block)
{
	return ioctl(fd, command, block) < 0 ? -errno : 0;
}

int spin_connect(struct spin *spin, const char *ext)
{
	struct spin_ioc_connect connect = {};
	int fd, err;

	spin_fail_clear(spin);
	err = spin_device(spin);	/* is it of the same ABI? */
	if (err < 0)
		return err;
	if (strlen(ext) >= sizeof(connect.ext))
		return spin_fail(spin, -ENAMETOOLONG,
				 "there is no extension '%s': a name has at most %zu characters",
				 ext, sizeof(connect.ext) - 1);
	strcpy(connect.ext, ext);
	fd = spin_device_open(spin);
	if (fd < 0)
		return fd;
	err = request(fd, SPIN_IOC_CONNECT, &connect);
	if (!err)
		return fd;
	close(fd);
	if (err == -ENOENT)
		return spin_fail(spin, err,
				 "there is no extension '%s' to call: load it first",
				 ext);
	return spin_fail(spin, err, "cannot connect to %s: %s", ext,
			 spin_strerror(err));
}

int spin_call_block(int fd, struct spin_ioc_call *call)
{
	return request(fd, SPIN_IOC_CALL, call);
}

int spin_call(int fd, __u64 number, const __u64 *args, __u64 *answer)
{
	struct spin_ioc_call call = { .number = number };
	int err;

	if (args)
		memcpy(call.arg, args, sizeof(call.arg));
	err = spin_call_block(fd, &call);
	if (!err && answer)
		*answer = call.result;
	return err;
}

int spin_call_fail(struct spin *spin, const char *ext, __u64 number, int err)
{
	switch (err) {
	case -ENXIO:
		return spin_fail(spin, err,
				 "extension %s is not loaded now, or answers ENXIO: spinctl ext list shows those that are",
				 ext);
	case -ENOSYS:
		return spin_fail(spin, err, "extension %s knows no call %llu", ext,
				 (unsigned long long)number);
	case -ENOTCONN:
		return spin_fail(spin, err,
				 "the descriptor is not connected to an extension");
	case -ENOTTY:
		return spin_fail(spin, err,
				 "the descriptor is none of " SPIN_DEVICE);
	default:
		return spin_fail(spin, err, "call %llu of extension %s failed: %s",
				 (unsigned long long)number, ext,
				 spin_strerror(err));
	}
}

int spin_ref_copy(int to, int from, __u64 ref, __u32 rights, __u64 *copy)
{
	struct spin_ioc_ref_copy block = {
		.fd = from, .rights = rights, .ref = ref,
	};
	int err = request(to, SPIN_IOC_REF_COPY, &block);

	if (!err)
		*copy = block.ref;
	return err;
}

int spin_ref_delete(int fd, __u64 ref)
{
	struct spin_ioc_ref_delete block = { .ref = ref };

	return request(fd, SPIN_IOC_REF_DELETE, &block);
}

int spin_ref_next(int fd, struct spin_ioc_ref_next *next)
{
	int err;

	err = request(fd, SPIN_IOC_REF_NEXT, next);
	if (err == -ENOENT)
		return 0;
	return err ? err : 1;
}
