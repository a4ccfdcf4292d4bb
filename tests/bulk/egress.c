// SPDX-License-Identifier: GPL-2.0
/*
 * Attaches a program to what leaves the sockets of a control group, until the
 * standard input ends. The program counts UDP packets to PORT and returns VERDICT:
 * 1 lets all packets pass, 0 drops those.
 *
 *	egress CGROUP PORT VERDICT
 *
 * Says "ready", then, at the end, how many it saw.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "tap.h"

static long bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static int die(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	return 1;
}

static int array_new(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4,
		.value_size = 8, .max_entries = 1,
	};

	return bpf(BPF_MAP_CREATE, &attr);
}

#define INSN(C, D, S, O, I) \
	{ .code = (C), .dst_reg = (D), .src_reg = (S), .off = (O), .imm = (I) }

static int program_new(int map, int port, int verdict)
{
	/* What it sees of a packet begins at the IP header, of 20 bytes. */
	const struct bpf_insn insns[] = {
		/* The first 24 bytes to the stack, at -24. */
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 3, 10, 0, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, 3, 0, 0, -24),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 4, 0, 0, 24),
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_skb_load_bytes),
		INSN(BPF_JMP | BPF_JNE | BPF_K, 0, 0, 14, 0),
		INSN(BPF_LDX | BPF_MEM | BPF_B, 1, 10, -24 + 9, 0),
		INSN(BPF_JMP | BPF_JNE | BPF_K, 1, 0, 12, 17),
		INSN(BPF_LDX | BPF_MEM | BPF_H, 1, 10, -24 + 22, 0),
		INSN(BPF_JMP | BPF_JNE | BPF_K, 1, 0, 10, htons(port)),
		INSN(BPF_ST | BPF_MEM | BPF_W, 10, 0, -28, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 2, 10, 0, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -28),
		INSN(BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_FD, 0, map),
		INSN(0, 0, 0, 0, 0),
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_map_lookup_elem),
		INSN(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 1, 0, 0, 1),
		INSN(BPF_STX | BPF_ATOMIC | BPF_DW, 0, 1, 0, BPF_ADD),
		INSN(BPF_JMP | BPF_JA, 0, 0, 2, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 1),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, verdict),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	static char log[4096];
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_CGROUP_SKB,
		.expected_attach_type = BPF_CGROUP_INET_EGRESS,
		.insns = (uintptr_t)insns,
		.insn_cnt = sizeof(insns) / sizeof(insns[0]),
		.license = (uintptr_t)"GPL",
		.log_buf = (uintptr_t)log, .log_size = sizeof(log), .log_level = 1,
	};
	int fd = bpf(BPF_PROG_LOAD, &attr);

	if (fd < 0)
		fputs(log, stdout);
	return fd;
}

int main(int argc, char **argv)
{
	union bpf_attr attr = {};
	int group, map, program;
	uint32_t key = 0;
	uint64_t seen;
	char end;

	if (argc != 4)
		return die("usage: egress CGROUP PORT VERDICT");
	group = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	map = array_new();
	program = program_new(map, atoi(argv[2]), atoi(argv[3]));
	if (group < 0 || map < 0 || program < 0)
		return die(argv[1]);
	attr.target_fd = group;
	attr.attach_bpf_fd = program;
	attr.attach_type = BPF_CGROUP_INET_EGRESS;
	attr.attach_flags = BPF_F_ALLOW_MULTI;
	if (bpf(BPF_PROG_ATTACH, &attr))
		return die("attach");
	puts("ready");
	fflush(stdout);
	while (read(STDIN_FILENO, &end, 1) > 0)
		;
	attr.attach_flags = 0;
	if (bpf(BPF_PROG_DETACH, &attr))
		return die("detach");
	memset(&attr, 0, sizeof(attr));
	attr.map_fd = map;
	attr.key = (uintptr_t)&key;
	attr.value = (uintptr_t)&seen;
	if (bpf(BPF_MAP_LOOKUP_ELEM, &attr))
		return die("map");
	printf("%llu\n", (unsigned long long)seen);
	return 0;
}
