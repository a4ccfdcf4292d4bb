/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The time of guards and handlers, which is taken while somebody asks for it. Process
 * context, without locks: code is patched.
 */
#ifndef _SPIN_OBSERVE_H
#define _SPIN_OBSERVE_H

#include <linux/jump_label.h>

DECLARE_STATIC_KEY_FALSE(spin_timing);
int spin_timing_get(void);
void spin_timing_put(void);

#endif /* _SPIN_OBSERVE_H */
