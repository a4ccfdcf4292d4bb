// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * An instance of the kernel's tracing of our own. It does not disturb others
 * who trace at the same time, and everything we set goes with it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spinctl.h"

#define PREFIX		"spinctl-"
#define BUFFER_KB	"2048"		/* for each processor */

static const char *const roots[] = {
	"/sys/kernel/tracing", "/sys/kernel/debug/tracing",
};

static const char *mounted_root(void)
{
	char path[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(roots); i++) {
		snprintf(path, sizeof(path), "%s/instances", roots[i]);
		if (!access(path, F_OK))
			return roots[i];
	}
	return NULL;
}

/* As other tracing tools do, mount it where it belongs if nobody has. */
static const char *find_root(void)
{
	const char *root = mounted_root();

	if (!root && !mount("tracefs", roots[0], "tracefs", 0, NULL))
		root = mounted_root();
	return root;
}

/* What a spinctl left that was killed. */
static void remove_stale(const char *root)
{
	char path[320];
	struct dirent *de;
	DIR *dir;
	int pid;

	snprintf(path, sizeof(path), "%s/instances", root);
	dir = opendir(path);
	if (!dir)
		return;
	while ((de = readdir(dir))) {
		if (strncmp(de->d_name, PREFIX, strlen(PREFIX)))
			continue;
		pid = atoi(de->d_name + strlen(PREFIX));
		if (pid <= 0 || !kill(pid, 0) || errno != ESRCH)
			continue;
		snprintf(path, sizeof(path), "%s/instances/%s", root,
			 de->d_name);
		rmdir(path);
	}
	closedir(dir);
}

static bool write_file(const struct tracefs *tracefs, const char *name,
		       const char *text)
{
	char path[256];
	bool ok;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", tracefs->path, name);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0)
		return false;
	ok = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return ok;
}

static int make_instance(struct tracefs *tracefs)
{
	const char *root = find_root();

	if (!root)
		return fail(FAILED,
			    geteuid() ? "cannot get at the kernel's tracing: run as root" :
			    "tracefs is not mounted, and cannot be: is this kernel built with tracing?");
	remove_stale(root);
	snprintf(tracefs->path, sizeof(tracefs->path), "%s/instances/" PREFIX "%d",
		 root, getpid());
	if (!mkdir(tracefs->path, 0700))
		return DONE;
	tracefs->path[0] = '\0';
	if (errno == EACCES || errno == EPERM)
		return fail(FAILED, "no permission to trace: run as root");
	return fail(FAILED, "cannot make an instance in %s/instances: %s", root,
		    strerror(errno));
}

/* --- the tracepoints ------------------------------------------------------ */

/* A line such as "field:unsigned int fired;	offset:16;	size:4;	signed:0;" */
static bool parse_field(const char *line, struct trace_field *field)
{
	const char *at = strstr(line, "field:");
	char declaration[128], *name, *bracket;
	int is_signed;

	*field = (struct trace_field){};
	if (!at || sscanf(at, "field:%127[^;]; offset:%u; size:%u; signed:%d;",
			  declaration, &field->offset, &field->size,
			  &is_signed) != 4)
		return false;
	field->is_signed = is_signed;
	field->is_dynamic = !strncmp(declaration, "__data_loc", 10);
	field->is_text = strstr(declaration, "char") &&
			 strchr(declaration, '[');
	field->is_bool = !strncmp(declaration, "bool ", 5);
	name = strrchr(declaration, ' ');
	if (!name)
		return false;
	bracket = strchr(++name, '[');
	if (bracket)
		*bracket = '\0';
	snprintf(field->name, sizeof(field->name), "%.31s", name);
	return true;
}

static bool read_format(const struct tracefs *tracefs, struct trace_type *type)
{
	struct trace_field *field;
	char path[256], line[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/events/spin/%s/format", tracefs->path,
		 type->name);
	file = fopen(path, "re");
	if (!file)
		return false;
	while (fgets(line, sizeof(line), file)) {
		field = &type->fields[type->nr_fields];
		if (sscanf(line, "ID: %u", &type->id) == 1)
			continue;
		if (type->nr_fields < TRACE_FIELDS_MAX &&
		    parse_field(line, field))
			type->nr_fields++;
	}
	fclose(file);
	return type->id;
}

static void add_type(struct tracefs *tracefs, const char *name)
{
	struct trace_type type = { .name = strdup(name) };
	struct trace_type *larger;

	if (!type.name)
		exit(out_of_memory());
	if (!read_format(tracefs, &type)) {
		free((char *)type.name);
		return;
	}
	larger = reallocarray(tracefs->types, tracefs->nr_types + 1,
			      sizeof(type));
	if (!larger)
		exit(out_of_memory());
	tracefs->types = larger;
	tracefs->types[tracefs->nr_types++] = type;
}

static int read_types(struct tracefs *tracefs)
{
	char path[256];
	struct dirent *de;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/events/spin", tracefs->path);
	dir = opendir(path);
	while (dir && (de = readdir(dir)))
		if (de->d_type == DT_DIR && de->d_name[0] != '.')
			add_type(tracefs, de->d_name);
	if (dir)
		closedir(dir);
	if (!tracefs->nr_types)
		return fail(FAILED,
			    "the module has no tracepoints here: is it loaded, and this kernel built with tracing?");
	return DONE;
}

const struct trace_type *tracefs_type(const struct tracefs *tracefs,
				      unsigned int id)
{
	size_t i;

	for (i = 0; i < tracefs->nr_types; i++)
		if (tracefs->types[i].id == id)
			return &tracefs->types[i];
	return NULL;
}

/* --- the buffers ---------------------------------------------------------- */

static int open_buffers(struct tracefs *tracefs)
{
	char path[512];
	struct dirent *de;
	int fd, *larger;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/per_cpu", tracefs->path);
	dir = opendir(path);
	while (dir && (de = readdir(dir))) {
		if (strncmp(de->d_name, "cpu", 3))
			continue;
		snprintf(path, sizeof(path), "%s/per_cpu/%s/trace_pipe_raw",
			 tracefs->path, de->d_name);
		fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0)
			continue;
		larger = reallocarray(tracefs->cpus, tracefs->nr_cpus + 1,
				      sizeof(fd));
		if (!larger)
			exit(out_of_memory());
		tracefs->cpus = larger;
		tracefs->cpus[tracefs->nr_cpus++] = fd;
	}
	if (dir)
		closedir(dir);
	if (!tracefs->nr_cpus)
		return fail(FAILED, "cannot read the trace of any processor");
	return DONE;
}

/**
 * tracefs_open - make an instance; nothing is traced in it yet
 * @tracefs: filled in; give it to tracefs_close() in any case
 *
 * Return: an exit code; the error has been printed.
 */
int tracefs_open(struct tracefs *tracefs)
{
	int code;

	*tracefs = (struct tracefs){};
	code = make_instance(tracefs);
	if (code == DONE)
		code = read_types(tracefs);
	if (code == DONE)
		code = open_buffers(tracefs);
	if (code != DONE)
		return code;
	/* A clock that all processors, and user space, have in common. */
	if (!write_file(tracefs, "trace_clock", "mono") ||
	    !write_file(tracefs, "buffer_size_kb", BUFFER_KB))
		return fail(FAILED, "cannot set up %s: %s", tracefs->path,
			    strerror(errno));
	return DONE;
}

static bool has_field(const struct trace_type *type, const char *name)
{
	unsigned int i;

	for (i = 0; i < type->nr_fields; i++)
		if (!strcmp(type->fields[i].name, name))
			return true;
	return false;
}

/* What --event and --ext leave of a tracepoint; false: nothing. */
static bool make_filter(const struct trace_type *type, char *filter,
			size_t size)
{
	const struct {
		const char *field;
		const char *value;
	} wanted[] = { { "event", options.event }, { "ext", options.ext } };
	size_t len = 0, i;

	filter[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		if (!wanted[i].value)
			continue;
		if (!has_field(type, wanted[i].field))
			return false;
		len += snprintf(filter + len, size - len, "%s%s == \"%s\"",
				len ? " && " : "", wanted[i].field,
				wanted[i].value);
	}
	return len < size;
}

/** tracefs_start - trace what the options ask for; returns an exit code */
int tracefs_start(struct tracefs *tracefs)
{
	char name[128], filter[256];
	size_t i;

	for (i = 0; i < tracefs->nr_types; i++) {
		if (!make_filter(&tracefs->types[i], filter, sizeof(filter)))
			continue;
		snprintf(name, sizeof(name), "events/spin/%s/filter",
			 tracefs->types[i].name);
		if (*filter && !write_file(tracefs, name, filter))
			return fail(FAILED, "the kernel refuses the filter %s: %s",
				    filter, strerror(errno));
		snprintf(name, sizeof(name), "events/spin/%s/enable",
			 tracefs->types[i].name);
		if (!write_file(tracefs, name, "1"))
			return fail(FAILED, "cannot trace spin:%s: %s",
				    tracefs->types[i].name, strerror(errno));
	}
	return DONE;
}

/** tracefs_there - are the tracepoints still there, or is the module gone? */
bool tracefs_there(const struct tracefs *tracefs)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/events/spin", tracefs->path);
	return !access(path, F_OK);
}

/** tracefs_stop - trace nothing more; what is in the buffers stays */
void tracefs_stop(struct tracefs *tracefs)
{
	write_file(tracefs, "events/spin/enable", "0");
}

/** tracefs_close - take the instance away */
void tracefs_close(struct tracefs *tracefs)
{
	size_t i;

	for (i = 0; i < tracefs->nr_cpus; i++)
		close(tracefs->cpus[i]);
	free(tracefs->cpus);
	for (i = 0; i < tracefs->nr_types; i++)
		free((char *)tracefs->types[i].name);
	free(tracefs->types);
	if (tracefs->path[0] && rmdir(tracefs->path))
		fprintf(stderr, "spinctl: cannot remove %s: %s\n",
			tracefs->path, strerror(errno));
	*tracefs = (struct tracefs){};
}
