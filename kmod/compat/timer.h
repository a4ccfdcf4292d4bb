/* SPDX-License-Identifier: GPL-2.0 */
/* How a high-resolution timer is made ready, of which kernels know one way each. */
#ifndef _SPIN_COMPAT_TIMER_H
#define _SPIN_COMPAT_TIMER_H

#include <linux/hrtimer.h>
#include <linux/version.h>

static inline void
spin_hrtimer_setup(struct hrtimer *timer,
		   enum hrtimer_restart (*function)(struct hrtimer *timer),
		   clockid_t clock, enum hrtimer_mode mode)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	hrtimer_setup(timer, function, clock, mode);
#else
	hrtimer_init(timer, clock, mode);
	timer->function = function;
#endif
}

#endif /* _SPIN_COMPAT_TIMER_H */
