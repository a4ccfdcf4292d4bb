// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Capabilities of loaded extensions, and rights in words. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "internal.h"

/* --- rights --------------------------------------------------------------- */

static const struct {
	const char *name;
	__u32 right;
} rights_names[] = {
	{ "read", SPIN_RIGHT_READ },
	{ "write", SPIN_RIGHT_WRITE },
	{ "pass", SPIN_RIGHT_PASS },
	{ "keep", SPIN_RIGHT_KEEP },
	{ "externalize", SPIN_RIGHT_EXTERNALIZE },
};

/* Cuts text off rather than overrun: the buffer is the caller's. */
char *spin_rights_text(__u32 rights, char *text, size_t size)
{
	size_t i, len = 0;

	if (size)
		text[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(rights_names); i++) {
		if (!(rights & rights_names[i].right) || len >= size)
			continue;
		len += snprintf(text + len, size - len, "%s%s", len ? "," : "",
				rights_names[i].name);
	}
	return text;
}

static __u32 right_by_name(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rights_names); i++)
		if (strlen(rights_names[i].name) == len &&
		    !memcmp(rights_names[i].name, name, len))
			return rights_names[i].right;
	return 0;
}

int spin_rights_parse(struct spin *spin, const char *text, __u32 *rights)
{
	const char *word = text;
	__u32 right;
	size_t len;

	*rights = 0;
	do {
		len = strcspn(word, ",");
		right = right_by_name(word, len);
		if (!right)
			return spin_fail(spin, -EINVAL,
					 "'%.*s' is no right (there are: read, write, pass, keep, externalize)",
					 (int)len, word);
		*rights |= right;
		word += len;
	} while (*word++);
	return 0;
}

/* --- requests ------------------------------------------------------------- */

/* Which of the two, name or number, is @what? */
static __u64 number_of(const char *what)
{
	unsigned long long id;
	char rest;

	return sscanf(what, "%llu%c", &id, &rest) == 1 ? id : 0;
}

static int refused(struct spin *spin, const char *what, const char *doing)
{
	int err = -errno;

	if (spin_verdict_device(spin, err))
		return err;
	if (err == -EPERM)
		return spin_fail(spin, err,
				 "no permission to %s '%s': it takes CAP_BPF and CAP_PERFMON, and to own the extension (or be root)",
				 doing, what);
	return spin_fail(spin, err, "cannot %s '%s': %s", doing, what,
			 spin_strerror(err));
}

static int too_long(struct spin *spin, const char *name)
{
	return spin_fail(spin, -ENAMETOOLONG,
			 "'%s' is too long for a name: %d characters at most",
			 name, SPIN_NAME_LEN - 1);
}

/* What a request is about: NAME of EXTENSION, or without one, an id. */
static int name_it(struct spin *spin, const char *ext, const char *what,
		   char *to_ext, char *to_name, __u64 *id)
{
	if (!ext) {
		*id = number_of(what);
		return *id ? 0 :
		       spin_fail(spin, -EINVAL,
				 "'%s' is no number of a capability: spinctl cap list shows them",
				 what);
	}
	if (strlen(ext) >= SPIN_NAME_LEN)
		return too_long(spin, ext);
	if (strlen(what) >= SPIN_NAME_LEN)
		return too_long(spin, what);
	strcpy(to_ext, ext);
	strcpy(to_name, what);
	return 0;
}

static int cap_request(struct spin *spin, unsigned long request, void *arg,
		       const char *what, const char *verb)
{
	int fd = spin_device(spin);

	if (fd < 0)
		return fd;
	return ioctl(fd, request, arg) ? refused(spin, what, verb) : 0;
}

int spin_cap_revoke(struct spin *spin, const char *ext, const char *what,
		    unsigned int timeout_ms)
{
	struct spin_ioc_cap_revoke arg = {
		.timeout_ms = timeout_ms,
	};
	int err;

	spin_fail_clear(spin);
	err = name_it(spin, ext, what, arg.ext, arg.name, &arg.id);
	return err ? err :
	       cap_request(spin, SPIN_IOC_CAP_REVOKE, &arg, what, "revoke");
}

int spin_cap_narrow(struct spin *spin, const char *ext, const char *what,
		    __u32 rights)
{
	struct spin_ioc_cap_narrow arg = {
		.rights = rights,
	};
	int err;

	spin_fail_clear(spin);
	err = name_it(spin, ext, what, arg.ext, arg.name, &arg.id);
	return err ? err :
	       cap_request(spin, SPIN_IOC_CAP_NARROW, &arg, what, "narrow");
}

int spin_cap_find(struct spin *spin, const char *ext, const char *name,
		  struct spin_ioc_cap_next *cap)
{
	struct spin_ioc_ext_next loaded = {};
	struct spin_list names = {};
	bool found = false;
	int ret;

	memset(cap, 0, sizeof(*cap));
	while ((ret = spin_cap_next(spin, cap)) > 0) {
		if (!spin_name_means(cap->ext, ext))
			continue;
		if (!strcmp(cap->name, name))
			return 0;
		spin_list_add(&names, cap->name);
	}
	while (!ret && !found) {
		ret = spin_ext_next(spin, &loaded);
		if (ret <= 0)
			break;
		found = spin_name_means(loaded.name, ext);
		ret = 0;
	}
	if (ret < 0)
		return ret;
	if (!found)
		return spin_fail(spin, -ENOENT, "no extension '%s' is loaded",
				 ext);
	return spin_fail(spin, -ENOENT,
			 "%s has no capability '%s' (it has: %s)", ext, name,
			 spin_list_text(&names));
}

static int give(struct spin *spin, const char *ext, const char *name,
		__u32 kind, const struct spin_thing *thing, __u32 rights)
{
	struct spin_ioc_cap_grant arg = {
		.grant.kind = kind,
		.grant.fd = thing->fd,
		.grant.fd2 = thing->fd2,
		.grant.object = thing->object,
		.grant.flags = thing->flags,
		.grant.rights = rights,
		.grant.value = thing->value,
	};
	int fd, slot;

	strcpy(arg.grant.name, name);
	strcpy(arg.grant.from, thing->from);
	if (strlen(ext) >= sizeof(arg.ext))
		return too_long(spin, ext);
	strcpy(arg.ext, ext);
	fd = spin_device(spin);
	if (fd < 0)
		return fd;
	slot = ioctl(fd, SPIN_IOC_CAP_GRANT, &arg);
	return slot < 0 ? refused(spin, name, "grant") : slot;
}

int spin_cap_grant(struct spin *spin, const char *ext, const char *text,
		   __u32 rights)
{
	struct spin_thing thing = { .fd = -1, .fd2 = -1 };
	struct spin_manifest manifest = {};
	struct spin_ioc_cap_next cap;
	struct spin_grant grant = {};
	int err;

	spin_fail_clear(spin);
	if (strlen(ext) >= SPIN_NAME_LEN)
		return too_long(spin, ext);
	err = spin_grant_name(spin, text, manifest.wants[0].name);
	if (err)
		return err;
	err = spin_cap_find(spin, ext, manifest.wants[0].name, &cap);
	if (err)
		return err;
	strcpy(manifest.name, ext);
	manifest.wants[0].kind = cap.kind;
	manifest.nr_wants = 1;
	err = spin_grant_parse(spin, &manifest, text, &grant);
	if (err)
		return err;
	err = grant.kind->open(spin, grant.what, &thing);
	if (!err)
		err = give(spin, ext, cap.name, cap.kind, &thing, rights);
	spin_thing_close(&thing);
	return err;
}
