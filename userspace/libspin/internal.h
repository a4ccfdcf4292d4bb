/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the parts of libspin have in common; nothing for its users. */
#ifndef _LIBSPIN_INTERNAL_H
#define _LIBSPIN_INTERNAL_H

#include <spin/libspin.h>

#pragma GCC visibility push(hidden)

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define __printf(f, a)	__attribute__((format(printf, f, a)))

/* The longest sentence; what is more is cut off. */
#define SPIN_SENTENCE_LEN	1024

struct spin {
	int fd;			/* /dev/spin, or -1 */
	int timing_fd;		/* open while times are taken, or -1 */
	char error[SPIN_SENTENCE_LEN];
	char source[512];
	char hint[256];
};

/* error.c */
int spin_fail(struct spin *spin, int err, const char *fmt, ...) __printf(3, 4);
void spin_fail_source(struct spin *spin, const char *fmt, ...) __printf(2, 3);
void spin_fail_hint(struct spin *spin, const char *fmt, ...) __printf(2, 3);
void spin_fail_clear(struct spin *spin);
const char *spin_strerror(int err);

/* A sentence put together in pieces, for lists of names. */
struct spin_list {
	char text[512];
	unsigned int count;
};
void spin_list_add(struct spin_list *list, const char *item);
const char *spin_list_text(const struct spin_list *list);

/* nearest.c: what may have been meant by a name */
struct spin_nearest {
	const char *wanted;
	char found[128];	/* "": nothing is alike */
	unsigned int distance;
};
void spin_nearest_start(struct spin_nearest *nearest, const char *name);
void spin_nearest_try(struct spin_nearest *nearest, const char *name);

/* domain.c */
int spin_request(struct spin *spin, unsigned long request, void *block,
		 const char *doing, const char *name);
int spin_domain_confine(struct spin *spin, int ext_fd, const char *ext,
			const char *domain);
int spin_domain_limit_load(struct spin *spin, int ext_fd, const char *ext,
			   const char *text);

/* name.c */
#define SPIN_PATH_DEFAULT	"/usr/lib/spin"

int spin_name_demand(struct spin *spin, const char *interface);

/* pulled.c: extensions that were loaded for the sake of another */
#define SPIN_PULLED_MAX	32

struct spin_pulled {
	char name[SPIN_PULLED_MAX][SPIN_NAME_LEN];
	unsigned int count;
};
void spin_pulled_add(struct spin_pulled *pulled, const char *name);
void spin_pulled_hand_on(struct spin_pulled *from, struct spin_pulled *to);
void spin_pulled_undo(struct spin *spin, const struct spin_pulled *pulled);

/* load.c */
bool spin_load_under_way(const char *ext);

/* handle.c */
int spin_device(struct spin *spin);
int spin_device_open(struct spin *spin);

/* image.c: the object file, read and looked at before libbpf sees it */
struct spin_image {
	void *data;
	size_t size;
	char title[64];		/* what to call it: the file's name */
};
int spin_image_read(struct spin *spin, const char *path,
		    struct spin_image *image);
void spin_image_free(struct spin_image *image);

/* btf.c */
struct btf;
struct btf_type;
struct btf_var_secinfo;
const struct btf_type *spin_btf_strip(const struct btf *btf, __u32 id);
bool spin_btf_is_typedef(const struct btf *btf, __u32 id, const char *name);
bool spin_btf_is_char(const struct btf *btf, __u32 id);
bool spin_btf_is_global(const struct btf_type *t);
bool spin_btf_has_tag(const struct btf *btf, __u32 id, const char *tag);

/* manifest.c: what the extension says of itself in .rodata.spin */
#define SPIN_IMPORTS_MAX	32
#define SPIN_CAPS_MAX		63

struct spin_want {
	char name[SPIN_NAME_LEN];
	enum spin_cap_kind kind;
	bool optional;
	bool late;
	bool granted;
	__u32 offset;		/* of the variable in the section */
};

/* A procedure that is called or offered. */
struct spin_declaration {
	struct spin_ioc_ext_procedure arg;
	bool exports;
	__u32 offset;		/* of its slot in the section */
};

struct bpf_object;
struct bpf_map;
struct spin_manifest {
	char name[SPIN_NAME_LEN];
	char imports[SPIN_IMPORTS_MAX][SPIN_NAME_LEN];
	unsigned int nr_imports;
	struct spin_want wants[SPIN_CAPS_MAX];
	unsigned int nr_wants;
	struct spin_declaration procs[SPIN_PROCEDURES_MAX];
	unsigned int nr_procs;
	struct bpf_map *map;	/* the section */
};
#define SPIN_MANIFEST_SECTION	".rodata.spin"
int spin_manifest_read(struct spin *spin, struct bpf_object *obj,
		       const char *title, struct spin_manifest *manifest);
struct spin_want *spin_manifest_want(struct spin_manifest *manifest,
				     const char *name);

const char *spin_manifest_lacks(const struct spin_manifest *manifest,
				const struct spin_want *want);
enum spin_cap_kind spin_manifest_cap_kind(const struct btf *btf, __u32 type);

/* procedure.c: SPIN_IMPORT_PROCEDURE() and SPIN_EXPORT() */
int spin_procedure_read(struct spin *spin, const char *title,
			const struct btf *btf, __u32 type, const char *data,
			size_t size, struct spin_declaration *decl);
int spin_procedure_declare(struct spin *spin, int ext_fd, const char *ext,
			   struct spin_declaration *decl);

/* template.c: the values of struct_ops types, of which bindings are made */
int spin_template_check(struct spin *spin, const char *ext,
			const struct btf *btf, const struct bpf_map *map,
			bool *has_slot);

/* use.c: where programs stand in templates */
struct bpf_program;
struct spin_use {
	const struct bpf_program *prog;
	const struct btf_type *proto;	/* of the member */
	const char *binding;
	const char *member;
	char event[2 * SPIN_NAME_LEN];
};
bool spin_use_find(const struct bpf_object *obj, const struct bpf_program *prog,
		   struct spin_use *use);
bool spin_program_is_guard(const struct bpf_object *obj,
			   const struct bpf_program *prog);
int spin_uses_check(struct spin *spin, const char *ext,
		    const struct bpf_object *obj);

/* setting.c: --set VAR=VALUE */
int spin_setting_apply(struct spin *spin, struct bpf_object *obj,
		       const char *ext, const char *setting);

/* grant.c: --grant NAME=KIND:WHAT */
struct spin_thing {
	int fd;
	int fd2;
	__u32 object;
	__u64 value;
	__u32 flags;		/* SPIN_GRANT_* */
	char from[2 * SPIN_NAME_LEN];
};
void spin_thing_close(struct spin_thing *thing);

/* kind.c */
struct spin_kind {
	enum spin_cap_kind number;
	const char *name;	/* of its interface; NULL: a grant of any kind */
	const char *word;	/* in grants and listings; NULL: the end */
	const char *type;	/* of variables */
	const char *what;	/* syntax of WHAT */
	int (*open)(struct spin *spin, const char *what,
		    struct spin_thing *thing);
};
extern const struct spin_kind spin_kinds[];
const struct spin_kind *spin_kind_of(__u32 number);

struct spin_grant {
	const struct spin_kind *kind;
	struct spin_want *want;
	const char *what;
	__u32 rights;		/* 0: what is usual */
};
int spin_grant_name(struct spin *spin, const char *text, char *name);
int spin_grant_rights(struct spin *spin, const struct spin_manifest *manifest,
		      const char *text, struct spin_grant *grants,
		      size_t count);
int spin_grant_reserve(struct spin *spin, int ext_fd, const char *ext,
		       const struct spin_want *want);
int spin_grant_cap(struct spin *spin, const char *what,
		   struct spin_thing *thing);
int spin_grant_fd(struct spin *spin, const char *what,
		  struct spin_thing *thing);
int spin_grant_parse(struct spin *spin, struct spin_manifest *manifest,
		     const char *text, struct spin_grant *grant);
int spin_grant_give(struct spin *spin, int ext_fd, const char *ext,
		    const struct spin_grant *grant);
int spin_grant_missing(struct spin *spin, const struct spin_manifest *manifest);
int spin_grant_inherit(struct spin *spin, int ext_fd,
		       const struct spin_manifest *manifest,
		       const struct spin_want *want);

/* grant-*.c: a function for each kind */
#define SPIN_GRANT_DECLARE(CONSTANT, NUMBER, NAME, WORD, ...)		\
	int spin_grant_##WORD(struct spin *spin, const char *what,	\
			      struct spin_thing *thing);
SPIN_KINDS(SPIN_GRANT_DECLARE)

struct sockaddr_in;
bool spin_endpoint_parse(const char *what, struct sockaddr_in *addr);

/* log.c: what libbpf and the verifier say */
struct spin_log {
	char *text;		/* libbpf's warnings */
	size_t len;
	bool debug;
	void (*out)(void *arg, const char *text);
	void *out_arg;
	struct spin_log *outer;	/* of the same thread */
};
void spin_log_start(struct spin_log *log);
void spin_log_stop(struct spin_log *log);
void spin_log_free(struct spin_log *log);
void spin_log_put(struct spin_log *log, const char *text);
void spin_log_clear(struct spin_log *log);
bool spin_log_last(const struct spin_log *log, char *line, size_t size);

/* refusal.c: what libbpf and the verifier say, in words that help */
struct spin_refusal {
	struct spin *spin;
	const char *ext;
	const struct bpf_object *obj;
	int ext_fd;
	struct spin_log *log;
	bool debug;
};
int spin_refusal_libbpf(const struct spin_refusal *refusal, int err);
int spin_refusal_verifier(const struct spin_refusal *refusal,
			  const struct bpf_program *prog, const char *log,
			  int err);

/* verifier.c: reading the verifier's log */
bool spin_verifier_cause(const char *log, char *cause, size_t size);
bool spin_verifier_source(const char *log, char *source, size_t size);

/* verdict.c: why the module refused */
int spin_verdict(struct spin *spin, int ext_fd, const char *ext, int err,
		 const char *doing);
bool spin_verdict_device(struct spin *spin, int err);
bool spin_verdict_text(int ext_fd, struct spin_ioc_verdict *verdict);

/* program.c: what BPF objects of a loaded extension there are */
#define SPIN_IDS_MAX	256

struct spin_ids {
	__u32 id[SPIN_IDS_MAX];
	unsigned int count;
};
bool spin_ids_have(const struct spin_ids *ids, __u32 id);
void spin_ids_add(struct spin_ids *ids, __u32 id);
int spin_ext_programs(struct spin *spin, const char *ext,
		      struct spin_ids *programs);
void spin_program_maps(const struct spin_ids *programs, struct spin_ids *maps);
bool spin_program_source(__u32 prog_id, __u32 insn, char *source, size_t size);

/* holder.c: who has a program or map open */
void spin_holders(const struct spin_ids *programs, const struct spin_ids *maps,
		  struct spin_list *list);

#pragma GCC visibility pop

#endif /* _LIBSPIN_INTERNAL_H */
