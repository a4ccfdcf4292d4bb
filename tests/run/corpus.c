// SPDX-License-Identifier: GPL-2.0
/*
 * Loads each object it is given as `spinctl load` would, expects a refusal whose
 * sentence matches the object's own section "spin.refused", which each must have,
 * and that nothing stays behind.
 */
#include <gelf.h>
#include <libelf.h>
#include <regex.h>

#include <spin/libspin.h>

#include "raw.h"

/* Contents of a section as text; NULL if there is none. */
static char *section_text(const char *path, const char *section)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
	char *text = NULL;
	Elf_Scn *scn = NULL;
	size_t names;

	if (!elf || elf_getshdrstrndx(elf, &names))
		give_up("%s is not an ELF file", path);
	while (!text && (scn = elf_nextscn(elf, scn))) {
		Elf_Data *data = elf_getdata(scn, NULL);
		GElf_Shdr header;

		if (gelf_getshdr(scn, &header) && data &&
		    !strcmp(elf_strptr(elf, names, header.sh_name), section))
			text = strndup(data->d_buf, data->d_size);
	}
	elf_end(elf);
	close(fd);
	return text;
}

/* What is said of .../SUBJECT/refuse/NAME.bpf.o is called SUBJECT_refuse_NAME. */
static void name_of(const char *path, char *name, size_t size)
{
	const char *at = path + strlen(path);
	int slashes = 0;

	while (at > path && (at[-1] != '/' || ++slashes < 3))
		at--;
	snprintf(name, size, "%s", at);
	name[strcspn(name, ".")] = '\0';
	for (char *c = name; *c; c++)
		if (*c == '-' || *c == '/')
			*c = '_';
}

static void collect(void *arg, const char *text)
{
	(void)arg;
	fputs(text, stderr);
}

static void try(struct spin *spin, const char *path, struct census *before)
{
	const struct spin_load_opts opts = {
		.size = sizeof(opts), .log = collect,
		.debug = getenv("SPIN_TEST_DEBUG") != NULL,
	};
	char *wanted = section_text(path, "spin.refused");
	char name[160], left[200];
	struct spin_loaded loaded = {};
	regex_t regex;
	int ret;

	name_of(path, name, sizeof(name));
	if (!wanted) {
		check(name, false, "HOSTILE() or REFUSED()", "neither");
		return;
	}
	snprintf(left, sizeof(left), "%s_leaves_nothing", name);

	if (regcomp(&regex, wanted, REG_EXTENDED | REG_ICASE | REG_NOSUB))
		give_up("%s: not a regular expression: %s", path, wanted);
	ret = spin_ext_load(spin, path, &opts, &loaded);
	if (!ret) {
		check(name, false, wanted, "it was loaded");
		spin_ext_unload(spin, loaded.name, 0);
	} else {
		const char *error = spin_error(spin);

		check(name, !regexec(&regex, error, 0, NULL, 0), wanted,
		      "%s: %s", said(ret), error);
		if (getenv("SPIN_TEST_SHOW"))
			printf("# %s: %s: %s | %s | %s\n", name, said(ret), error,
			       spin_error_source(spin), spin_error_hint(spin));
	}
	if (ext_count() != before->exts)
		check(left, false, "no extension", "%d extensions",
		      ext_count() - before->exts);
	regfree(&regex);
	free(wanted);
}

int main(int argc, char **argv)
{
	struct census before = census();
	struct spin *spin = spin_open();

	elf_version(EV_CURRENT);
	for (int i = 1; i < argc; i++)
		try(spin, argv[i], &before);
	spin_close(spin);
	nothing_left("refused_extensions_leave_nothing", &before);
	return 0;
}
