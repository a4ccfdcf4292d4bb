#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The storm of tests/suite/storm.c with processors that really run at the same
# time, each a thread of the emulator. That emulation breaks now and then, in a
# guest that patches its code as much as this one does: a guest that dies, or
# goes dumb, is tried again. A test that fails is not.

set -uo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

readonly TRIES=4

out=$(mktemp)
trap 'rm -f "$out"' EXIT

for ((try = 1; try <= TRIES; try++)); do
	tests/vm/boot --kernel "${KERNEL:-stock}" --name parallel --parallel \
		--timeout 120 --log build/vm/log/parallel-storm.log \
		-- /spin/tests/suite/run -k '^test_storm$' >"$out" 2>&1
	status=$?
	if grep -q '^not ok' "$out"; then
		cat "$out"
		exit 1
	fi
	if [ $status -eq 0 ]; then
		sed -n 's/^# \(.*raises;\)/# \1/p' "$out"
		exit 0
	fi
	echo "# try $try of $TRIES: the guest ended with status $status"
done
cat "$out"
exit 1
