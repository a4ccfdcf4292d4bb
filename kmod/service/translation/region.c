// SPDX-License-Identifier: GPL-2.0
/*
 * Capability Region: a range of Translation that its owner granted.
 *
 * A capability does not keep the range: it goes when its owner has closed it and
 * unmapped it, as before, and then all uses say so. So the object is but the
 * range's number, which is never used again, and there is nothing to give back.
 *
 * A grant with the right to write is consent, too: faults of the range are shown to
 * its holder, as they are to the extension that the owner named when they made it.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <spin/spin.h>
#include "translation.h"

#define DISCARD_MAX	65536	/* pages, in one call */

static u64 region_id(const struct spin_capability *capability)
{
	return (unsigned long)capability->object;
}

static int region_grant(struct spin_extension *ext,
			const struct spin_ioc_ext_grant *args,
			struct spin_capability *capability)
{
	struct spin_translation *translation;
	struct file *file;

	file = fget(args->fd);
	if (!file) {
		spin_extension_refuse(ext, "capability '%s': descriptor %d is not open",
				      args->name, args->fd);
		return -EBADF;
	}
	translation = spin_translation_of(file);
	if (translation) {
		capability->object = (void *)(unsigned long)translation->id;
		snprintf(capability->what, sizeof(capability->what),
			 "range %llu, tag %llu, %llu pages", translation->id,
			 translation->tag, translation->pages);
	} else {
		spin_extension_refuse(ext, "capability '%s': it is not a range of memory that SPIN_IOC_TRANSLATION_CREATE made",
				      args->name);
	}
	fput(file);
	return translation ? 0 : -EINVAL;
}

static void region_release(struct spin_capability *capability)
{
}

const struct spin_capability_type spin_region_type = {
	.kind = SPIN_CAP_TRANSLATION,
	.grant = region_grant,
	.release = region_release,
};

static bool region_is(const struct spin_capability *capability, u64 id)
{
	return region_id(capability) == id;
}

/*
 * Was the range granted to the extension, to supply its pages? Who does that
 * decides what is in them, so it takes both rights. In a raise.
 */
bool spin_region_holds(const struct spin_extension *ext,
		       const struct spin_translation *translation)
{
	return spin_extension_holds(ext, SPIN_CAP_TRANSLATION,
				    SPIN_RIGHT_READ | SPIN_RIGHT_WRITE,
				    region_is, translation->id);
}

static void describe(const struct spin_translation *translation,
		     struct spin_region_info *info)
{
	*info = (struct spin_region_info) {
		.id = translation->id,
		.tag = translation->tag,
		.pages = translation->pages,
		.present = atomic64_read(&translation->present),
		.faults = atomic64_read(&translation->faults),
		.refused = atomic64_read(&translation->refused),
		.discarded = atomic64_read(&translation->discarded),
	};
}

__bpf_kfunc_start_defs();

__bpf_kfunc int spin_region_info(struct spin_ctx *ctx, u32 region,
				 struct spin_region_info *info)
{
	struct spin_translation *translation;
	struct spin_capability *capability;

	capability = spin_capability_use(ctx, region, SPIN_CAP_TRANSLATION,
					 SPIN_RIGHT_READ);
	if (IS_ERR(capability))
		return PTR_ERR(capability);
	translation = spin_translation_use(region_id(capability));
	if (translation) {
		describe(translation, info);
		spin_translation_done(translation);
	}
	spin_capability_done(capability);
	return translation ? 0 : -ENXIO;
}

__bpf_kfunc int spin_region_discard(struct spin_ctx *ctx, u32 region, u64 page,
				    u32 count)
{
	struct spin_translation *translation;
	struct spin_capability *capability;
	int done = -ENXIO;

	if (!count || count > DISCARD_MAX)
		return -EINVAL;
	capability = spin_capability_use(ctx, region, SPIN_CAP_TRANSLATION,
					 SPIN_RIGHT_WRITE);
	if (IS_ERR(capability))
		return PTR_ERR(capability);
	translation = spin_translation_use(region_id(capability));
	if (translation) {
		if (page >= translation->pages ||
		    count > translation->pages - page)
			done = -EINVAL;
		else
			done = spin_translation_discard(translation, page, count);
		spin_translation_done(translation);
	}
	if (done > 0)
		spin_count_add(capability, SPIN_COUNT_DISCARDED, done);
	spin_capability_done(capability);
	return done;
}

__bpf_kfunc_end_defs();

#define REGION_KFUNCS(F) \
	F(spin_region_info, KF_TRUSTED_ARGS | KF_SLEEPABLE, 300, SPIN_CLASS_SPINNING, 0) \
	F(spin_region_discard, KF_TRUSTED_ARGS | KF_SLEEPABLE, 100000, SPIN_CLASS_PAGES, 0)

SPIN_KFUNC_TABLE_SHARED(spin_region_kfuncs, REGION_KFUNCS);
