// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* spinctl doctor: what this machine lacks to run extensions, and to make them. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/capability.h>
#include <sys/utsname.h>
#include <bpf/libbpf.h>

#include "spinctl.h"

#define LIBBPF_MINOR_MIN 4	/* of version 1: .struct_ops.link in modules */

/**
 * struct check - one thing looked at
 * @name: what it is about
 * @essential: nothing runs without it
 * @remedy: what to do if it is missing
 * @ok: looks; fills @found in with what there is
 */
struct check {
	const char *name;
	bool essential;
	const char *remedy;
	bool (*ok)(char *found, size_t size);
};

/* First line of a file, or "". */
static void read_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");

	line[0] = '\0';
	if (!file)
		return;
	if (!fgets(line, size, file))
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	fclose(file);
}

static bool kernel_ok(char *found, size_t size)
{
	unsigned int major = 0, minor = 0;
	struct utsname name;

	if (uname(&name))
		return false;
	snprintf(found, size, "%s", name.release);
	if (sscanf(name.release, "%u.%u", &major, &minor) != 2)
		return false;
	return major > 6 || (major == 6 && minor >= 12);
}

static bool preemption_ok(char *found, size_t size)
{
	char realtime[16];
	struct utsname name;

	read_line("/sys/kernel/realtime", realtime, sizeof(realtime));
	if (realtime[0] == '1' ||
	    (!uname(&name) && strstr(name.version, "PREEMPT_RT"))) {
		snprintf(found, size, "PREEMPT_RT");
		return false;
	}
	snprintf(found, size, "not PREEMPT_RT");
	return true;
}

static bool file_ok(const char *path, char *found, size_t size)
{
	bool ok = !access(path, R_OK);

	snprintf(found, size, "%s%s%s", path, ok ? "" : ": ",
		 ok ? "" : strerror(errno));
	return ok;
}

static bool btf_ok(char *found, size_t size)
{
	return file_ok("/sys/kernel/btf/vmlinux", found, size);
}

static bool jit_ok(char *found, size_t size)
{
	char value[16];

	read_line("/proc/sys/net/core/bpf_jit_enable", value, sizeof(value));
	if (!value[0] && !access("/proc/sys/net/core/bpf_jit_enable", F_OK)) {
		snprintf(found, size, "cannot be read: run as root");
		return false;
	}
	snprintf(found, size, "%s", value[0] == '1' || value[0] == '2' ? "on" :
				    value[0] ? "off" : "not in this kernel");
	return value[0] == '1' || value[0] == '2';
}

static bool capabilities_ok(char *found, size_t size)
{
	unsigned long long effective = 0;
	FILE *file = fopen("/proc/self/status", "re");
	char line[256];
	bool bpf, perfmon, admin;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "CapEff: %llx", &effective) == 1)
			break;
	if (file)
		fclose(file);
	bpf = effective >> CAP_BPF & 1;
	perfmon = effective >> CAP_PERFMON & 1;
	/* The kernel demands it for a look at the types of a module. */
	admin = effective >> CAP_SYS_ADMIN & 1;
	snprintf(found, size, "%s, %s, %s", bpf ? "CAP_BPF" : "no CAP_BPF",
		 perfmon ? "CAP_PERFMON" : "no CAP_PERFMON",
		 admin ? "CAP_SYS_ADMIN" : "no CAP_SYS_ADMIN");
	return bpf && perfmon && admin;
}

static bool libbpf_ok(char *found, size_t size)
{
	unsigned int major = libbpf_major_version();
	unsigned int minor = libbpf_minor_version();

	snprintf(found, size, "%u.%u", major, minor);
	return major > 1 || (major == 1 && minor >= LIBBPF_MINOR_MIN);
}

static bool module_ok(char *found, size_t size)
{
	bool ok = !access("/sys/module/spin", F_OK);

	snprintf(found, size, "%s", ok ? "loaded" : "not loaded");
	return ok;
}

static bool module_btf_ok(char *found, size_t size)
{
	return file_ok("/sys/kernel/btf/spin", found, size);
}

static bool device_ok(char *found, size_t size)
{
	struct spin_ioc_version version;
	struct spin *spin;
	bool ok;

	if (!file_ok(SPIN_DEVICE, found, size))
		return false;
	spin = spin_open();
	if (!spin)
		exit(out_of_memory());
	ok = !spin_version(spin, &version);
	if (ok)
		snprintf(found, size, SPIN_DEVICE ", ABI %u", version.abi);
	else
		snprintf(found, size, "%s", spin_error(spin));
	spin_close(spin);
	return ok;
}

static bool framebuffer_ok(char *found, size_t size)
{
	struct spin *spin = spin_open();
	struct spin_ioc_version version;
	bool ok = false;

	if (!spin)
		exit(out_of_memory());
	if (spin_version(spin, &version)) {
		snprintf(found, size, "the module cannot be asked");
	} else {
		ok = version.features & SPIN_FEATURE_FRAMEBUFFER;
		snprintf(found, size, "%s", ok ? "the module can draw" :
					    "the module found no DRM");
	}
	spin_close(spin);
	return ok;
}

static bool clang_ok(char *found, size_t size)
{
	char *const targets[] = { "clang", "-print-targets", NULL };
	char *const version[] = { "clang", "-dumpversion", NULL };
	char output[8192], number[64];

	snprintf(found, size, "not found");
	if (!run_program(version, number, sizeof(number)))
		return false;
	number[strcspn(number, "\n")] = '\0';
	if (!run_program(targets, output, sizeof(output)) ||
	    !strstr(output, " bpf ")) {
		snprintf(found, size, "clang %s, without target bpf", number);
		return false;
	}
	snprintf(found, size, "clang %s", number);
	return true;
}

static bool pahole_ok(char *found, size_t size)
{
	char *const argv[] = { "pahole", "--version", NULL };
	char output[64];

	snprintf(found, size, "not found");
	if (!run_program(argv, output, sizeof(output)))
		return false;
	output[strcspn(output, "\n")] = '\0';
	snprintf(found, size, "%s", output);
	return true;
}

static const struct check checks[] = {
	{ "kernel", true, "boot Linux 6.12 or newer", kernel_ok },
	{ "kernel types", true,
	  "boot a kernel with CONFIG_DEBUG_INFO_BTF, as distributions' are",
	  btf_ok },
	{ "JIT compiler", true, "sysctl net.core.bpf_jit_enable=1", jit_ok },
	{ "preemption", true, "boot a kernel without PREEMPT_RT",
	  preemption_ok },
	{ "privileges", true, "run as root", capabilities_ok },
	{ "libbpf", true, "install libbpf 1.4 or newer", libbpf_ok },
	{ "module", true, "insmod spin.ko", module_ok },
	{ "module types", true,
	  "insmod a spin.ko that was built for this very kernel, with pahole",
	  module_btf_ok },
	{ "device", true, "insmod spin.ko, and run as root", device_ok },
	{ "frame buffers", false,
	  "modprobe the display's DRM driver, then insmod spin.ko again",
	  framebuffer_ok },
	{ "compiler", false, "install clang, to compile extensions", clang_ok },
	{ "pahole", false, "install pahole, to build spin.ko", pahole_ok },
};

static void report(const struct check *check, bool ok, const char *found,
		   struct json_object *rows)
{
	const char *on = "", *off = "";
	struct json_object *row;

	if (options.json) {
		row = json_new();
		json_add_text(row, "name", check->name);
		json_add_bool(row, "ok", ok);
		json_add_bool(row, "essential", check->essential);
		json_add_text(row, "found", found);
		json_add(row, "remedy", NULL);
		if (!ok)
			json_add_text(row, "remedy", check->remedy);
		if (json_object_array_add(rows, row))
			exit(out_of_memory());
		return;
	}
	if (use_colour()) {
		on = ok ? "\033[32m" : check->essential ? "\033[31m" : "\033[33m";
		off = "\033[0m";
	}
	printf("%s%-7s%s  ", on, ok ? "ok" : "missing", off);
	say("%-13s  ", check->name);
	print_safe(found);
	if (!ok)
		say(": %s%s", check->remedy,
		    check->essential ? "" : " (optional)");
	say("\n");
}

static int do_doctor(char **args, int nr_args)
{
	struct json_object *rows = json_object_new_array();
	char found[256];
	int code = DONE;
	size_t i;
	bool ok;

	(void)args;
	(void)nr_args;
	if (!rows)
		return out_of_memory();
	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		ok = checks[i].ok(found, sizeof(found));
		report(&checks[i], ok, found, rows);
		if (!ok && checks[i].essential)
			code = FAILED;
	}
	if (options.json)
		print_json(rows);
	else
		json_object_put(rows);
	return code;
}

static const struct command command[] = {
	{ NULL, "", "look for what is missing; exit code 1 if it is essential",
	  0, 0, do_doctor },
};

const struct object doctor_object = {
	"doctor", "what this machine lacks to run extensions", command,
	ARRAY_SIZE(command),
};
