/* SPDX-License-Identifier: GPL-2.0 */
/* Interface Limiter, for those who export it and those who call it. */
#ifndef _LIMITER_H
#define _LIMITER_H

#include <spin/bpf/proc.h>

/*
 * Limiter.Take - may it be done?
 * @who: on whose account
 * @amount: how much of it
 *
 * Return: 1 if there is enough left for @who in this second, else 0.
 */
SPIN_PROCEDURE(Limiter, Take, 0,
	__u32 who;
	__u32 amount;
)

#endif /* _LIMITER_H */
