// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The BPF programs and maps of an extension that is loaded, by their ids. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "internal.h"

/** spin_ids_have - is an id in the set? */
bool spin_ids_have(const struct spin_ids *ids, __u32 id)
{
	unsigned int i;

	for (i = 0; i < ids->count; i++)
		if (ids->id[i] == id)
			return true;
	return false;
}

/** spin_ids_add - put an id in the set; 0 is none */
void spin_ids_add(struct spin_ids *ids, __u32 id)
{
	if (id && ids->count < SPIN_IDS_MAX && !spin_ids_have(ids, id))
		ids->id[ids->count++] = id;
}

/** spin_ext_programs - the programs of an extension's templates */
int spin_ext_programs(struct spin *spin, const char *ext,
		      struct spin_ids *programs)
{
	struct spin_ioc_template_next template = {};
	unsigned int i;
	int ret;

	programs->count = 0;
	while ((ret = spin_template_next(spin, &template)) > 0) {
		if (!spin_name_means(template.ext, ext))
			continue;
		for (i = 0; i < SPIN_PROGS_MAX; i++)
			spin_ids_add(programs, template.progs[i]);
	}
	return ret;
}

static void add_maps(__u32 prog_id, struct spin_ids *maps)
{
	__u32 ids[SPIN_IDS_MAX], len, i;
	struct bpf_prog_info info = {
		.nr_map_ids = SPIN_IDS_MAX,
		.map_ids = (unsigned long)ids,
	};
	int fd;

	fd = bpf_prog_get_fd_by_id(prog_id);
	if (fd < 0)
		return;
	len = sizeof(info);
	if (!bpf_prog_get_info_by_fd(fd, &info, &len))
		for (i = 0; i < info.nr_map_ids && i < SPIN_IDS_MAX; i++)
			spin_ids_add(maps, ids[i]);
	close(fd);
}

/** spin_program_maps - the maps that programs use; those that can be had */
void spin_program_maps(const struct spin_ids *programs, struct spin_ids *maps)
{
	unsigned int i;

	maps->count = 0;
	for (i = 0; i < programs->count; i++)
		add_maps(programs->id[i], maps);
}

static bool format_line(const struct btf *btf, const struct bpf_line_info *line,
			char *source, size_t size)
{
	const char *file = btf__name_by_offset(btf, line->file_name_off);
	const char *text = btf__name_by_offset(btf, line->line_off);
	const char *slash = file ? strrchr(file, '/') : NULL;

	if (!file || !*file)
		return false;
	while (text && (*text == ' ' || *text == '\t'))
		text++;
	snprintf(source, size, "%s:%u: %s", slash ? slash + 1 : file,
		 BPF_LINE_INFO_LINE_NUM(line->line_col), text ? text : "");
	return true;
}

/* The line information of a program; the caller frees it. */
static struct bpf_line_info *line_info(int fd, __u32 *count, __u32 *btf_id)
{
	struct bpf_prog_info info = {};
	struct bpf_line_info *lines;
	__u32 len = sizeof(info);

	if (bpf_prog_get_info_by_fd(fd, &info, &len) || !info.nr_line_info ||
	    info.line_info_rec_size != sizeof(*lines))
		return NULL;
	lines = calloc(info.nr_line_info, sizeof(*lines));
	if (!lines)
		return NULL;
	*count = info.nr_line_info;
	*btf_id = info.btf_id;
	memset(&info, 0, sizeof(info));
	info.nr_line_info = *count;
	info.line_info_rec_size = sizeof(*lines);
	info.line_info = (unsigned long)lines;
	len = sizeof(info);
	if (bpf_prog_get_info_by_fd(fd, &info, &len)) {
		free(lines);
		return NULL;
	}
	return lines;
}

/**
 * spin_program_source - the source line of an instruction
 * @prog_id: the program
 * @insn: index of the translated instruction
 * @source: filled in with "FILE:LINE: TEXT"
 * @size: its size
 *
 * Return: whether it is known.
 */
bool spin_program_source(__u32 prog_id, __u32 insn, char *source, size_t size)
{
	const struct bpf_line_info *line = NULL;
	__u32 count = 0, btf_id = 0, i;
	struct bpf_line_info *lines;
	bool found = false;
	struct btf *btf;
	int fd;

	fd = bpf_prog_get_fd_by_id(prog_id);
	if (fd < 0)
		return false;
	lines = line_info(fd, &count, &btf_id);
	close(fd);
	for (i = 0; lines && i < count && lines[i].insn_off <= insn; i++)
		line = &lines[i];
	btf = line ? btf__load_from_kernel_by_id(btf_id) : NULL;
	if (btf)
		found = format_line(btf, line, source, size);
	btf__free(btf);
	free(lines);
	return found;
}
