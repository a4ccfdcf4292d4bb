/* SPDX-License-Identifier: GPL-2.0 */
/* What the groups of the extension profiler are for: for it and for spin-profile. */
#ifndef _PROFILER_PROTOCOL_H
#define _PROFILER_PROTOCOL_H

/* Groups of programs that register themselves: their strands add up. */
#define PROFILER_GROUPS	64
/* Behind these: groups of one strand at a time, for each of which it begins anew. */
#define PROFILER_RUNS	64

#endif /* _PROFILER_PROTOCOL_H */
