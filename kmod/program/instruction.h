/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SPIN_INSTRUCTION_H
#define _SPIN_INSTRUCTION_H

struct bpf_insn;

const char *spin_instruction_refused(const struct bpf_insn *insn, bool guard);

#endif /* _SPIN_INSTRUCTION_H */
