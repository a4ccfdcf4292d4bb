// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Domains: descriptors that stand for them, and what is asked of those. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "internal.h"

static const char *const quota_names[SPIN_QUOTA_KINDS] = {
	[SPIN_QUOTA_BINDINGS] = "bindings", [SPIN_QUOTA_MEMORY] = "memory",
	[SPIN_QUOTA_OBJECTS] = "objects",   [SPIN_QUOTA_QUEUE] = "queue",
	[SPIN_QUOTA_PACKETS] = "packets",   [SPIN_QUOTA_CPU] = "cpu",
};

const char *spin_quota_name(unsigned int what)
{
	return what < SPIN_QUOTA_KINDS ? quota_names[what] : "unknown";
}

/* A number with k, M or G (1024 each) or, of a processor, % behind it. */
static bool parse_limit(const char *text, unsigned int what, __u64 *limit)
{
	static const char units[] = "kMG";
	unsigned long long number;
	const char *unit;
	char *end;
	int shift = 0;

	if (!strcmp(text, "none")) {
		*limit = SPIN_QUOTA_NONE;
		return true;
	}
	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	number = strtoull(text, &end, 0);
	if (errno)
		return false;
	*limit = number;
	if (what == SPIN_QUOTA_CPU && !strcmp(end, "%")) {
		*limit = number * 10;
		return number <= SPIN_QUOTA_NONE / 10;
	}
	if (!*end)
		return number != SPIN_QUOTA_NONE;
	unit = strchr(units, *end);
	if (!unit || end[1])
		return false;
	shift = 10 * (unit - units + 1);
	*limit = number << shift;
	return *limit >> shift == number && *limit != SPIN_QUOTA_NONE;
}

int spin_limit_parse(struct spin *spin, const char *text, unsigned int *what,
		     __u64 *limit)
{
	const char *value = strchr(text, '=');
	struct spin_list names = {};
	size_t len = value ? (size_t)(value - text) : strlen(text);

	spin_fail_clear(spin);
	for (*what = 0; *what < SPIN_QUOTA_KINDS; ++*what)
		if (strlen(quota_names[*what]) == len &&
		    !strncmp(text, quota_names[*what], len))
			break;
	if (!value || *what == SPIN_QUOTA_KINDS) {
		for (*what = 0; *what < SPIN_QUOTA_KINDS; ++*what)
			spin_list_add(&names, quota_names[*what]);
		return spin_fail(spin, -EINVAL,
				 "'%s' is no limit: it is WHAT=N, and WHAT one of %s",
				 text, spin_list_text(&names));
	}
	if (parse_limit(value + 1, *what, limit))
		return 0;
	return spin_fail(spin, -EINVAL,
			 "'%s' is no limit: N is a number, with k, M or G behind it for 1024 and so on%s, or none",
			 text,
			 *what == SPIN_QUOTA_CPU ?
				 ", thousandths of a processor or per cent with % behind it" :
				 "");
}

/* A request on /dev/spin; the module's sentence if it has one. */
int spin_request(struct spin *spin, unsigned long request, void *block,
		 const char *doing, const char *name)
{
	int fd, ret, err;

	spin_fail_clear(spin);
	fd = spin_device(spin);
	if (fd < 0)
		return fd;
	ret = ioctl(fd, request, block);
	if (ret >= 0)
		return ret;
	err = -errno;
	if (err != -EPERM && err != -EFAULT && spin_verdict_device(spin, err))
		return err;
	if (err == -EPERM)
		return spin_fail(spin, err,
				 "%s '%s' takes CAP_BPF and CAP_PERFMON: run as root",
				 doing, name);
	return spin_fail(spin, err, "%s '%s' failed: %s", doing, name,
			 spin_strerror(err));
}

static int path_copy(struct spin *spin, char *to, const char *name)
{
	if (strlen(name) >= SPIN_PATH_LEN)
		return spin_fail(spin, -ENAMETOOLONG,
				 "'%s' is too long for the name of a domain: at most %d characters",
				 name, SPIN_PATH_LEN - 1);
	strcpy(to, name);
	return 0;
}

/* A request on a domain's descriptor. */
static int ask(struct spin *spin, int domain_fd, unsigned long request,
	       void *block, const char *doing)
{
	struct spin_ioc_verdict verdict;
	int err;

	spin_fail_clear(spin);
	if (!ioctl(domain_fd, request, block))
		return 0;
	err = -errno;
	if (spin_verdict_text(domain_fd, &verdict))
		return spin_fail(spin, err, "%s", verdict.text);
	return spin_fail(spin, err, "%s failed: %s", doing, spin_strerror(err));
}

int spin_domain_create(struct spin *spin, const char *name)
{
	struct spin_ioc_domain_create block = {};
	int err = path_copy(spin, block.name, name);

	return err ? err :
		     spin_request(spin, SPIN_IOC_DOMAIN_CREATE, &block,
				  "to create domain", name);
}

int spin_domain_open(struct spin *spin, const char *name, unsigned int rights)
{
	struct spin_ioc_domain_open block = {
		.rights = rights,
	};
	int err = path_copy(spin, block.name, name);

	return err ? err :
		     spin_request(spin, SPIN_IOC_DOMAIN_OPEN, &block,
				  "to open domain", name);
}

static int interface_copy(struct spin *spin, char *to, size_t size,
			  const char *name)
{
	if (strlen(name) >= size)
		return spin_fail(spin, -ENAMETOOLONG,
				 "'%s' is too long for the name of an interface",
				 name);
	strcpy(to, name);
	return 0;
}

int spin_domain_combine(struct spin *spin, int domain_fd, int other_fd,
			const char *interface)
{
	struct spin_ioc_domain_combine block = {
		.fd = other_fd,
	};
	int err = interface_copy(spin, block.interface, sizeof(block.interface),
				 interface ? interface : "");

	return err ? err :
		     ask(spin, domain_fd, SPIN_IOC_DOMAIN_COMBINE, &block,
			 "to combine domains");
}

int spin_domain_remove(struct spin *spin, int domain_fd, const char *interface)
{
	struct spin_ioc_domain_remove block = {};
	int err = interface_copy(spin, block.interface, sizeof(block.interface),
				 interface);

	return err ? err :
		     ask(spin, domain_fd, SPIN_IOC_DOMAIN_REMOVE, &block,
			 "to take an interface out of a domain");
}

int spin_domain_set_rights(struct spin *spin, int domain_fd,
			   unsigned int rights)
{
	struct spin_ioc_domain_rights block = {
		.rights = rights,
	};

	return ask(spin, domain_fd, SPIN_IOC_DOMAIN_RIGHTS, &block,
		   "to set the rights to a domain");
}

int spin_domain_destroy(struct spin *spin, int domain_fd)
{
	return ask(spin, domain_fd, SPIN_IOC_DOMAIN_DESTROY, NULL,
		   "to destroy a domain");
}

int spin_domain_limit(struct spin *spin, int domain_fd, unsigned int what,
		      __u64 limit)
{
	struct spin_ioc_domain_limit block = {
		.what = what,
		.limit = limit,
	};

	return ask(spin, domain_fd, SPIN_IOC_DOMAIN_LIMIT, &block,
		   "to limit a domain");
}

int spin_domain_resolve(struct spin *spin, int domain_fd, const char *interface,
			bool undo, struct spin_ioc_domain_resolve *resolved)
{
	int err;

	memset(resolved, 0, sizeof(*resolved));
	resolved->flags = undo ? SPIN_RESOLVE_UNDO : 0;
	err = interface_copy(spin, resolved->interface,
			     sizeof(resolved->interface), interface);
	return err ? err :
		     ask(spin, domain_fd, SPIN_IOC_DOMAIN_RESOLVE, resolved,
			 undo ? "to unresolve an import" :
				"to resolve an import");
}

/* While an extension is loaded: @domain is what it may import from. */
int spin_domain_confine(struct spin *spin, int ext_fd, const char *ext,
			const char *domain)
{
	struct spin_ioc_ext_domain block = {};
	int err;

	block.fd = spin_domain_open(spin, domain, SPIN_DOMAIN_IMPORT);
	if (block.fd < 0)
		return block.fd;
	err = ioctl(ext_fd, SPIN_IOC_EXT_DOMAIN, &block) ? -errno : 0;
	close(block.fd);
	return err ? spin_verdict(spin, ext_fd, ext, err,
				  "to be confined to a domain") :
		     0;
}

int spin_domain_limit_load(struct spin *spin, int ext_fd, const char *ext,
			   const char *text)
{
	struct spin_ioc_domain_limit block = {};
	unsigned int what;
	__u64 limit;
	int err = spin_limit_parse(spin, text, &what, &limit);

	if (err)
		return err;
	block.what = what;
	block.limit = limit;
	if (!ioctl(ext_fd, SPIN_IOC_DOMAIN_LIMIT, &block))
		return 0;
	return spin_verdict(spin, ext_fd, ext, -errno, "a limit");
}
