// SPDX-License-Identifier: GPL-2.0
/*
 * Quotas: what an extension uses is counted, and it may not use more than its
 * domain's limits say. Counters are atomic words, so that those who charge need
 * no lock; a charge that would go beyond the limit changes nothing.
 *
 * Packets are a rate, kept as a virtual schedule: each packet moves the time at
 * which all are paid for by a second divided by the limit. A charge is granted
 * if that time is not too far ahead, whatever its size: a large one is paid for
 * by waiting.
 */
#include <linux/bpf.h>
#include <linux/math64.h>
#include <linux/timekeeping.h>
#include "extension.h"

#define PACKETS_AHEAD	(NSEC_PER_SEC / 100)	/* what may be sent at once */
#define DEBT_MAX	(60ULL * NSEC_PER_SEC)	/* of one charge */

static const struct {
	const char *name;
	const char *unit;
	u64 limit;	/* unless somebody sets another */
} kinds[SPIN_QUOTA_KINDS] = {
	[SPIN_QUOTA_BINDINGS] = { "bindings", "bindings", 65536 },
	[SPIN_QUOTA_MEMORY] = { "memory", "bytes of kernel memory", 256U << 20 },
	[SPIN_QUOTA_OBJECTS] = { "objects", "objects", 65536 },
	[SPIN_QUOTA_QUEUE] = { "queue", "removed bindings that still run", 16384 },
	[SPIN_QUOTA_PACKETS] = { "packets", "packets per second", 1000000 },
	[SPIN_QUOTA_CPU] = { "cpu", "thousandths of a processor",
			     SPIN_QUOTA_NONE },
};

void spin_quota_init(struct spin_quota *quota)
{
	u32 i;

	for (i = 0; i < SPIN_QUOTA_KINDS; i++)
		quota->limit[i] = kinds[i].limit;
	atomic64_set(&quota->warned, -1);
}

/* The extension is freed: all that holds a reference to it has been given back. */
void spin_quota_end(const struct spin_extension *ext)
{
	const struct spin_quota *quota = &ext->quota;

	WARN_ON_ONCE(atomic64_read(&quota->used[SPIN_QUOTA_BINDINGS]));
	WARN_ON_ONCE(atomic64_read(&quota->used[SPIN_QUOTA_QUEUE]));
	WARN_ON_ONCE(atomic64_read(&quota->used[SPIN_QUOTA_MEMORY]) !=
		     ext->map_memory);
}

const char *spin_quota_name(u32 what)
{
	return kinds[what].name;
}

static int refuse(struct spin_extension *ext, enum spin_quota_kind what)
{
	u64 limit = READ_ONCE(ext->quota.limit[what]);

	atomic64_inc(&ext->quota.refused[what]);
	/* Until it is loaded, its domain is not there for spinctl. */
	if (READ_ONCE(ext->state) == SPIN_EXT_LOADING)
		spin_extension_refuse(ext, "extension '%s' may have %llu %s, and needs more; load it with --limit %s=N",
				      ext->name, limit, kinds[what].unit,
				      kinds[what].name);
	else
		spin_extension_refuse(ext, "extension '%s' may have %llu %s and has used them up; spinctl domain limit %s %s=N changes that",
				      ext->name, limit, kinds[what].unit,
				      ext->name, kinds[what].name);
	return -EDQUOT;
}

/* In words at most once a second: a flood is refused as fast as it comes. */
static int refuse_packets(struct spin_extension *ext, u64 now)
{
	struct spin_quota *quota = &ext->quota;
	s64 second = div_u64(now, NSEC_PER_SEC);

	if (atomic64_xchg(&quota->warned, second) != second)
		return refuse(ext, SPIN_QUOTA_PACKETS);
	atomic64_inc(&quota->refused[SPIN_QUOTA_PACKETS]);
	return -EDQUOT;
}

/* How far ahead of time @n packets move the schedule. */
static u64 packets_price(u64 n, u64 limit)
{
	u64 price = div64_u64(min_t(u64, n, U32_MAX) * NSEC_PER_SEC, limit);

	return min_t(u64, price, DEBT_MAX);
}

static int charge_packets(struct spin_extension *ext, u64 n)
{
	struct spin_quota *quota = &ext->quota;
	u64 limit = READ_ONCE(quota->limit[SPIN_QUOTA_PACKETS]);
	u64 now, price;
	s64 at, paid_at;

	if (limit != SPIN_QUOTA_NONE) {
		now = ktime_get_mono_fast_ns();
		if (!limit)
			return refuse_packets(ext, now);
		price = packets_price(n, limit);
		at = atomic64_read(&quota->paid_at);
		do {
			if (at > (s64)(now + PACKETS_AHEAD))
				return refuse_packets(ext, now);
			paid_at = max_t(s64, at, now) + price;
		} while (!atomic64_try_cmpxchg(&quota->paid_at, &at, paid_at));
	}
	atomic64_add(n, &quota->used[SPIN_QUOTA_PACKETS]);
	return 0;
}

int spin_quota_charge(struct spin_extension *ext, enum spin_quota_kind what,
		      u64 n)
{
	struct spin_quota *quota = &ext->quota;
	u64 limit;
	s64 used;

	if (WARN_ON_ONCE(what >= SPIN_QUOTA_CPU))
		return -EINVAL;
	if (what == SPIN_QUOTA_PACKETS)
		return charge_packets(ext, n);
	limit = min_t(u64, READ_ONCE(quota->limit[what]), S64_MAX);
	used = atomic64_read(&quota->used[what]);
	do {
		if (used > limit || n > limit - used)
			return refuse(ext, what);
	} while (!atomic64_try_cmpxchg(&quota->used[what], &used, used + n));
	return 0;
}
EXPORT_SYMBOL_GPL(spin_quota_charge);

/* Packets that have been sent: they are paid for by waiting before the next. */
static void force_packets(struct spin_extension *ext, u64 n)
{
	struct spin_quota *quota = &ext->quota;
	u64 limit = READ_ONCE(quota->limit[SPIN_QUOTA_PACKETS]);
	s64 at, paid_at, now;
	u64 price;

	if (!n || !limit || limit == SPIN_QUOTA_NONE)
		return;
	price = packets_price(n, limit);
	now = ktime_get_mono_fast_ns();
	at = atomic64_read(&quota->paid_at);
	do {
		paid_at = max(at, now) + price;
	} while (!atomic64_try_cmpxchg(&quota->paid_at, &at, paid_at));
}

/* What cannot be refused any more counts all the same. Any context. */
void spin_quota_force(struct spin_extension *ext, enum spin_quota_kind what,
		      u64 n)
{
	if (what == SPIN_QUOTA_PACKETS)
		force_packets(ext, n);
	atomic64_add(n, &ext->quota.used[what]);
}

void spin_quota_uncharge(struct spin_extension *ext, enum spin_quota_kind what,
			 u64 n)
{
	if (what == SPIN_QUOTA_PACKETS)
		return;		/* sent is sent */
	WARN_ON_ONCE(atomic64_sub_return(n, &ext->quota.used[what]) < 0);
}
EXPORT_SYMBOL_GPL(spin_quota_uncharge);

/**
 * spin_quota_set - set a limit
 * @ext: whose
 * @what: enum spin_quota_kind
 * @limit: SPIN_QUOTA_NONE: none. May be less than what is used now: then
 *	nothing more is granted until that is less. More than before only if
 *	the caller has seen to it that the one who asks may say so
 *
 * Under spin_mutex. Returns 0; -EINVAL: no such kind, or no such limit.
 */
int spin_quota_set(struct spin_extension *ext, u32 what, u64 limit)
{
	lockdep_assert_held(&spin_mutex);
	if (what >= SPIN_QUOTA_KINDS)
		return -EINVAL;
	/* Debts stay; but who may raise a limit may forgive what it cost. */
	if (limit > ext->quota.limit[what]) {
		ext->quota.raised |= BIT(what);
		if (what == SPIN_QUOTA_PACKETS)
			atomic64_set(&ext->quota.paid_at, 0);
	}
	WRITE_ONCE(ext->quota.limit[what], limit);
	if (what == SPIN_QUOTA_CPU)
		spin_share_changed();
	return 0;
}

/**
 * spin_quota_take_over - a new version takes the limits and debts of the old one
 * @ext: the new one, about to become active
 * @old: whose place it takes
 *
 * The old one's limits may have been lowered since the new one was created: the
 * lower one counts, unless the new one's was raised. Under spin_mutex.
 */
void spin_quota_take_over(struct spin_extension *ext,
			  const struct spin_extension *old)
{
	u32 i;

	lockdep_assert_held(&spin_mutex);
	for (i = 0; i < SPIN_QUOTA_KINDS; i++)
		if (!(ext->quota.raised & BIT(i)))
			WRITE_ONCE(ext->quota.limit[i],
				   min(ext->quota.limit[i],
				       old->quota.limit[i]));
	atomic64_set(&ext->quota.paid_at, atomic64_read(&old->quota.paid_at));
	ext->share.at = old->share.at;
	ext->share.debt = old->share.debt;
	ext->share.seen = atomic64_read(&ext->share.time_ns);
}

/* ---- maps ---- */

/* Adds to @sum the maps of a program that are not in @seen yet. */
static int sum_maps(struct bpf_prog *prog, struct xarray *seen, u64 *sum)
{
	struct bpf_map *map;
	u32 i;
	int err = 0;

	mutex_lock(&prog->aux->used_maps_mutex);
	for (i = 0; !err && i < prog->aux->used_map_cnt; i++) {
		map = prog->aux->used_maps[i];
		err = xa_insert(seen, map->id, map, GFP_KERNEL);
		if (err == -EBUSY) {
			err = 0;
			continue;
		}
		if (!err && map->ops->map_mem_usage)
			*sum += map->ops->map_mem_usage(map);
	}
	mutex_unlock(&prog->aux->used_maps_mutex);
	return err;
}

/**
 * spin_quota_charge_maps - charge an extension for the maps of its programs
 * @ext: about to be committed: no template comes any more; the caller holds its
 *	lock
 *
 * Each map once, as large as it is now; one that two extensions share, to both.
 * Returns 0; -EDQUOT with a sentence; -ENOMEM.
 */
int spin_quota_charge_maps(struct spin_extension *ext)
{
	struct spin_template *template;
	struct xarray seen;
	u64 sum = 0;
	u32 i;
	int err = 0;

	lockdep_assert_held(&ext->lock);
	xa_init(&seen);
	mutex_lock(&spin_mutex);
	list_for_each_entry(template, &ext->templates, node)
		for (i = 0; !err && i < SPIN_PROGS_MAX; i++)
			if (template->progs[i])
				err = sum_maps(template->progs[i], &seen, &sum);
	mutex_unlock(&spin_mutex);
	xa_destroy(&seen);
	if (err)
		return err;
	/* A commit that failed may have charged some already. */
	spin_quota_uncharge(ext, SPIN_QUOTA_MEMORY, ext->map_memory);
	ext->map_memory = 0;
	err = spin_quota_charge(ext, SPIN_QUOTA_MEMORY, sum);
	if (!err)
		ext->map_memory = sum;
	return err;
}
