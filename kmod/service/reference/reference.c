// SPDX-License-Identifier: GPL-2.0
/*
 * Interface Reference: what handlers of the events of Trap do with the references
 * of the open file that the call came by. See capability/reference.c.
 */
#include <spin/spin.h>
#include "../../capability/reference.h"
#include "../../capability/tree.h"
#include "../trap/trap.h"

static s64 externalize(struct spin_syscall *call,
		       const struct spin_reference *reference)
{
	return spin_reference_add(spin_syscall_references(call), reference,
				  GFP_ATOMIC);
}

/* A capability of its own for the reference: so it can be revoked by itself. */
static s64 externalize_capability(struct spin_syscall *call,
				  struct spin_capability *parent, u32 rights)
{
	struct spin_reference reference = {
		.ext = spin_ctx_extension(&call->ctx),
		.kind = parent->kind,
		.rights = rights,
	};
	s64 handle;

	reference.cap = spin_capability_derive(parent, reference.ext, rights,
					       GFP_ATOMIC | __GFP_ACCOUNT |
					       __GFP_NOWARN);
	if (IS_ERR(reference.cap))
		return PTR_ERR(reference.cap);
	handle = externalize(call, &reference);
	spin_capability_put(reference.cap);
	return handle;
}

__bpf_kfunc_start_defs();

__bpf_kfunc s64 spin_externalize(struct spin_syscall *call, u32 slot, u32 rights)
{
	struct spin_capability *cap;
	s64 handle;
	u32 given;

	cap = spin_capability_reference(&call->ctx, slot, 0,
					SPIN_RIGHT_EXTERNALIZE, &given);
	if (IS_ERR(cap))
		return PTR_ERR(cap);
	if (rights & ~given)
		handle = -EACCES;
	else
		handle = externalize_capability(call, cap, rights ?: given);
	spin_capability_put(cap);
	return handle;
}

__bpf_kfunc s64 spin_externalize_value(struct spin_syscall *call, u64 type,
				       u64 value)
{
	const struct spin_reference reference = {
		.ext = spin_ctx_extension(&call->ctx),
		.charged = true,
		.kind = SPIN_CAP_VALUE,
		.type = type,
		.value = value,
	};
	s64 handle;

	handle = spin_quota_charge(reference.ext, SPIN_QUOTA_OBJECTS, 1);
	if (handle)
		return handle;
	handle = externalize(call, &reference);
	if (handle < 0)
		spin_quota_uncharge(reference.ext, SPIN_QUOTA_OBJECTS, 1);
	return handle;
}

__bpf_kfunc int spin_internalize_value(struct spin_syscall *call, u64 handle,
				       u64 type, u64 *value)
{
	struct spin_reference reference;
	int err;

	err = spin_reference_get(spin_syscall_references(call), handle,
				 &reference);
	if (err)
		return err;
	if (reference.ext != spin_ctx_extension(&call->ctx))
		err = -EPERM;
	else if (reference.kind != SPIN_CAP_VALUE || reference.type != type)
		err = -EBADF;
	else
		*value = reference.value;
	spin_reference_put(&reference);
	return err;
}

__bpf_kfunc int spin_reference_delete(struct spin_syscall *call, u64 handle)
{
	return spin_reference_remove(spin_syscall_references(call), handle,
				     spin_ctx_extension(&call->ctx));
}

__bpf_kfunc_end_defs();

#define REFERENCE_KFUNCS(F) \
	F(spin_externalize, KF_TRUSTED_ARGS, 2500, SPIN_CLASS_SPINNING, 0) \
	F(spin_externalize_value, KF_TRUSTED_ARGS, 800, SPIN_CLASS_SPINNING, 0) \
	F(spin_internalize_value, KF_TRUSTED_ARGS, 150, SPIN_CLASS_SPINNING, 0) \
	F(spin_reference_delete, KF_TRUSTED_ARGS, 400, SPIN_CLASS_SPINNING, 0)

SPIN_KFUNC_TABLE(reference_kfuncs, REFERENCE_KFUNCS);

SPIN_SERVICE(spin_reference_service) = {
	.interface = {
		.name = "Reference",
		.authorize = spin_interface_public,
		.kfuncs = { &reference_kfuncs },
	},
};
