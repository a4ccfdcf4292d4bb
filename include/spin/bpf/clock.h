/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interface Clock: event Clock.Tick, raised periodically for each binding of
 * it by a thread of that binding's own, so that a slow handler delays nobody
 * else; first when the extension is committed. Sleepable handlers may sleep and
 * loop. Period: member period_us of the template. Context: struct
 * spin_clock_tick. No functions.
 *
 * Periods below 1000 take a capability, which is only declared:
 *
 *	SPIN_CAPABILITY(spin_clock_t, pulse);	--grant pulse=clock:100us
 *
 * Without it the template is refused. When it is taken away the ticks go on, at
 * 1000 us: @period_ns says so.
 */
#ifndef _SPIN_BPF_CLOCK_H
#define _SPIN_BPF_CLOCK_H

#include <spin/bpf/spin.h>

#endif /* _SPIN_BPF_CLOCK_H */
