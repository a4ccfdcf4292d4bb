// SPDX-License-Identifier: GPL-2.0
/*
 * demand-zero - a pager: pages of zeroes, made when they are first touched.
 */
#include <spin/bpf/spin.h>
#include <spin/bpf/translation.h>

SPIN_EXTENSION("demand-zero");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Translation);

SPIN_SETTING(__u32, mark, 0);

/* `spinctl ext show demand-zero` prints these. */
__u64 faults;		/* pages supplied */
__u64 writes;		/* those of them that were first written to */
__u64 failed;		/* no memory */

SPIN_SLEEPABLE_HANDLER(supply, struct spin_fault *fault)
{
	__u64 number = fault->page + 1;
	int err = spin_fault_zero(fault);

	if (!err && mark)
		err = spin_fault_write(fault, 0, &number, sizeof(number));

	/* Handlers of this event run in many tasks at a time. */
	if (err) {
		__sync_fetch_and_add(&failed, 1);
		return SPIN_FAULT_PASS;
	}
	__sync_fetch_and_add(&faults, 1);
	if (fault->write)
		__sync_fetch_and_add(&writes, 1);
	return SPIN_FAULT_RESOLVED;
}

SPIN_BIND(Translation_PageNotPresent, pager, .handler = supply);
