# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Loaders that do not use libspin, and have intentions of their own.

test_attach() {
	attach $((SOAK > 1 ? 10000 : 300))
}

test_swapped_descriptors() {
	swap $((SOAK > 1 ? 5000 : 200))
}

test_ioctls() {
	ioctls $((SOAK > 1 ? SOAK_SECONDS / 8 : 2)) "${SPIN_TEST_SEED:-1}"
}

test_dying_and_racing_loaders() {
	steps
}
