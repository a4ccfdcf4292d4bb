#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What becomes of the benchmarks' figures: those that repeat are kept, those that do
# not are named and leave the older ones where they were, and a comparison names
# what became dearer.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# the host may have no python3
[ "${1-}" = --inside ] ||
	exec "$here/../vm/in-root" bash /spin/tests/host/bench-results.sh --inside
readonly results=$here/../bench/results.py
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

wrong() {
	echo "# $1" >&2
	sed 's/^/# seen: /' "$work/out" >&2
	exit 1
}

# run_file FILE H1 PIPE
run_file() {
	local case
	printf 'env\tkernel\t6.12\n' >"$work/$1"
	for case in h0:1 h1g:88 h10:589 h50:2589 g50false:1552 g1indexed:117 \
		g1000indexed:119 "h1:$2"; do
		printf 'row\tdispatch\t%s\tspin\tinsn\t%s\t1\t9\t100\n' \
			"${case%:*}" "${case#*:}" >>"$work/$1"
	done
	for case in null/spin-kernel:153 null/spin-syscall:725 null/getppid:321 \
		"null/pipe:$3"; do
		printf 'row\tcall\t%s\t%s\tinsn\t%s\t1\t9\t100\n' null \
			"$(basename "${case%:*}")" "${case#*:}" >>"$work/$1"
	done
}

# median CASE SYSTEM - as kept
median() {
	awk -F'\t' -v c="$1" -v s="$2" '$2 == c && $3 == s { print $5 }' "$work/kept.tsv"
}

merge() {
	local status=0
	"$results" merge "$work/$1" "$work/$2" "$work/kept.tsv" >"$work/out" 2>&1 ||
		status=$?
	[ "$status" = "$3" ] || wrong "merge of $1 and $2: status $status, expected $3"
}

compare() {
	local status=0
	"$results" compare "$work/$1" "$work/$2" >"$work/out" 2>&1 || status=$?
	[ "$status" = "$3" ] || wrong "compare $1 and $2: status $status, expected $3"
}

run_file first 64 11354
run_file second 64 12020
merge first second 0
[ "$(median null pipe)" = 11354 ] || wrong 'a peer that differs by 6 % is not kept'
cp "$work/kept.tsv" "$work/old.tsv"

run_file third 62 11354
run_file fourth 55 11354
merge third fourth 1
grep -q 'dispatch h1 spin insn: 62, and in the second boot 55' "$work/out" ||
	wrong 'a figure that does not repeat is not named'
[ "$(median h1 spin)" = 64 ] || wrong 'a figure that does not repeat took the place of one that did'
[ "$(median h1g spin)" = 88 ] || wrong 'figures that repeat are not kept beside one that does not'

compare old.tsv old.tsv 0
grep -q 'nothing changed' "$work/out" || wrong 'the same results differ'
run_file fifth 70 11354
run_file sixth 70 9000
sed -i 's/h10\tspin\tinsn\t589/h10\tspin\tinsn\t500/' "$work/fifth" "$work/sixth"
merge fifth sixth 1 # over the bar, and pipe differs by a fifth
compare old.tsv kept.tsv 1
grep -qE '^DEARER +dispatch +h1 +spin +insn +64 +70 +\+9\.4%' "$work/out" ||
	wrong 'what became dearer is not named'
grep -qE '^cheaper +dispatch +h10 +spin +insn +589 +500' "$work/out" ||
	wrong 'what became cheaper is not named'
