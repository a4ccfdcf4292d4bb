# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Shared by the scripts of this folder: where things are, and how to say so.

# spin_tree - the top of the source tree
spin_tree() {
	cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P
}

# spin_cache - the folder, outside the tree, that keeps what is slow to make
spin_cache() {
	printf '%s\n' "${SPIN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/spin}"
}

say() {
	printf '[%4ds] %s\n' "$SECONDS" "$*" >&2
}

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# as_root - run a command with the rights to chroot and to install packages
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "'$1' needs root: run as root, or install sudo"
	fi
}

# recipe_hash - what the cached root is named by
recipe_hash() {
	sha256sum "$(dirname "${BASH_SOURCE[0]}")/recipe.sh" | cut -c1-12
}

# kernel_release ROOT stock|bpo|debug - its release, such as 6.12.107+deb13-amd64
kernel_release() {
	local root=$1 kind=$2
	case $kind in
	stock) find "$root/usr/lib/modules" -maxdepth 1 -name '6.12.*' -printf '%f\n' ;;
	bpo) find "$root/usr/lib/modules" -maxdepth 1 -name '[0-9]*' ! -name '6.12.*' -printf '%f\n' ;;
	debug) cat "$(debug_kernel_dir)/release" ;;
	*) die "no such kernel: '$kind' (stock, bpo or debug)" ;;
	esac
}

# debug_kernel_dir - where tests/vm/debug-kernel leaves its result
debug_kernel_dir() {
	local here
	here=$(dirname "${BASH_SOURCE[0]}")
	printf '%s/debug-%s\n' "$(spin_cache)" \
		"$(cat "$here/recipe.sh" "$here/debug.config" | sha256sum | cut -c1-12)"
}
