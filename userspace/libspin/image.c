// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The object file. It is read once, and libbpf gets the copy that was checked
 * here. Faults are refused here if a better sentence can be said than by
 * libbpf or the kernel.
 */
#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

#define IMAGE_MAX	(64UL << 20)

#if __BYTE_ORDER == __LITTLE_ENDIAN
#define ELF_OWN_DATA	ELFDATA2LSB
#else
#define ELF_OWN_DATA	ELFDATA2MSB
#endif

static int read_all(int fd, char *data, size_t size)
{
	size_t done = 0;
	ssize_t n;

	while (done < size) {
		n = read(fd, data + done, size - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return -EIO;	/* it shrank while being read */
		done += n;
	}
	return 0;
}

static int image_open(struct spin *spin, const char *path, size_t *size)
{
	struct stat st;
	int fd, err;

	/* O_NONBLOCK: not to wait for the writer of a pipe. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		err = -errno;
		return spin_fail(spin, err, "cannot read %s: %s", path,
				 spin_strerror(err));
	}
	if (fstat(fd, &st) < 0)
		err = spin_fail(spin, -errno, "cannot read %s: %s", path,
				spin_strerror(errno));
	else if (S_ISDIR(st.st_mode))
		err = spin_fail(spin, -EISDIR,
				"%s is a directory: name the extension's object file in it",
				path);
	else if (!S_ISREG(st.st_mode))
		err = spin_fail(spin, -EINVAL, "%s is not a regular file", path);
	else if (!st.st_size)
		err = spin_fail(spin, -ENOEXEC, "%s is empty", path);
	else if ((unsigned long)st.st_size > IMAGE_MAX)
		err = spin_fail(spin, -EFBIG,
				"%s is larger than any extension (64 MiB)", path);
	else
		err = 0;
	if (err) {
		close(fd);
		return err;
	}
	*size = st.st_size;
	return fd;
}

/* The section headers, or NULL if they do not lie inside of the file. */
static const Elf64_Shdr *section_headers(const struct spin_image *image)
{
	const Elf64_Ehdr *eh = image->data;

	if (eh->e_shentsize != sizeof(Elf64_Shdr) || !eh->e_shnum)
		return NULL;
	if (eh->e_shoff > image->size || eh->e_shoff % sizeof(__u64) ||
	    (image->size - eh->e_shoff) / sizeof(Elf64_Shdr) < eh->e_shnum)
		return NULL;
	if (eh->e_shstrndx >= eh->e_shnum)
		return NULL;
	return (void *)((char *)image->data + eh->e_shoff);
}

/* Bytes of a section, or NULL; they lie inside of the file. */
static const char *section_data(const struct spin_image *image,
				const Elf64_Shdr *sh)
{
	if (sh->sh_type == SHT_NOBITS || sh->sh_offset > image->size ||
	    sh->sh_size > image->size - sh->sh_offset)
		return NULL;
	return (char *)image->data + sh->sh_offset;
}

static const Elf64_Shdr *section_find(const struct spin_image *image,
				      const char *name)
{
	const Elf64_Shdr *sh = section_headers(image), *strings;
	const Elf64_Ehdr *eh = image->data;
	const char *names;
	size_t i, len = strlen(name) + 1;

	if (!sh)
		return NULL;
	strings = &sh[eh->e_shstrndx];
	names = section_data(image, strings);
	if (!names)
		return NULL;
	for (i = 1; i < eh->e_shnum; i++)
		if (sh[i].sh_name < strings->sh_size &&
		    strings->sh_size - sh[i].sh_name >= len &&
		    !memcmp(names + sh[i].sh_name, name, len))
			return &sh[i];
	return NULL;
}

static int check_elf(struct spin *spin, const struct spin_image *image)
{
	const Elf64_Ehdr *eh = image->data;

	if (image->size < sizeof(*eh) || memcmp(eh->e_ident, ELFMAG, SELFMAG))
		return spin_fail(spin, -ENOEXEC,
				 "%s is not an ELF object: an extension is what clang -target bpf -c makes of its source",
				 image->title);
	if (eh->e_ident[EI_DATA] != ELF_OWN_DATA &&
	    (eh->e_ident[EI_DATA] == ELFDATA2LSB ||
	     eh->e_ident[EI_DATA] == ELFDATA2MSB))
		return spin_fail(spin, -ENOEXEC,
				 "%s is for machines of the other byte order: compile it with clang -target bpf",
				 image->title);
	if (eh->e_ident[EI_CLASS] != ELFCLASS64 || eh->e_machine != EM_BPF)
		return spin_fail(spin, -ENOEXEC,
				 "%s is an ELF file, but not a BPF object: compile it with clang -target bpf",
				 image->title);
	if (eh->e_type != ET_REL || !section_headers(image))
		return spin_fail(spin, -ENOEXEC,
				 "%s is damaged: compile it again", image->title);
	return 0;
}

/* The list is the kernel's: license_is_gpl_compatible(). */
static bool licence_will_do(const char *licence)
{
	static const char *const good[] = {
		"GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL",
		"Dual MIT/GPL", "Dual MPL/GPL",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++)
		if (!strcmp(licence, good[i]))
			return true;
	return false;
}

static int check_licence(struct spin *spin, const struct spin_image *image)
{
	const Elf64_Shdr *sh = section_find(image, "license");
	const char *data = sh ? section_data(image, sh) : NULL;
	char licence[64] = "";

	if (data)
		snprintf(licence, sizeof(licence), "%.*s",
			 (int)(sh->sh_size < 64 ? sh->sh_size : 64), data);
	if (licence_will_do(licence))
		return 0;
	if (!licence[0])
		return spin_fail(spin, -EPERM,
				 "%s: names no licence; it must be GPL-compatible: SPIN_LICENSE(\"GPL\")",
				 image->title);
	return spin_fail(spin, -EPERM,
			 "%s: the licence is \"%s\"; it must be GPL-compatible: SPIN_LICENSE(\"GPL\")",
			 image->title, licence);
}

static int check_sections(struct spin *spin, const struct spin_image *image)
{
	if (!section_find(image, SPIN_MANIFEST_SECTION))
		return spin_fail(spin, -ENOEXEC,
				 "%s is a BPF object, but not a SPIN extension: it does not name itself with SPIN_EXTENSION()",
				 image->title);
	if (!section_find(image, ".BTF"))
		return spin_fail(spin, -ENOEXEC,
				 "%s has no type information (BTF): compile it with -g",
				 image->title);
	return check_licence(spin, image);
}

/**
 * spin_image_read - read an extension's object file
 * @spin: the handle
 * @path: the file
 * @image: filled in; free it with spin_image_free() even after a failure
 *
 * Return: 0, or a negative errno and a sentence.
 */
int spin_image_read(struct spin *spin, const char *path,
		    struct spin_image *image)
{
	const char *slash = strrchr(path, '/');
	int fd, err;

	memset(image, 0, sizeof(*image));
	snprintf(image->title, sizeof(image->title), "%s",
		 slash ? slash + 1 : path);
	fd = image_open(spin, path, &image->size);
	if (fd < 0)
		return fd;
	image->data = malloc(image->size);
	err = image->data ? read_all(fd, image->data, image->size) : -ENOMEM;
	close(fd);
	if (err)
		return spin_fail(spin, err, "cannot read %s: %s", path,
				 spin_strerror(err));
	err = check_elf(spin, image);
	return err ? err : check_sections(spin, image);
}

void spin_image_free(struct spin_image *image)
{
	free(image->data);
	image->data = NULL;
}
