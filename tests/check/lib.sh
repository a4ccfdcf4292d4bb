# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Shared by the gates. Each is run in the Debian root by tests/check/run, in the
# tree that it looks at; it prints what it finds and fails if it found anything.

# Where tests/check/tools is seen in the root.
# shellcheck disable=SC2034 # used by the gates
readonly TOOLS=/mnt

# files FOLDER... -- PATTERN... - the tree's files whose name matches one of the
# patterns, in these folders; fails if there are none, so that no gate looks at
# nothing
files() {
	local folders=() patterns=() out
	while [ "$1" != -- ]; do
		[ ! -e "$1" ] || folders+=("$1")
		shift
	done
	shift
	patterns=(-name "$1")
	shift
	while [ $# -gt 0 ]; do
		patterns+=(-o -name "$1")
		shift
	done
	out=$(find "${folders[@]}" \( -path ./build -o -path ./.git \) -prune -o \
		-type f \( "${patterns[@]}" \) -print | LC_ALL=C sort)
	if [ -z "$out" ]; then
		echo "no file to look at" >&2
		return 1
	fi
	printf '%s\n' "$out"
}

# each COMMAND... - run it on the files of standard input, some at a time, on all
# processors; fails if any of them failed
each() {
	xargs -r -d '\n' -n 16 -P "$(nproc)" "$@"
}
