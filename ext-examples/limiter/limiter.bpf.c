// SPDX-License-Identifier: GPL-2.0
/*
 * limiter - says to other extensions how much they may do: so much in a second,
 * for each of those they do it for. Exports procedure Limiter.Take.
 */
#include <spin/bpf/spin.h>
#include "limiter.h"

SPIN_EXTENSION("limiter");
SPIN_LICENSE("GPL");

SPIN_SETTING(__u64, per_second, 100);

#define EINVAL	22

/* Those whose extensions are the limiter's own user's may call it. */
SPIN_EXPORT(Limiter, Take);

__u64 granted;
__u64 refused;

struct account {
	__u64 second;
	__u64 taken;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct account);
} accounts SEC(".maps");

SPIN_HANDLER(check_settings, struct spin_initialize *init)
{
	char nothing[] = "per_second must be 1 or more: with 0 nobody may do anything";

	if (per_second)
		return 0;
	spin_refuse(init, nothing, sizeof(nothing));
	return -EINVAL;
}

SPIN_BIND(Domain_Initialize, settings,
	.handler = check_settings);

SPIN_HANDLER(take, struct spin_call *call)
{
	__u64 second = bpf_ktime_get_ns() >> 30;	/* about a second */
	__u32 who = SPIN_ARG(call, Limiter, Take, who);
	__u32 amount = SPIN_ARG(call, Limiter, Take, amount);
	struct account new = { .second = second, .taken = amount };
	struct account *account = bpf_map_lookup_elem(&accounts, &who);

	__u64 taken = account && account->second == second ? account->taken : 0;

	if (taken + amount > per_second) {
		__sync_fetch_and_add(&refused, 1);
		return 0;
	}
	if (account && account->second == second)
		__sync_fetch_and_add(&account->taken, amount);
	else
		bpf_map_update_elem(&accounts, &who, &new, BPF_ANY);
	__sync_fetch_and_add(&granted, 1);
	return 1;
}

SPIN_IMPLEMENT(Limiter, Take, limit, .handler = take);

/*
 * Asked whenever somebody wants to call Limiter.Take, or to handle it. Nobody may
 * handle it, because a handler could grant itself any amount.
 */
SPIN_HANDLER(authorize, struct spin_authorize *request)
{
	if (request->operation != SPIN_AUTHORIZE_IMPORT)
		return -1;	/* EPERM */
	return request->uid == request->owner ? 0 : -1;
}

SPIN_BIND(Domain_Authorize, authorizer, .handler = authorize);
