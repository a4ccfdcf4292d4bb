/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an extension may use, and what it uses. Charging is for all folders, and for
 * services: see <spin/spin.h>.
 */
#ifndef _SPIN_QUOTA_H
#define _SPIN_QUOTA_H

#include <linux/atomic.h>
#include <uapi/linux/spin.h>

struct spin_extension;

/*
 * What an extension uses, and how much it may.
 *
 * Limits are written under spin_mutex, all else atomically, and read without.
 */
struct spin_quota {
	/* By enum spin_quota_kind; of packets: how many ever */
	atomic64_t used[SPIN_QUOTA_KINDS];
	/* Of each kind; SPIN_QUOTA_NONE: without limit */
	u64 limit[SPIN_QUOTA_KINDS];
	atomic64_t refused[SPIN_QUOTA_KINDS];	/* charges that were refused */
	/*
	 * Of packets: when the last will have been paid for, in nanoseconds of
	 * the monotonic clock
	 */
	atomic64_t paid_at;
	u32 raised;	/* limits that were raised, by one who may: bits; spin_mutex */
	/* The second in which the last refusal of packets was put in words */
	atomic64_t warned;
};

/* The processor time of a limited extension's handlers. */
struct spin_share {
	atomic64_t time_ns;	/* all of it, while it is limited; any context */
	u64 seen;		/* the same when it was last looked at; spin_mutex */
	u64 at;		/* when that was, 0: not since it is limited; spin_mutex */
	/*
	 * What it used too much, in nanoseconds; negative: what it may use at
	 * once; spin_mutex
	 */
	s64 debt;
};

/* What share.c has others do, which know bindings. */
struct spin_share_ops {
	/*
	 * Take the time of handlers, or not any more. Process context, without
	 * locks. Returns 0 or a negative errno
	 */
	int (*time)(bool on);
	/* Let no binding of an extension run. Under spin_mutex */
	void (*throttle)(struct spin_extension *ext);
	/*
	 * The opposite. Under spin_mutex. Returns 0; a negative errno: there is
	 * no room in a plan yet
	 */
	int (*unthrottle)(struct spin_extension *ext);
};

void spin_quota_init(struct spin_quota *quota);
void spin_quota_end(const struct spin_extension *ext);
int spin_quota_set(struct spin_extension *ext, u32 what, u64 limit);
void spin_quota_take_over(struct spin_extension *ext,
			  const struct spin_extension *old);
const char *spin_quota_name(u32 what);
int spin_quota_charge_maps(struct spin_extension *ext);

void spin_share_changed(void);
void spin_share_start(const struct spin_share_ops *ops);
void spin_share_stop(void);

#endif /* _SPIN_QUOTA_H */
