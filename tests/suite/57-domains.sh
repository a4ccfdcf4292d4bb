# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Domains: what may be linked, who owns what, and how much of it there may be.

test_linker() {
	linker
}

# Loads that go round spinctl altogether.
test_linker_bpftool() {
	local file
	if ! command -v bpftool >/dev/null; then
		echo "skip bpftool no bpftool here"
		return
	fi
	for file in "$EXT/udp-echo.bpf.o" "$EXT/hello.bpf.o" "$FIXTURES/fixture-links.bpf.o"; do
		refused "bpftool_registers_$(basename "$file" .bpf.o)" '.' \
			bpftool struct_ops register "$file"
		refused "bpftool_loads_$(basename "$file" .bpf.o)" \
			'not allowed|EPERM|[Pp]ermission|failed' \
			bpftool prog loadall "$file" /sys/fs/bpf/spin-test
		rm -rf /sys/fs/bpf/spin-test
	done
	expect nothing_is_loaded '' "$(extensions)"
}
