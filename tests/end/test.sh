# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Errors inside of the kernel, then what all of the above left in its log.

test_allocations_that_fail() {
	local kind
	if ! fault_injection; then
		echo "skip allocations this kernel has no fault injection"
		return
	fi
	for kind in failslab fail_page_alloc; do
		# those that may wait are most of ours, and fail too
		echo N >/sys/kernel/debug/$kind/ignore-gfp-wait
		echo 0 >/sys/kernel/debug/$kind/verbose
	done
	faults
	proc faults
	rmmod spin
	faults "$SPIN_MODULES/spin.ko" $((SOAK > 1 ? 1 : 5))
	expect no_memory_is_lost '' "$(lost_memory)"
	for kind in failslab fail_page_alloc; do
		echo Y >/sys/kernel/debug/$kind/ignore-gfp-wait
	done
}

# Without these file systems much of the above would look at nothing.
test_guest_is_whole() {
	local at
	for at in /sys/fs/bpf /sys/kernel/debug /sys/kernel/tracing /sys/fs/cgroup \
		/tmp /run /dev/pts /dev/shm; do
		expect_true "${at//\//_}" "a file system is mounted at $at" mountpoint -q $at
	done
}

test_kernel_log() {
	local bad='BUG:|WARNING:|Oops|KASAN|UBSAN:|circular locking|recursive locking|inconsistent lock|suspicious RCU|sleeping function|rcu.*stall|lockup|general protection|NULL pointer|refcount_t:|unreferenced object|Objects remaining'
	expect clean '' "$(log_since "$LOG_BEGIN" | grep -E "$bad" | head -n 5)"
}
