/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every request of the ABI: number, block, and the descriptors that take it. A
 * number that is not here is refused by all of them (tests/abi/ioctls.c), and what
 * is here has a row in the table of privileges (tests/privilege/privileges.c,
 * Documentation/security.rst).
 */
#ifndef _SPIN_TESTS_REQUESTS_H
#define _SPIN_TESTS_REQUESTS_H

#include <stddef.h>
#include <linux/spin.h>

enum {
	ON_DEVICE	= 1 << 0,	/* /dev/spin */
	ON_EXT		= 1 << 1,	/* SPIN_IOC_EXT_CREATE */
	ON_DOMAIN	= 1 << 2,	/* SPIN_IOC_DOMAIN_CREATE, _OPEN */
};

struct request {
	const char *name;
	unsigned int number;
	size_t size;		/* of its block as this header has it; 0: none */
	int on;
	size_t zero, zero_size;	/* where it has reserved members */
};

#define REQUEST(NAME, BLOCK, ON) \
	{ #NAME, SPIN_IOC_##NAME, sizeof(struct spin_ioc_##BLOCK), ON, 0, 0 }
#define REQUEST_ZERO(NAME, BLOCK, ON, FIRST, LAST) \
	{ #NAME, SPIN_IOC_##NAME, sizeof(struct spin_ioc_##BLOCK), ON, \
	  offsetof(struct spin_ioc_##BLOCK, FIRST), \
	  offsetof(struct spin_ioc_##BLOCK, LAST) + sizeof(__u32) - \
	  offsetof(struct spin_ioc_##BLOCK, FIRST) }
#define REQUEST_PLAIN(NAME, ON) \
	{ #NAME, SPIN_IOC_##NAME, 0, ON, 0, 0 }

static const struct request requests[] = {
	REQUEST(VERSION, version, ON_DEVICE),
	REQUEST_ZERO(EXT_CREATE, ext_create, ON_DEVICE, reserved, reserved),
	REQUEST_ZERO(EXT_UNLOAD, ext_unload, ON_DEVICE, reserved, reserved),
	REQUEST_ZERO(EXT_NEXT, ext_next, ON_DEVICE, reserved, reserved),
	REQUEST_ZERO(EVENT_NEXT, event_next, ON_DEVICE, reserved, reserved),
	REQUEST_ZERO(BINDING_NEXT, binding_next, ON_DEVICE, reserved, reserved),
	REQUEST(CAP_NEXT, cap_next, ON_DEVICE),
	REQUEST_ZERO(BINDING_INSTALL, binding_install, ON_DEVICE, mode, reserved),
	REQUEST_ZERO(BINDING_REMOVE, binding_remove, ON_DEVICE, reserved, reserved),
	REQUEST_ZERO(BINDING_ENABLE, binding_enable, ON_DEVICE, reserved, reserved),
	REQUEST_PLAIN(TIMING, ON_DEVICE),
	REQUEST(VERDICT, verdict, ON_DEVICE | ON_EXT | ON_DOMAIN),
	REQUEST(TEMPLATE_NEXT, template_next, ON_DEVICE),
	REQUEST_ZERO(STRAND_REGISTER, strand_register, ON_DEVICE, flags, reserved),
	REQUEST_ZERO(STRAND_NEXT, strand_next, ON_DEVICE, flags, reserved),
	REQUEST_ZERO(TRANSLATION_CREATE, translation_create, ON_DEVICE, flags, reserved),
	REQUEST_ZERO(TRANSLATION_NEXT, translation_next, ON_DEVICE, flags, reserved),
	REQUEST_PLAIN(EXT_ENTER, ON_EXT),
	REQUEST_PLAIN(EXT_LEAVE, ON_EXT),
	REQUEST_ZERO(EXT_IMPORT, ext_import, ON_EXT, flags, reserved),
	REQUEST(EXT_GRANT, ext_grant, ON_EXT),
	REQUEST_PLAIN(EXT_COMMIT, ON_EXT),
	REQUEST_ZERO(EXT_INHERIT, ext_inherit, ON_EXT, flags, reserved),
	REQUEST_ZERO(EXT_DOMAIN, ext_domain, ON_EXT, reserved, reserved),
	REQUEST(EXT_PROC_IMPORT, ext_procedure, ON_EXT),
	REQUEST(EXT_PROC_EXPORT, ext_procedure, ON_EXT),
	REQUEST(PROC_NEXT, proc_next, ON_DEVICE),
	REQUEST_ZERO(PROC_LINK_NEXT, proc_link_next, ON_DEVICE, reserved, reserved),
	REQUEST(CAP_GRANT, cap_grant, ON_DEVICE),
	REQUEST_ZERO(CAP_REVOKE, cap_revoke, ON_DEVICE, reserved, reserved),
	REQUEST_ZERO(CAP_NARROW, cap_narrow, ON_DEVICE, reserved, reserved),
	REQUEST(CAP_TREE_NEXT, cap_tree_next, ON_DEVICE),
	REQUEST_ZERO(DOMAIN_CREATE, domain_create, ON_DEVICE, flags, reserved),
	REQUEST_ZERO(DOMAIN_OPEN, domain_open, ON_DEVICE, reserved, reserved),
	REQUEST(DOMAIN_NEXT, domain_next, ON_DEVICE),
	REQUEST_ZERO(NAME_LOOKUP, name_lookup, ON_DEVICE, reserved, reserved),
	REQUEST_ZERO(DOMAIN_EXPORT_NEXT, domain_export_next, ON_DEVICE, reserved, reserved),
	REQUEST_ZERO(DOMAIN_COMBINE, domain_combine, ON_DOMAIN, reserved, reserved),
	REQUEST_ZERO(DOMAIN_REMOVE, domain_remove, ON_DOMAIN, flags, reserved),
	REQUEST_ZERO(DOMAIN_RIGHTS, domain_rights, ON_DOMAIN, reserved, reserved),
	REQUEST_PLAIN(DOMAIN_DESTROY, ON_DOMAIN),
	REQUEST_ZERO(DOMAIN_LIMIT, domain_limit, ON_EXT | ON_DOMAIN, reserved, reserved),
	REQUEST_ZERO(DOMAIN_RESOLVE, domain_resolve, ON_DOMAIN, procedures, reserved),
	REQUEST(CONNECT, connect, ON_DEVICE),
	REQUEST(CALL, call, ON_DEVICE),
	REQUEST_ZERO(REF_COPY, ref_copy, ON_DEVICE, reserved, reserved),
	REQUEST_ZERO(REF_DELETE, ref_delete, ON_DEVICE, flags, reserved),
	REQUEST_ZERO(REF_NEXT, ref_next, ON_DEVICE, reserved, reserved),
};

#define NR_REQUESTS (sizeof(requests) / sizeof(requests[0]))

#endif /* _SPIN_TESTS_REQUESTS_H */
