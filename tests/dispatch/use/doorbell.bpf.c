// SPDX-License-Identifier: GPL-2.0
/* The extension of Documentation/kernel-api.rst: no long rings. */
#include <spin/bpf/spin.h>
#include "../../kmod/spin_example.h"

SPIN_EXTENSION("doorbell");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Doorbell);

__u64 silenced;

SPIN_GUARD(too_long, struct doorbell_rung *rung)
{
	return rung->presses > 3;
}

SPIN_HANDLER(silence, struct doorbell_rung *rung)
{
	__sync_fetch_and_add(&silenced, 1);
	return DOORBELL_SILENCE;
}

SPIN_HANDLER(play, struct doorbell_rung *rung)
{
	doorbell_melody(rung, rung->presses);
	return DOORBELL_RING;
}

SPIN_BIND(Doorbell_Rung, no_long_rings,
	.guard_fn = too_long, .handler = silence);
SPIN_BIND(Doorbell_Rung, melody, .handler = play);
