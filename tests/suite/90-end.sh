# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Errors inside of the kernel, then what all of the above left in its log.

fault_injection() {
	[ -e /proc/self/make-it-fail ] && [ -d /sys/kernel/debug/failslab ]
}

inject() { # FILE VALUE, for both kinds of allocation
	local kind
	for kind in failslab fail_page_alloc; do
		[ ! -e "/sys/kernel/debug/$kind/$1" ] || echo "$2" >"/sys/kernel/debug/$kind/$1"
	done
}

# fail_at N COMMAND... - the Nth allocation of the command, and that one only
fail_at() {
	local n=$1
	shift
	inject space "$n"
	inject times 1
	(echo 1 >/proc/self/make-it-fail && exec "$@")
}

# Each allocation on the way fails once: the load is refused as a whole.
test_allocations_that_fail() {
	local n step=1 refusals=0 before out status bad=''
	if ! fault_injection; then
		echo "skip load this kernel has no fault injection"
		return
	fi
	inject probability 100
	inject interval 1
	inject verbose 0
	inject task-filter 1
	inject ignore-gfp-wait 0
	[ ! -e /sys/kernel/debug/failslab/cache-filter ] || echo 0 >/sys/kernel/debug/failslab/cache-filter
	before=$(census)
	[ "$SOAK" -gt 1 ] || step=7
	for ((n = 0; n < 4000; n += step)); do
		out=$(fail_at $n spinctl load "$EXT/udp-echo.bpf.o" 2>&1)
		status=$?
		inject times 0
		if [ $status -eq 0 ]; then
			spinctl unload udp-echo >/dev/null 2>&1 || bad="unload after $n: $out"
			[ $((refusals)) -gt 0 ] && [ "$n" -gt 3000 ] && break
		else
			refusals=$((refusals + 1))
		fi
		[ -z "$(extensions)" ] || { bad="an extension is left after $n: $out"; break; }
	done
	inject probability 0
	inject task-filter 0
	expect clean '' "$bad"
	expect_true some_were_refused "refusals" [ $refusals -gt 0 ]
	expect left "$before" "$(census --wait "$before" || census)"
	echo "# $refusals of $((n / step)) loads refused"
}

test_kernel_log() {
	local bad='BUG|WARNING|Oops|KASAN|UBSAN|circular locking|recursive locking|inconsistent lock|suspicious RCU|sleeping function|rcu.*stall|lockup|general protection|panic|NULL pointer|refcount_t|kmem_cache_destroy|Objects remaining'
	expect clean '' "$(dmesg | grep -E "$bad" | head -n 5)"
}
