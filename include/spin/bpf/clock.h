/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interface Clock: event Clock.Tick. It is raised periodically for each
 * binding, from the commit on, by a thread of that binding's own, so that a
 * slow handler delays nobody else. Sleepable handlers may sleep and loop. The
 * period is member period_us of the template, the context is struct
 * spin_clock_tick, and there are no functions.
 *
 * A period below 1000 needs a capability, which has only to be declared:
 *
 *	SPIN_CAPABILITY(spin_clock_t, pulse);	--grant pulse=clock:100us
 *
 * Without it the template is refused. If it is revoked, the ticks go on at 1000
 * us, and @period_ns says so.
 */
#ifndef _SPIN_BPF_CLOCK_H
#define _SPIN_BPF_CLOCK_H

#include <spin/bpf/spin.h>

#endif /* _SPIN_BPF_CLOCK_H */
