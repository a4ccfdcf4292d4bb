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

# A tracer finds the size and the direction of each block in the number of the request.
test_a_tracer_sees_blocks() {
	local out
	out=$(strace -e trace=ioctl spinctl ext list 2>&1 >/dev/null)
	expect_match version '_IOC\(_IOC_READ, 0xe7, (0|0x0), 0x[0-9a-f]+\)' "$out"
	expect_match walk '_IOC\(_IOC_READ\|_IOC_WRITE, 0xe7, 0x12, 0x[0-9a-f]+\)' "$out"
}
