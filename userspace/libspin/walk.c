// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Walks over what is loaded. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "internal.h"

static int walk(struct spin *spin, unsigned long request, void *block,
		const char *what)
{
	int fd, err;

	spin_fail_clear(spin);
	fd = spin_device(spin);
	if (fd < 0)
		return fd;
	if (!ioctl(fd, request, block))
		return 1;
	if (errno == ENOENT)
		return 0;
	err = -errno;
	if (err == -EPERM || err == -EACCES)
		return spin_fail(spin, err,
				 "no permission to list the %s: run as root", what);
	return spin_fail(spin, err, "cannot list the %s: %s", what,
			 spin_strerror(err));
}

int spin_ext_next(struct spin *spin, struct spin_ioc_ext_next *ext)
{
	return walk(spin, SPIN_IOC_EXT_NEXT, ext, "extensions");
}

int spin_event_next(struct spin *spin, struct spin_ioc_event_next *event)
{
	return walk(spin, SPIN_IOC_EVENT_NEXT, event, "events");
}

int spin_binding_next(struct spin *spin, struct spin_ioc_binding_next *binding)
{
	return walk(spin, SPIN_IOC_BINDING_NEXT, binding, "bindings");
}

int spin_template_next(struct spin *spin,
		       struct spin_ioc_template_next *template)
{
	return walk(spin, SPIN_IOC_TEMPLATE_NEXT, template, "templates");
}

int spin_cap_next(struct spin *spin, struct spin_ioc_cap_next *cap)
{
	return walk(spin, SPIN_IOC_CAP_NEXT, cap, "capabilities");
}

int spin_cap_tree_next(struct spin *spin, struct spin_ioc_cap_tree_next *cap)
{
	return walk(spin, SPIN_IOC_CAP_TREE_NEXT, cap, "capabilities");
}

int spin_proc_next(struct spin *spin, struct spin_ioc_proc_next *proc)
{
	return walk(spin, SPIN_IOC_PROC_NEXT, proc, "procedures");
}

int spin_proc_link_next(struct spin *spin, struct spin_ioc_proc_link_next *link)
{
	return walk(spin, SPIN_IOC_PROC_LINK_NEXT, link,
		    "imports of procedures");
}

int spin_strand_next(struct spin *spin, struct spin_ioc_strand_next *strand)
{
	return walk(spin, SPIN_IOC_STRAND_NEXT, strand, "strands");
}

int spin_translation_next(struct spin *spin,
			  struct spin_ioc_translation_next *range)
{
	return walk(spin, SPIN_IOC_TRANSLATION_NEXT, range, "ranges");
}

int spin_domain_next(struct spin *spin, struct spin_ioc_domain_next *domain)
{
	return walk(spin, SPIN_IOC_DOMAIN_NEXT, domain, "domains");
}

int spin_domain_export_next(struct spin *spin,
			    struct spin_ioc_domain_export_next *export_)
{
	return walk(spin, SPIN_IOC_DOMAIN_EXPORT_NEXT, export_, "exports");
}

int spin_domain_find(struct spin *spin, const char *name,
		     struct spin_ioc_domain_next *domain)
{
	struct spin_ioc_name_lookup found;
	int ret = spin_name_lookup(spin, name, false, &found);

	if (ret)
		return ret;
	memset(domain, 0, sizeof(*domain));
	while ((ret = spin_domain_next(spin, domain)) > 0)
		if (domain->id == found.id)
			return 0;
	return ret < 0 ? ret :
			 spin_fail(spin, -ENOENT, "domain '%s' has just gone",
				   name);
}

int spin_event_find(struct spin *spin, const char *name,
		    struct spin_ioc_event_next *event)
{
	struct spin_nearest nearest;
	int ret;

	spin_nearest_start(&nearest, name);
	memset(event, 0, sizeof(*event));
	while ((ret = spin_event_next(spin, event)) > 0) {
		if (!strcmp(event->name, name))
			return 0;
		spin_nearest_try(&nearest, event->name);
	}
	if (ret < 0)
		return ret;
	return spin_fail(spin, -ENOENT, "there is no event '%s': %s%s", name,
			 nearest.found[0] ? "there is " :
			 "spinctl event list shows those there are",
			 nearest.found);
}

int spin_ext_find(struct spin *spin, const char *name,
		  struct spin_ioc_ext_next *ext)
{
	struct spin_list loaded = {};
	int ret;

	memset(ext, 0, sizeof(*ext));
	while ((ret = spin_ext_next(spin, ext)) > 0) {
		if (spin_name_means(ext->name, name))
			return 0;
		spin_list_add(&loaded, ext->name);
	}
	if (ret < 0)
		return ret;
	return spin_fail(spin, -ENOENT,
			 "no extension '%s' is loaded (loaded: %s)", name,
			 spin_list_text(&loaded));
}

int spin_template_find(struct spin *spin, const char *ext, const char *name,
		       struct spin_ioc_template_next *template)
{
	struct spin_ioc_ext_next loaded;
	struct spin_list names = {};
	int ret;

	memset(template, 0, sizeof(*template));
	while ((ret = spin_template_next(spin, template)) > 0) {
		if (!spin_name_means(template->ext, ext))
			continue;
		if (!strcmp(template->name, name))
			return 0;
		spin_list_add(&names, template->name);
	}
	if (ret < 0)
		return ret;
	ret = spin_ext_find(spin, ext, &loaded);
	if (ret)
		return ret;
	return spin_fail(spin, -ENOENT,
			 "%s has no template '%s' (it has: %s)", ext, name,
			 spin_list_text(&names));
}
