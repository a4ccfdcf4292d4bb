/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interface Clock: event Clock.Tick, raised periodically for each binding of
 * it by a thread of that binding's own, so that a slow handler delays nobody
 * else; first when the extension is committed. Sleepable handlers may sleep and
 * loop. Period: member period_us of the template. Context: struct
 * spin_clock_tick. No functions.
 */
#ifndef _SPIN_BPF_CLOCK_H
#define _SPIN_BPF_CLOCK_H

#include <spin/bpf/spin.h>

#endif /* _SPIN_BPF_CLOCK_H */
