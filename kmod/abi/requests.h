/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of requests: one row for each, by the kind of file that takes it. A
 * request is a row here and a function spin_do_NAME(), whose prototype the row
 * makes.
 *
 *   R(REQUEST, function, block, least, who, lock, checks...)	takes a block
 *   N(REQUEST, function, who, lock)				takes no argument
 *   F(REQUEST, function, block, least, who, checks...)		opens a file, and
 *								returns its descriptor
 *   U(...)	as R, and spin_undo_NAME() undoes it if the answer cannot be written
 *
 * least: the size of the block in bytes when the request came into the ABI, and never
 * changed. A block can grow behind it, by members that mean nothing if they are zero.
 * A smaller one lacks what has always been there, and is refused (EINVAL). Of
 * SPIN_IOC_VERSION it is the ABI: so much any program can ask any module.
 *
 * Before the function is called, spin_ioctl_do() has copied the block in, and the
 * checks of the row hold: texts end within their members (else ENAMETOOLONG), and
 * no bit is set that a member does not have (EINVAL). Then who asks has been
 * looked at, and the lock is held. What the function leaves in the block goes back
 * to the caller if it did not fail and the number says so.
 *
 * who:	ANYONE		all who have the descriptor
 *	LOADERS		with CAP_BPF and CAP_PERFMON
 *	OWNERS		the same, and what it is about must be theirs, or they have
 *			CAP_SYS_ADMIN: the function asks, where it has found the thing;
 *			tests/privilege sees whether it does
 *	MODIFIERS	the descriptor must have been opened with the right to modify:
 *			asked under spin_mutex, which stays held if it is the row's
 *
 * lock: NONE; MUTEX: spin_mutex; LOADING: that of the extension that is being loaded.
 *
 * tests/privilege compares the column "who" with Documentation/security.rst.
 */
#ifndef _SPIN_REQUESTS_H
#define _SPIN_REQUESTS_H

#include <linux/compiler_types.h>
#include <linux/types.h>
#include <uapi/linux/spin.h>

struct file;
struct spin_client;
struct spin_domain_file;
struct spin_extension;

/* On /dev/spin. SPIN_IOC_CALL has a way of its own: spin_trap_ioctl(). */
#define SPIN_DEVICE_REQUESTS(R, N, F, U)						\
	R(VERSION, version, version, 8, ANYONE, NONE)					\
	R(VERDICT, verdict, verdict, 520, ANYONE, NONE)					\
	N(TIMING, timing, LOADERS, NONE)						\
	R(CONNECT, connect, connect, 48, ANYONE, MUTEX, TEXT(connect, ext),		\
	  ZEROS(connect, flags, file))							\
	U(REF_COPY, ref_copy, ref_copy, 24, ANYONE, NONE, ZERO(ref_copy, flags),	\
	  BITS(ref_copy, rights, SPIN_RIGHTS_ALL), ZERO(ref_copy, reserved))		\
	R(REF_DELETE, ref_delete, ref_delete, 16, ANYONE, NONE,				\
	  ZEROS(ref_delete, flags, reserved))						\
	R(REF_NEXT, ref_next, ref_next, 32, ANYONE, NONE,				\
	  ZERO(ref_next, reserved))							\
	F(EXT_CREATE, ext_create, ext_create, 40, LOADERS, TEXT(ext_create, name),	\
	  BITS(ext_create, flags, SPIN_EXT_REPLACE | SPIN_EXT_BREAK_CALLERS),		\
	  ZERO(ext_create, reserved))							\
	R(EXT_UNLOAD, ext_unload, ext_unload, 40, OWNERS, NONE,				\
	  TEXT(ext_unload, name), ZERO(ext_unload, reserved))				\
	R(EXT_NEXT, ext_next, ext_next, 88, ANYONE, MUTEX,				\
	  ZERO(ext_next, reserved))							\
	R(EVENT_NEXT, event_next, event_next, 1248, ANYONE, MUTEX,			\
	  ZERO(event_next, reserved))							\
	R(TEMPLATE_NEXT, template_next, template_next, 192, ANYONE, MUTEX)		\
	R(BINDING_NEXT, binding_next, binding_next, 432, ANYONE, MUTEX,			\
	  ZERO(binding_next, reserved))							\
	U(BINDING_INSTALL, binding_install, binding_install, 264, OWNERS, MUTEX,	\
	  TEXT(binding_install, ext), TEXT(binding_install, template_name),		\
	  BITS(binding_install, flags, SPIN_BIND_CANCEL | SPIN_BIND_FILTER | SPIN_BIND_INACTIVE), \
	  ZEROS(binding_install, mode, reserved))					\
	R(BINDING_REMOVE, binding_remove, binding_remove, 16, OWNERS, NONE,		\
	  ZERO(binding_remove, reserved))						\
	R(BINDING_ENABLE, binding_enable, binding_enable, 16, OWNERS, NONE,		\
	  BITS(binding_enable, active, 1), ZERO(binding_enable, reserved))		\
	R(CAP_NEXT, cap_next, cap_next, 416, ANYONE, MUTEX)				\
	R(CAP_TREE_NEXT, cap_tree_next, cap_tree_next, 168, ANYONE, MUTEX)		\
	R(CAP_GRANT, cap_grant, cap_grant, 160, OWNERS, NONE, TEXT(cap_grant, ext),	\
	  TEXT(cap_grant, grant.name), TEXT(cap_grant, grant.from),			\
	  BITS(cap_grant, grant.flags, SPIN_GRANT_DERIVE))				\
	R(CAP_NARROW, cap_narrow, cap_narrow, 80, OWNERS, NONE,				\
	  TEXT(cap_narrow, ext), TEXT(cap_narrow, name),				\
	  BITS(cap_narrow, rights, SPIN_RIGHTS_ALL),					\
	  ZERO(cap_narrow, reserved))							\
	R(CAP_REVOKE, cap_revoke, cap_revoke, 80, OWNERS, NONE,				\
	  TEXT(cap_revoke, ext), TEXT(cap_revoke, name),				\
	  ZERO(cap_revoke, reserved))							\
	R(PROC_NEXT, proc_next, proc_next, 520, ANYONE, MUTEX)				\
	R(PROC_LINK_NEXT, proc_link_next, proc_link_next, 64, ANYONE, MUTEX,		\
	  ZERO(proc_link_next, reserved))						\
	F(DOMAIN_CREATE, domain_create, domain_create, 136, LOADERS,			\
	  TEXT(domain_create, name), ZEROS(domain_create, flags, reserved))		\
	F(DOMAIN_OPEN, domain_open, domain_open, 136, ANYONE,				\
	  TEXT(domain_open, name),							\
	  BITS(domain_open, rights, SPIN_DOMAIN_IMPORT | SPIN_DOMAIN_MODIFY),		\
	  ZERO(domain_open, reserved))							\
	R(DOMAIN_NEXT, domain_next, domain_next, 440, ANYONE, MUTEX)			\
	R(DOMAIN_EXPORT_NEXT, domain_export_next, domain_export_next, 88, ANYONE,	\
	  MUTEX, ZERO(domain_export_next, reserved))					\
	R(NAME_LOOKUP, name_lookup, name_lookup, 152, ANYONE, NONE,			\
	  TEXT(name_lookup, name),							\
	  BITS(name_lookup, flags, SPIN_LOOKUP_DEMAND),					\
	  ZERO(name_lookup, reserved))							\
	F(STRAND_REGISTER, strand_register, strand_register, 56, ANYONE,		\
	  TEXT(strand_register, ext), ZEROS(strand_register, flags, reserved),		\
	  ZERO(strand_register, id))							\
	R(STRAND_NEXT, strand_next, strand_next, 88, ANYONE, NONE,			\
	  ZEROS(strand_next, flags, reserved))						\
	F(TRANSLATION_CREATE, translation_create, translation_create, 64, ANYONE,	\
	  TEXT(translation_create, ext),						\
	  ZEROS(translation_create, flags, reserved),					\
	  ZERO(translation_create, id))							\
	R(TRANSLATION_NEXT, translation_next, translation_next, 104, ANYONE, NONE,	\
	  ZEROS(translation_next, flags, reserved))

/* On the file of an extension that is being loaded. */
#define SPIN_EXTENSION_REQUESTS(R, N, F, U)						\
	N(EXT_ENTER, ext_enter, ANYONE, NONE)						\
	N(EXT_LEAVE, ext_leave, ANYONE, NONE)						\
	N(EXT_COMMIT, ext_commit, ANYONE, NONE)						\
	R(VERDICT, ext_verdict, verdict, 520, ANYONE, NONE)				\
	R(EXT_DOMAIN, ext_domain, ext_domain, 8, ANYONE, LOADING,			\
	  ZERO(ext_domain, reserved))							\
	R(EXT_IMPORT, ext_import, ext_import, 40, ANYONE, LOADING,			\
	  TEXT(ext_import, name), ZEROS(ext_import, flags, reserved))			\
	R(EXT_GRANT, ext_grant, ext_grant, 128, ANYONE, LOADING,			\
	  TEXT(ext_grant, name), TEXT(ext_grant, from),					\
	  BITS(ext_grant, flags, SPIN_GRANT_LATE | SPIN_GRANT_DERIVE))			\
	R(EXT_INHERIT, ext_inherit, ext_inherit, 40, ANYONE, LOADING,			\
	  TEXT(ext_inherit, name), ZEROS(ext_inherit, flags, reserved))			\
	R(EXT_PROC_IMPORT, ext_proc_import, ext_procedure, 408, ANYONE, LOADING,	\
	  TEXT(ext_procedure, interface), TEXT(ext_procedure, procedure),		\
	  TEXT(ext_procedure, text), ZERO(ext_procedure, flags),			\
	  ZERO(ext_procedure, status))							\
	R(EXT_PROC_EXPORT, ext_proc_export, ext_procedure, 408, ANYONE, LOADING,	\
	  TEXT(ext_procedure, interface), TEXT(ext_procedure, procedure),		\
	  TEXT(ext_procedure, text),							\
	  BITS(ext_procedure, flags, SPIN_PROC_PUBLIC),					\
	  ZERO(ext_procedure, status))							\
	R(DOMAIN_LIMIT, ext_limit, domain_limit, 16, ANYONE, MUTEX,			\
	  ZERO(domain_limit, reserved))

/* On the file of a domain. */
#define SPIN_DOMAIN_REQUESTS(R, N, F, U)						\
	R(VERDICT, domain_verdict, verdict, 520, ANYONE, NONE)				\
	R(DOMAIN_COMBINE, domain_combine, domain_combine, 72, MODIFIERS, MUTEX,		\
	  TEXT(domain_combine, interface), ZERO(domain_combine, reserved))		\
	R(DOMAIN_REMOVE, domain_remove, domain_remove, 72, MODIFIERS, MUTEX,		\
	  TEXT(domain_remove, interface),						\
	  ZEROS(domain_remove, flags, reserved))					\
	R(DOMAIN_RIGHTS, domain_rights, domain_rights, 8, MODIFIERS, MUTEX,		\
	  BITS(domain_rights, rights, SPIN_DOMAIN_IMPORT | SPIN_DOMAIN_MODIFY),		\
	  ZERO(domain_rights, reserved))						\
	N(DOMAIN_DESTROY, domain_destroy, MODIFIERS, MUTEX)				\
	R(DOMAIN_LIMIT, domain_limit, domain_limit, 16, MODIFIERS, MUTEX,		\
	  ZERO(domain_limit, reserved))							\
	R(DOMAIN_RESOLVE, domain_resolve, domain_resolve, 592, MODIFIERS, NONE,		\
	  TEXT(domain_resolve, interface),						\
	  BITS(domain_resolve, flags, SPIN_RESOLVE_UNDO),				\
	  ZERO(domain_resolve, bindings),						\
	  ZEROS(domain_resolve, procedures, reserved))

/*
 * ---- their functions ----
 *
 * Each returns what the request returns, or a negative errno, with the reason in the
 * refusal of what it is called with. Functions of F return the file, or ERR_PTR.
 */
#define SPIN_PROTOTYPE_R(NAME, FN, BLOCK, ...)					\
	long spin_do_##FN(struct SPIN_ON *on, struct spin_ioc_##BLOCK *block);
#define SPIN_PROTOTYPE_U(NAME, FN, BLOCK, ...)					\
	SPIN_PROTOTYPE_R(NAME, FN, BLOCK)					\
	void spin_undo_##FN(struct SPIN_ON *on,					\
			    const struct spin_ioc_##BLOCK *block);
#define SPIN_PROTOTYPE_N(NAME, FN, ...)						\
	long spin_do_##FN(struct SPIN_ON *on);
#define SPIN_PROTOTYPE_F(NAME, FN, BLOCK, ...)					\
	struct file *spin_do_##FN(struct SPIN_ON *on,				\
				  struct spin_ioc_##BLOCK *block);
#define SPIN_PROTOTYPES(LIST)							\
	LIST(SPIN_PROTOTYPE_R, SPIN_PROTOTYPE_N, SPIN_PROTOTYPE_F, SPIN_PROTOTYPE_U)

#define SPIN_ON spin_client
SPIN_PROTOTYPES(SPIN_DEVICE_REQUESTS)
#undef SPIN_ON
#define SPIN_ON spin_extension
SPIN_PROTOTYPES(SPIN_EXTENSION_REQUESTS)
#undef SPIN_ON
#define SPIN_ON spin_domain_file
SPIN_PROTOTYPES(SPIN_DOMAIN_REQUESTS)
#undef SPIN_ON

struct spin_ioc_table;

extern const struct spin_ioc_table spin_device_table, spin_extension_table,
				   spin_domain_table;

long spin_ioctl_do(const struct spin_ioc_table *table, void *on,
		  unsigned int number, void __user *arg);

#endif /* _SPIN_REQUESTS_H */
