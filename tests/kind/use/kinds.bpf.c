// SPDX-License-Identifier: GPL-2.0
/*
 * Uses whatever it was granted, again and again, and says what came of it
 * (tests/kind/test.sh).
 */
#include "extension.h"
#include <spin/bpf/directory.h>
#include <spin/bpf/strand.h>
#include <spin/bpf/stream.h>
#include <spin/bpf/translation.h>

SPIN_EXTENSION("kinds");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);
SPIN_IMPORT(Console);
SPIN_IMPORT(Directory);
SPIN_IMPORT(File);
SPIN_IMPORT(Strand);
SPIN_IMPORT(Stream);
SPIN_IMPORT(Translation);
SPIN_CAPABILITY_OPTIONAL(spin_console_t, console);
SPIN_CAPABILITY_OPTIONAL(spin_directory_t, folder);
SPIN_CAPABILITY_OPTIONAL(spin_file_t, clip);
SPIN_CAPABILITY_OPTIONAL(spin_translation_t, range);
SPIN_CAPABILITY_OPTIONAL(spin_strand_t, strand);
SPIN_CAPABILITY_OPTIONAL(spin_stream_t, stream);

#define EAGAIN	11
#define PAGE	4096
#define KEEP	4	/* pages that the range is to have */

SPIN_SETTING(__u32, flood, 0);	/* send without end */

__u64 ticks;
char buf[512];

/* ---- the directory: a file by its name, and what is none ---- */

__s64 opened, file_size, file_sum, first_error, kept_error;
__s64 is_missing, is_link, is_folder, is_pipe, is_device, is_above, is_below;
__s64 is_nothing, is_secret, is_too_long;
char n_plain[] = "plain", n_missing[] = "missing", n_link[] = "link";
char n_folder[] = "folder", n_pipe[] = "pipe", n_device[] = "device";
char n_above[] = "..", n_below[] = "folder/inner", n_nothing[] = "";
char n_secret[] = "secret", n_too_long[300];

struct kept {
	struct spin_file __kptr *file;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct kept);
} keep SEC(".maps");

/* 0 if the file can be opened, or why not. */
#define try(NAME)							\
({									\
	int err_ = 1;							\
	struct spin_file *file_ = spin_directory_open(ctx, folder, NAME, \
						      sizeof(NAME), &err_); \
	if (file_)							\
		spin_file_release(file_);				\
	err_;								\
})

static void open_all(struct spin_ctx *ctx)
{
	int err = 1, got, i;
	struct spin_file *file, *before;
	struct kept *kept;
	__u32 zero = 0;

	file = spin_directory_open(ctx, folder, n_plain, sizeof(n_plain), &err);
	first_error = err;
	if (file) {
		opened++;
		file_size = spin_file_size(ctx, file);
		got = spin_file_read(ctx, file, 0, buf, 64);
		file_sum = 0;
		for (i = 0; i < 64; i++)
			if (i < got)
				file_sum += (__u8)buf[i];
		kept = bpf_map_lookup_elem(&keep, &zero);
		if (kept) {
			before = bpf_kptr_xchg(&kept->file, file);
			if (before)
				spin_file_release(before);
		} else {
			spin_file_release(file);
		}
	} else {
		/* What was opened before goes with the directory. */
		kept = bpf_map_lookup_elem(&keep, &zero);
		before = kept ? bpf_kptr_xchg(&kept->file, NULL) : NULL;
		if (before) {
			kept_error = spin_file_size(ctx, before);
			spin_file_release(before);
		}
	}
	for (i = 0; i < sizeof(n_too_long) - 1; i++)
		n_too_long[i] = 'x';
	is_missing = try(n_missing);
	is_link = try(n_link);
	is_folder = try(n_folder);
	is_pipe = try(n_pipe);
	is_device = try(n_device);
	is_above = try(n_above);
	is_below = try(n_below);
	is_nothing = try(n_nothing);
	is_secret = try(n_secret);
	is_too_long = try(n_too_long);
}

/* ---- the stream: what comes goes back, or a file is sent ---- */

__s64 received, echoed, sent, stream_full, stream_error, stream_end;
static void echo(struct spin_ctx *ctx)
{
	int got = spin_stream_receive(ctx, stream, buf, sizeof(buf));

	if (!got)
		stream_end = 1;
	if (got <= 0) {
		if (got != -EAGAIN)
			stream_error = got;
		return;
	}
	received += got;
	got = spin_stream_send(ctx, stream, buf, got < 512 ? got : 512);
	if (got > 0)
		echoed += got;
	else
		stream_error = got;
}

static void send(struct spin_ctx *ctx)
{
	__s64 size = spin_file_size(ctx, clip);
	__u64 len;
	int got, i;

	for (i = 0; i < 8; i++) {
		len = size - sent;
		if (flood)
			len = 60000;
		else if (!len)
			return;
		if (len > 60000)
			len = 60000;
		got = spin_stream_send_file(ctx, stream, clip,
					    flood ? 0 : sent, len);
		if (got > 0)
			sent += got;
		else if (got == -EAGAIN)
			stream_full++;
		else
			stream_error = got;
		if (got <= 0)
			return;
	}
}

/* ---- the console ---- */

__s64 printed, print_error;
char line[] = "all is well\033[2J\n";

static void print(struct spin_ctx *ctx)
{
	int got = spin_console_print(ctx, console, line, sizeof(line));

	if (got > 0)
		printed++;
	else
		print_error = got;
}

/* ---- the range: a touch of page N discards page N - KEEP ---- */

__s64 range_error, range_id, range_tag, range_pages, range_present;
__s64 range_discarded, discarded, discard_error, beyond, too_many, none;
__u64 supplied, generation;

static void look_at_range(struct spin_ctx *ctx)
{
	struct spin_region_info info = {};

	range_error = spin_region_info(ctx, range, &info);
	if (range_error)
		return;
	range_id = info.id;
	range_tag = info.tag;
	range_pages = info.pages;
	range_present = info.present;
	range_discarded = info.discarded;
	beyond = spin_region_discard(ctx, range, info.pages, 1);
	too_many = spin_region_discard(ctx, range, 1, info.pages);
	none = spin_region_discard(ctx, range, 0, 0);
}

SPIN_SLEEPABLE_HANDLER(supply, struct spin_fault *fault)
{
	__u64 value = __sync_add_and_fetch(&generation, 1);
	int got;

	if (fault->tag != 1000)
		return SPIN_FAULT_PASS;
	got = spin_region_discard(&fault->ctx, range,
				  (fault->page + fault->pages - KEEP) %
				  fault->pages, 1);
	if (got >= 0)
		__sync_fetch_and_add(&discarded, got);
	else
		discard_error = got;
	if (spin_fault_write(fault, 0, &value, sizeof(value)))
		return SPIN_FAULT_PASS;
	__sync_fetch_and_add(&supplied, 1);
	return SPIN_FAULT_RESOLVED;
}

SPIN_BIND(Translation_PageNotPresent, supply_it, .handler = supply);

/* ---- the strand ---- */

__s64 strand_error, strand_id, strand_group, strand_switches, strand_pid;
__s64 strand_on_ms, strand_off_ms, strand_running, strand_ended;
__u64 resumed;

static void look_at_strand(struct spin_ctx *ctx)
{
	struct spin_strand_info info = {};

	strand_error = spin_strand_info(ctx, strand, &info);
	if (strand_error)
		return;
	strand_id = info.strand;
	strand_group = info.group;
	strand_switches = info.switches;
	strand_pid = info.pid;
	strand_on_ms = info.on_ns / 1000000;
	strand_off_ms = info.off_ns / 1000000;
	strand_running = info.running;
	strand_ended = info.ended;
}

SPIN_HANDLER(see_resume, struct spin_strand_switch *sw)
{
	__sync_fetch_and_add(&resumed, 1);
	return 0;
}

SPIN_BIND(Strand_Resume, see_it, .handler = see_resume);

/* ---- again and again ---- */

SPIN_SLEEPABLE_HANDLER(use, struct spin_clock_tick *tick)
{
	if (stream && clip)
		send(&tick->ctx);
	else if (stream)
		echo(&tick->ctx);
	if (console)
		print(&tick->ctx);
	if (range)
		look_at_range(&tick->ctx);
	if (folder)
		open_all(&tick->ctx);
	if (strand)
		look_at_strand(&tick->ctx);
	ticks++;
	return 0;
}

SPIN_BIND(Clock_Tick, use_all, .handler = use, .period_us = 5000);
