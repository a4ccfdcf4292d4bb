/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mutex of the framework, and its workqueues.
 *
 * spin_mutex protects the lists of events, interfaces, extensions and bindings, the
 * order of bindings on a point, and every state change of an extension. The BPF
 * core calls reg() and unreg() with its own system-wide mutex held, and these take
 * spin_mutex: therefore nothing that may end in unreg() (detaching or putting a
 * link) is called under spin_mutex.
 *
 * A raise takes no lock: it reads the plan of a point with preemption off, which is
 * an RCU read-side section (atomic events), or in a section of the point's SRCU
 * (sleepable events: struct spin_point). What it may have read is freed after a
 * grace period of either kind, and no grace period is waited for under spin_mutex:
 * handlers that sleep may take it, by kernel functions that install bindings.
 *
 * Order of locks: an extension's lock, spin_mutex, then those of the services (in
 * bind, activate and unbind) and the kernel's for patching its code.
 */
#ifndef _SPIN_LOCK_H
#define _SPIN_LOCK_H

#include <linux/lockdep.h>
#include <linux/mutex.h>

struct workqueue_struct;

extern struct mutex spin_mutex;

extern struct workqueue_struct *spin_workqueue;

/*
 * For works of an extension that wait for its own handlers, which may take for ever:
 * one for each purpose. Nobody else's work is to wait behind them.
 */
extern struct workqueue_struct *spin_waiters;

#endif /* _SPIN_LOCK_H */
