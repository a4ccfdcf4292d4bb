#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The storm of tests/dispatch/storm.c with processors that really run at the same
# time, each a thread of the emulator. That emulation breaks now and then, in a
# guest that patches its code as much as this one does: it runs into the int3 of
# a patch that was done before. So timing, which patches most, is left alone here
# (the storm in the suite turns it on and off). A guest that dies even so is tried
# again, and one that dies without a word. A test that fails, and any other fault of
# the kernel, is not.

set -uo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

readonly TRIES=4 log=build/vm/log/parallel-storm.log

mkdir -p "$(dirname "$log")"
out=$(mktemp)
trap 'rm -f "$out"' EXIT

for ((try = 1; try <= TRIES; try++)); do
	tests/vm/boot --kernel "${KERNEL:-stock}" --name parallel --parallel \
		--timeout 600 --log "$log" \
		-- env STORM_STILL=1 /spin/tests/run/run -k '^test_storm$' >"$out" 2>&1
	status=$?
	if [ $status -eq 0 ]; then
		grep -h 'raises;' "$out"
		exit 0
	fi
	if grep -q '^not ok' "$out" || { grep -q 'BUG:\|Oops\|WARNING:' "$log" &&
		! grep -q 'Oops: int3' "$log"; }; then
		cat "$out"
		exit 1
	fi
	echo "# try $try of $TRIES: the guest ended with status $status"
done
cat "$out"
exit 1
