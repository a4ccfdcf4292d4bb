/* SPDX-License-Identifier: GPL-2.0 */
/* What terminal.c has of interface Console. */
#ifndef _SPIN_TERMINAL_H
#define _SPIN_TERMINAL_H

#include <spin/spin.h>

extern const struct spin_kfunc_table spin_terminal_kfuncs;
extern const struct spin_capability_type spin_terminal_type;

#endif /* _SPIN_TERMINAL_H */
