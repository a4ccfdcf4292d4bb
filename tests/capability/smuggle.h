/* SPDX-License-Identifier: GPL-2.0 */
/* A map that two extensions have, with a pointer to a file in it. */
#include "extension.h"

SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);
SPIN_IMPORT(File);

struct entry {
	struct spin_file __kptr *file;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct entry);
} spin_test_smuggled SEC(".maps");
