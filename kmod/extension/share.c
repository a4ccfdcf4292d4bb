// SPDX-License-Identifier: GPL-2.0
/*
 * The share of a processor that an extension's handlers may have. While any
 * extension has a limit, the time of handlers is taken, and ten times a second
 * each limited one pays for its time at the rate of its limit. One that is in
 * debt is throttled: its bindings are inactive until the debt is paid.
 *
 * A handler is not interrupted: one that sleeps counts when it ends, for the
 * time it had the processor. While nobody is limited, all this costs nothing.
 */
#include <linux/math64.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>
#include "lookup.h"

#define PERIOD		(HZ / 10)
#define PERIOD_NS	(NSEC_PER_SEC / 10)
#define DEBT_PERIODS	600	/* the longest it takes to pay */

static void measure(struct work_struct *work);
static DECLARE_DELAYED_WORK(measure_work, measure);

static const struct spin_share_ops *share_ops;	/* NULL: stopped; spin_mutex */
static bool timing;		/* the work's: it has asked for times */

static bool is_limited(const struct spin_extension *ext)
{
	return ext->quota.limit[SPIN_QUOTA_CPU] != SPIN_QUOTA_NONE;
}

/* Limits have changed, or a limited extension has become active. */
void spin_share_changed(void)
{
	lockdep_assert_held(&spin_mutex);
	if (share_ops)
		mod_delayed_work(spin_workqueue, &measure_work, 0);
}

static void throttle(struct spin_extension *ext, u64 used)
{
	atomic64_inc(&ext->quota.refused[SPIN_QUOTA_CPU]);
	spin_extension_refuse(ext, "extension '%s' used %llu thousandths of a processor and may use %llu: its handlers are not run until that is paid for; spinctl domain limit %s cpu=N changes that",
			      ext->name, used, ext->quota.limit[SPIN_QUOTA_CPU],
			      ext->name);
	share_ops->throttle(ext);
}

/* No room in a plan: it is tried again in the next period. */
static void unthrottle(struct spin_extension *ext)
{
	if (ext->throttled && share_ops->unthrottle(ext))
		pr_warn_ratelimited("extension '%s' cannot be made active again yet\n",
				    ext->name);
}

static void share_begin(struct spin_extension *ext, u64 now)
{
	ext->share.at = now;
	ext->share.seen = atomic64_read(&ext->share.time_ns);
	ext->share.debt = 0;
}

static void share_pay(struct spin_extension *ext, u64 now)
{
	u64 limit = min_t(u64, ext->quota.limit[SPIN_QUOTA_CPU], U16_MAX);
	u64 time = atomic64_read(&ext->share.time_ns);
	u64 passed = min_t(u64, now - ext->share.at, NSEC_PER_SEC * 60);
	s64 used = time - ext->share.seen;
	s64 credit = div_u64(PERIOD_NS * limit, 1000);
	u64 thousandths = passed ? div64_u64((u64)used * 1000, passed) : 0;
	s64 debt = ext->share.debt + used - (s64)div_u64(passed * limit, 1000);

	ext->share.at = now;
	ext->share.seen = time;
	ext->share.debt = clamp(debt, -credit, credit * DEBT_PERIODS + 1);
	atomic64_set(&ext->quota.used[SPIN_QUOTA_CPU], thousandths);
	if (!limit || ext->share.debt > 0) {
		if (!ext->throttled)
			throttle(ext, thousandths);
	} else {
		unthrottle(ext);
	}
}

/* Returns whether there is to be a next time. */
static bool measure_all(void)
{
	u64 now = ktime_get_mono_fast_ns();
	struct spin_extension *ext;
	bool any = false;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(ext, &spin_extensions, node) {
		if (ext->state != SPIN_EXT_LOADED)
			continue;
		if (!is_limited(ext)) {
			unthrottle(ext);
			any |= ext->throttled;	/* no room: once more */
			ext->share.at = 0;
			atomic64_set(&ext->quota.used[SPIN_QUOTA_CPU], 0);
			continue;
		}
		any = true;
		if (ext->share.at)
			share_pay(ext, now);
		else
			share_begin(ext, now);
	}
	return any;
}

static void measure(struct work_struct *work)
{
	const struct spin_share_ops *ops;
	bool any;

	mutex_lock(&spin_mutex);
	ops = share_ops;
	any = ops && measure_all();
	if (any)
		queue_delayed_work(spin_workqueue, &measure_work, PERIOD);
	mutex_unlock(&spin_mutex);

	/* This patches code, and takes the mutex itself. */
	if (any && !timing)
		timing = !ops->time(true);
	else if (!any && timing && ops)
		timing = ops->time(false);
}

void spin_share_start(const struct spin_share_ops *ops)
{
	mutex_lock(&spin_mutex);
	share_ops = ops;
	mutex_unlock(&spin_mutex);
}

/* No extension is left. */
void spin_share_stop(void)
{
	const struct spin_share_ops *ops;

	mutex_lock(&spin_mutex);
	ops = share_ops;
	share_ops = NULL;
	mutex_unlock(&spin_mutex);
	cancel_delayed_work_sync(&measure_work);
	if (timing)
		timing = ops->time(false);
}
