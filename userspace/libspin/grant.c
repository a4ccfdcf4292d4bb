// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Grants: NAME=KIND:WHAT. The thing is opened here, with the user's own
 * rights, and the module gets the descriptor: the kernel resolves no names.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <bpf/libbpf.h>

#include "internal.h"

/* What kinds were called in version 0.1; understood for one version. */
static const struct {
	const char *old;
	const char *word;
} renamed[] = {
	{ "udp", "socket" },
	{ "tcp", "stream" },
	{ "region", "translation" },
};

static const char *word_now(const char *word, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(renamed); i++)
		if (strlen(renamed[i].old) == len &&
		    !memcmp(renamed[i].old, word, len))
			return renamed[i].word;
	return NULL;
}

const char *spin_grant_renamed(const char *grant)
{
	const char *equals = strchr(grant, '=');
	const char *colon = equals ? strchr(equals, ':') : NULL;

	return colon ? word_now(equals + 1, colon - equals - 1) : NULL;
}

static const struct spin_kind *kind_by_word(const char *word, size_t len)
{
	const char *now = word_now(word, len);
	const struct spin_kind *kind;

	if (now) {
		word = now;
		len = strlen(now);
	}
	for (kind = spin_kinds; kind->word; kind++)
		if (strlen(kind->word) == len && !memcmp(kind->word, word, len))
			return kind;
	return NULL;
}

static int unknown_kind(struct spin *spin, const char *text)
{
	const struct spin_kind *kind;
	struct spin_list names = {};

	for (kind = spin_kinds; kind->word; kind++)
		spin_list_add(&names, kind->word);
	return spin_fail(spin, -EINVAL,
			 "'%s' grants no kind of thing there is (there are: %s)",
			 text, spin_list_text(&names));
}

static int unknown_want(struct spin *spin, const struct spin_manifest *manifest,
			const char *name)
{
	struct spin_list names = {};
	unsigned int i;

	for (i = 0; i < manifest->nr_wants; i++)
		spin_list_add(&names, manifest->wants[i].name);
	return spin_fail(spin, -ENOENT,
			 "%s has no capability '%s' (it has: %s)",
			 manifest->name, name, spin_list_text(&names));
}

/**
 * spin_grant_name - which capability a grant is about
 * @spin: the handle
 * @text: "NAME=KIND:WHAT"
 * @name: SPIN_NAME_LEN bytes
 *
 * Return: 0, or a negative errno and a sentence.
 */
int spin_grant_name(struct spin *spin, const char *text, char *name)
{
	const char *equals = strchr(text, '=');

	if (!equals || equals == text || equals - text >= SPIN_NAME_LEN)
		return spin_fail(spin, -EINVAL,
				 "'%s' is not a grant: write NAME=KIND:WHAT, for example clip=file:/srv/clip.ts",
				 text);
	snprintf(name, SPIN_NAME_LEN, "%.*s", (int)(equals - text), text);
	return 0;
}

/**
 * spin_grant_rights - understand one statement of rights
 * @spin: the handle
 * @manifest: of the extension
 * @text: "NAME=RIGHT[,RIGHT]..."
 * @grants: the one of that name is given these rights
 * @count: how many
 *
 * Return: 0, or a negative errno and a sentence.
 */
int spin_grant_rights(struct spin *spin, const struct spin_manifest *manifest,
		      const char *text, struct spin_grant *grants,
		      size_t count)
{
	const char *equals = strchr(text, '=');
	size_t i, len;

	if (!equals || equals == text || !equals[1])
		return spin_fail(spin, -EINVAL,
				 "'%s' names no rights: write NAME=RIGHT,..., for example clip=read,pass",
				 text);
	len = equals - text;
	for (i = 0; i < count; i++)
		if (strlen(grants[i].want->name) == len &&
		    !memcmp(grants[i].want->name, text, len))
			return spin_rights_parse(spin, equals + 1,
						 &grants[i].rights);
	return spin_fail(spin, -ENOENT,
			 "%s: '%s' is about a capability that no --grant gives",
			 manifest->name, text);
}

/**
 * spin_grant_parse - understand one grant, without opening anything
 * @spin: the handle
 * @manifest: of the extension; the capability is marked as granted
 * @text: "NAME=KIND:WHAT"
 * @grant: filled in; refers to @text
 *
 * Return: 0, or a negative errno and a sentence.
 */
int spin_grant_parse(struct spin *spin, struct spin_manifest *manifest,
		     const char *text, struct spin_grant *grant)
{
	const char *equals = strchr(text, '=');
	const char *colon = equals ? strchr(equals, ':') : NULL;
	char name[256];

	if (!colon || equals == text || !colon[1] ||
	    equals - text >= (long)sizeof(name))
		return spin_fail(spin, -EINVAL,
				 "'%s' is not a grant: write NAME=KIND:WHAT, for example clip=file:/srv/clip.ts",
				 text);
	snprintf(name, sizeof(name), "%.*s", (int)(equals - text), text);
	grant->what = colon + 1;
	grant->kind = kind_by_word(equals + 1, colon - equals - 1);
	if (!grant->kind)
		return unknown_kind(spin, text);
	grant->want = spin_manifest_want(manifest, name);
	if (!grant->want)
		return unknown_want(spin, manifest, name);
	if (grant->kind->number != SPIN_CAP_NONE &&
	    grant->want->kind != grant->kind->number)
		return spin_fail(spin, -EINVAL,
				 "%s: '%s' must be a %s, and '%s' grants a %s",
				 manifest->name, name,
				 spin_cap_kind_name(grant->want->kind), text,
				 grant->kind->word);
	if (grant->want->granted)
		return spin_fail(spin, -EEXIST, "%s: '%s' is granted twice",
				 manifest->name, name);
	grant->want->granted = true;
	return 0;
}

/** spin_grant_missing - fail if a capability that is not optional is missing */
int spin_grant_missing(struct spin *spin, const struct spin_manifest *manifest)
{
	const struct spin_kind *kind;
	const struct spin_want *want;
	unsigned int i;

	for (i = 0; i < manifest->nr_wants; i++) {
		want = &manifest->wants[i];
		if (want->granted || want->optional || want->late)
			continue;
		kind = spin_kind_of(want->kind);
		return spin_fail(spin, -ENOKEY,
				 "%s needs the capability '%s', a %s: grant it with --grant %s=%s:%s",
				 manifest->name, want->name,
				 spin_cap_kind_name(want->kind), want->name,
				 kind->word, kind->what);
	}
	return 0;
}

static int give(struct spin *spin, int ext_fd, const char *ext,
		const struct spin_grant *grant, const struct spin_thing *thing)
{
	struct spin_ioc_ext_grant arg = {
		.kind = grant->want->kind,
		.fd = thing->fd,
		.fd2 = thing->fd2,
		.object = thing->object,
		.flags = thing->flags,
		.rights = grant->rights,
		.value = thing->value,
	};
	char doing[128];
	int slot;

	strcpy(arg.name, grant->want->name);
	strcpy(arg.from, thing->from);
	slot = ioctl(ext_fd, SPIN_IOC_EXT_GRANT, &arg);
	if (slot >= 0)
		return slot;
	snprintf(doing, sizeof(doing), "the grant of '%s'", arg.name);
	return spin_verdict(spin, ext_fd, ext, -errno, doing);
}

/**
 * spin_grant_give - open the thing and grant it
 * @spin: the handle
 * @ext_fd: the extension
 * @ext: its name
 * @grant: what to grant
 *
 * Return: the slot it was granted in, or a negative errno.
 */
int spin_grant_give(struct spin *spin, int ext_fd, const char *ext,
		    const struct spin_grant *grant)
{
	struct spin_thing thing = { .fd = -1, .fd2 = -1 };
	int slot;

	slot = grant->kind->open(spin, grant->what, &thing);
	if (!slot)
		slot = give(spin, ext_fd, ext, grant, &thing);
	spin_thing_close(&thing);
	return slot;
}

/** spin_thing_close - the module has references of its own */
void spin_thing_close(struct spin_thing *thing)
{
	if (thing->fd >= 0)
		close(thing->fd);
	if (thing->fd2 >= 0)
		close(thing->fd2);
}

/**
 * spin_grant_reserve - a slot for what will be granted later
 * @spin: the handle
 * @ext_fd: the extension
 * @ext: its name
 * @want: the capability
 *
 * Return: the slot, or a negative errno.
 */
int spin_grant_reserve(struct spin *spin, int ext_fd, const char *ext,
		       const struct spin_want *want)
{
	struct spin_ioc_ext_grant arg = {
		.kind = want->kind,
		.fd = -1,
		.fd2 = -1,
		.flags = SPIN_GRANT_LATE,
	};
	char doing[128];
	int slot;

	strcpy(arg.name, want->name);
	slot = ioctl(ext_fd, SPIN_IOC_EXT_GRANT, &arg);
	if (slot >= 0)
		return slot;
	snprintf(doing, sizeof(doing), "a slot for '%s'", arg.name);
	return spin_verdict(spin, ext_fd, ext, -errno, doing);
}

/* What the loaded version holds by this name: 1, 0 if nothing, or an errno. */
static int held_by_loaded(struct spin *spin, const char *ext, const char *name,
			  __u32 *kind)
{
	struct spin_ioc_cap_next cap = {};
	int ret;

	while ((ret = spin_cap_next(spin, &cap)) > 0)
		if (spin_name_means(cap.ext, ext) && !strcmp(cap.name, name)) {
			*kind = cap.kind;
			return 1;
		}
	return ret;
}

static int inherit_not_held(struct spin *spin,
			    const struct spin_manifest *manifest,
			    const struct spin_want *want)
{
	const struct spin_kind *kind = spin_kind_of(want->kind);

	return spin_fail(spin, -ENOKEY,
			 "%s needs the capability '%s', a %s, which the loaded version does not hold: grant it with --grant %s=%s:%s",
			 manifest->name, want->name,
			 spin_cap_kind_name(want->kind), want->name,
			 kind->word, kind->what);
}

static int inherit_other_kind(struct spin *spin,
			      const struct spin_manifest *manifest,
			      const struct spin_want *want, __u32 held)
{
	const struct spin_kind *kind = spin_kind_of(want->kind);

	return spin_fail(spin, -EINVAL,
			 "%s: '%s' must be a %s, and the loaded version's is a %s: grant another with --grant %s=%s:%s",
			 manifest->name, want->name,
			 spin_cap_kind_name(want->kind),
			 spin_cap_kind_name(held), want->name, kind->word,
			 kind->what);
}

/**
 * spin_grant_inherit - take a capability over from the version that is replaced
 * @spin: the handle
 * @ext_fd: the extension, the next version of a loaded one
 * @manifest: what it says of itself
 * @want: the capability
 *
 * Return: the slot it is in; 0 if it is optional, and the loaded version does
 * not hold it; or a negative errno.
 */
int spin_grant_inherit(struct spin *spin, int ext_fd,
		       const struct spin_manifest *manifest,
		       const struct spin_want *want)
{
	struct spin_ioc_ext_inherit arg = {};
	char doing[128];
	__u32 kind = 0;
	int ret;

	ret = held_by_loaded(spin, manifest->name, want->name, &kind);
	if (ret < 0)
		return ret;
	if (!ret)
		return want->optional || want->late ? 0 :
		       inherit_not_held(spin, manifest, want);
	if (kind != want->kind)
		return inherit_other_kind(spin, manifest, want, kind);
	strcpy(arg.name, want->name);
	ret = ioctl(ext_fd, SPIN_IOC_EXT_INHERIT, &arg);
	if (ret >= 0)
		return ret;
	snprintf(doing, sizeof(doing), "to hand '%s' over", arg.name);
	return spin_verdict(spin, ext_fd, manifest->name, -errno, doing);
}
