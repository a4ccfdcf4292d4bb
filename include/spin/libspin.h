/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * libspin: load SPIN extensions into a kernel that runs spin.ko, take them
 * away, and look at what is loaded.
 *
 * A call that fails returns a negative errno and leaves a sentence for people
 * in the handle: see spin_error(). A handle is for one thread at a time, several
 * threads may have one each. While spin_ext_load() runs, libspin has libbpf's
 * printer (libbpf_set_print()): it takes the messages of the threads that load,
 * and hands those of others on to the printer that it found, which it puts back.
 */
#ifndef _SPIN_LIBSPIN_H
#define _SPIN_LIBSPIN_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>
#include <linux/spin.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef SPIN_VERSION
#define SPIN_VERSION "0.1"
#endif

#define SPIN_DEVICE "/dev/spin"

struct spin;

/*
 * Flags of struct spin_load_opts.
 *
 * SPIN_LOAD_UPGRADE: the file is the next version of the loaded extension of
 * the same name, and takes its place over all its events at one instant.
 * Capabilities that no grant names are taken over from it.
 *
 * SPIN_LOAD_BREAK_CALLERS: with SPIN_LOAD_UPGRADE, replace the loaded version
 * even if other extensions call procedures that the new one does not export with
 * the same prototype. Their calls fail then.
 */
#define SPIN_LOAD_UPGRADE	(1U << 0)
#define SPIN_LOAD_BREAK_CALLERS	(1U << 1)

/**
 * spin_open - make a handle
 *
 * /dev/spin itself is opened by the first call that needs it.
 *
 * Returns: the handle, or NULL if there is no memory.
 */
struct spin *spin_open(void);

/**
 * spin_close - give a handle back
 * @spin: the handle, or NULL
 *
 * What was loaded with it stays loaded.
 */
void spin_close(struct spin *spin);

/**
 * spin_error - get the reason of the last call that failed
 * @spin: the handle
 *
 * Returns: one sentence; valid until the next call on the handle.
 */
const char *spin_error(const struct spin *spin);

/**
 * spin_error_source - get the line of the extension that the last error is about
 * @spin: the handle
 *
 * Returns: "FILE:LINE: TEXT", or "" if it is about none.
 */
const char *spin_error_source(const struct spin *spin);

/**
 * spin_error_hint - get what to try after the last error
 * @spin: the handle
 *
 * Returns: a few words, or "" if the sentence says all.
 */
const char *spin_error_hint(const struct spin *spin);

/** libspin_version - version of this library */
const char *libspin_version(void);

/**
 * spin_version - get the version of the module that is loaded
 * @spin: the handle
 * @version: filled in
 *
 * Returns: 0; -ENOENT: the module is not loaded; -EPROTO: it speaks another
 * version of the ABI (@version is filled in even so).
 */
int spin_version(struct spin *spin, struct spin_ioc_version *version);

/**
 * struct spin_load_opts - how to load an extension
 * @size: sizeof(struct spin_load_opts)
 * @grants: capabilities: "NAME=KIND:WHAT"
 * @nr_grants: how many
 * @rights: what may be done with them: "NAME=RIGHT[,RIGHT]..."; those not named
 *	get what is usual for their kind. See spin_rights_parse()
 * @nr_rights: how many
 * @settings: values of global variables: "VAR=VALUE"
 * @nr_settings: how many
 * @debug: hand everything libbpf and the verifier say to @log
 * @flags: SPIN_LOAD_*
 * @log: called with pieces of text; may be NULL
 * @log_arg: its first argument
 * @domain: name of the domain it may import from, and nothing else; NULL: it is
 *	not confined
 * @limits: of its domain: "WHAT=N", see spin_limit_parse()
 * @nr_limits: how many
 */
struct spin_load_opts {
	size_t size;
	const char *const *grants;
	size_t nr_grants;
	const char *const *rights;
	size_t nr_rights;
	const char *const *settings;
	size_t nr_settings;
	bool debug;
	unsigned int flags;
	void (*log)(void *arg, const char *text);
	void *log_arg;
	const char *domain;
	const char *const *limits;
	size_t nr_limits;
};

/**
 * struct spin_loaded - what spin_ext_load() loaded
 * @name: of the extension
 * @bindings: how many bindings the load made
 * @templates: how many templates it has besides, of which bindings are made
 *	later: those with a slot
 * @caps: how many capabilities it holds
 * @inherited: how many of these it took over from the version it replaced
 * @unbound: how many procedures it imports that nobody exports yet; calls of
 *	them fail until somebody does
 * @unbound_names: these
 * @demanded: how many installed extensions were loaded first, because it calls
 *	them and nobody exported that yet
 * @demanded_names: these
 * @late: how many capabilities it declares that may be granted from now on
 * @late_names: these
 * @unimported: how many capabilities it declares whose interface it does not
 *	import: it can hand them over, and call no function with them
 * @unimported_names: these, each with its interface: "NAME (INTERFACE)"
 * @reserved: for later versions; zero
 *
 * Names that do not fit are left out.
 */
struct spin_loaded {
	char name[SPIN_NAME_LEN];
	unsigned int bindings;
	unsigned int templates;
	unsigned int caps;
	unsigned int inherited;
	unsigned int unbound;
	char unbound_names[256];
	unsigned int demanded;
	unsigned int late;
	unsigned int unimported;
	char demanded_names[256];
	char late_names[256];
	char unimported_names[256];
	unsigned int reserved[16];
};

/**
 * spin_ext_load - load an extension, all of it or nothing
 * @spin: the handle
 * @path: its BPF object file
 * @opts: options, or NULL
 * @loaded: filled in on success; may be NULL
 *
 * The extension then stays until spin_ext_unload(), and does not depend on this
 * process any more. With SPIN_LOAD_UPGRADE it replaces its loaded version:
 * raises that begin later run no handler of that, and its variables and maps go
 * with it.
 *
 * Installed extensions that it calls (folders of $SPIN_PATH) are loaded first, if
 * nobody exports what it calls: see @loaded.
 *
 * Returns: 0, or a negative errno. After an error nothing of it is left in the
 * kernel, nor of what was loaded for it (unless others use that by then:
 * spin_error_hint()), and the version that it was to replace is as it was. -EEXIST:
 * the name is taken; -ENOENT: there is no version to replace; -EPROTOTYPE:
 * procedures do not fit those of other extensions.
 */
int spin_ext_load(struct spin *spin, const char *path,
		  const struct spin_load_opts *opts,
		  struct spin_loaded *loaded);

/**
 * spin_ext_unload - take an extension away
 * @spin: the handle
 * @name: which
 * @timeout_ms: how long to wait for its programs to go; 0: 10 seconds
 *
 * Returns: 0 when no handler of it runs any more and its programs are gone;
 * -ETIMEDOUT: it is unloaded, but another process (the sentence names it if
 * it can be found) holds on to a program or map of it.
 */
int spin_ext_unload(struct spin *spin, const char *name,
		    unsigned int timeout_ms);

/*
 * Walks. Zero the block (its id), then call until 0 is returned; 1 says that
 * the block was filled in with the next one.
 */

/** spin_ext_next - next extension; see struct spin_ioc_ext_next */
int spin_ext_next(struct spin *spin, struct spin_ioc_ext_next *ext);

/** spin_event_next - next event; see struct spin_ioc_event_next */
int spin_event_next(struct spin *spin, struct spin_ioc_event_next *event);

/** spin_binding_next - next binding; see struct spin_ioc_binding_next */
int spin_binding_next(struct spin *spin, struct spin_ioc_binding_next *binding);

/** spin_template_next - next template; see struct spin_ioc_template_next */
int spin_template_next(struct spin *spin,
		       struct spin_ioc_template_next *template_);

/** spin_cap_next - next capability; see struct spin_ioc_cap_next */
int spin_cap_next(struct spin *spin, struct spin_ioc_cap_next *cap);

/** spin_proc_next - next procedure; see struct spin_ioc_proc_next */
int spin_proc_next(struct spin *spin, struct spin_ioc_proc_next *proc);

/** spin_proc_link_next - next import; see struct spin_ioc_proc_link_next */
int spin_proc_link_next(struct spin *spin,
			struct spin_ioc_proc_link_next *link);

/** spin_strand_next - next strand; see struct spin_ioc_strand_next */
int spin_strand_next(struct spin *spin, struct spin_ioc_strand_next *strand);

/** spin_translation_next - next range; see struct spin_ioc_translation_next */
int spin_translation_next(struct spin *spin,
			  struct spin_ioc_translation_next *range);

/**
 * spin_template_find - a template of a loaded extension, by its name
 * @spin: the handle
 * @ext: the extension
 * @name: of the template
 * @template_: filled in
 *
 * Returns: 0; -ENOENT: there is no such extension, or it has no such template;
 * the sentence names those there are.
 */
int spin_template_find(struct spin *spin, const char *ext, const char *name,
		       struct spin_ioc_template_next *template_);

/**
 * struct spin_binding - a binding and its place
 * @info: as the module tells it
 * @position: its place in the order it is in (@info.point), from 0
 */
struct spin_binding {
	struct spin_ioc_binding_next info;
	unsigned int position;
};

/**
 * spin_bindings - all bindings, in order
 * @spin: the handle
 * @bindings: set to an array, to be given to free(); NULL if there are none
 * @count: set to how many
 *
 * Event by event; of one event, point by point (an event may have an order for
 * each network name space); in each in the order that raises run them. It is a
 * walk: a binding that is installed or removed meanwhile may be in it or not.
 *
 * Returns: 0, or a negative errno; then there is nothing to free.
 */
int spin_bindings(struct spin *spin, struct spin_binding **bindings,
		  size_t *count);

/**
 * spin_binding_find - a binding by what users call it
 * @spin: the handle
 * @what: its id in decimal digits, or "EXTENSION/NAME"
 * @binding: filled in
 *
 * Returns: 0; -EINVAL: @what is neither; -ENOENT: there is none; -ENOTUNIQ:
 * several have this name, and only the id tells them apart.
 */
int spin_binding_find(struct spin *spin, const char *what,
		      struct spin_ioc_binding_next *binding);

/**
 * spin_binding_install - make bindings from a template of a loaded extension
 * @spin: the handle
 * @install: what to make; @size is filled in, and @id on success. What is
 *	left zero is the default
 *
 * Returns: 0, or a negative errno: none was made. See struct
 * spin_ioc_binding_install.
 */
int spin_binding_install(struct spin *spin,
			 struct spin_ioc_binding_install *install);

/**
 * spin_binding_remove - uninstall bindings that were made after the load
 * @spin: the handle
 * @id: of the first
 * @count: how many ids from @id on; 0: one
 *
 * Returns: 0 when none of their programs runs any more for them; -ENOENT: none
 * of the ids is a binding; -EBUSY: the load made it, so that it goes with its
 * extension only.
 */
int spin_binding_remove(struct spin *spin, __u64 id, unsigned int count);

/**
 * spin_binding_enable - let a binding run, or not
 * @spin: the handle
 * @id: of the binding
 * @active: whether it is to run
 *
 * Returns: 0, -ENOENT, or another negative errno.
 */
int spin_binding_enable(struct spin *spin, __u64 id, bool active);

/**
 * spin_timing_start - start taking the time of guards and handlers
 * @spin: the handle
 *
 * It goes on until spin_timing_stop(), or until the handle is closed or the
 * process ends. It slows raises down. Several may ask for it at the same
 * time.
 *
 * Returns: 0 (also if it was started before), or a negative errno.
 */
int spin_timing_start(struct spin *spin);

/** spin_timing_stop - stop taking the time; does nothing if it was not started */
void spin_timing_stop(struct spin *spin);

/**
 * spin_event_find - an event by its name
 * @spin: the handle
 * @name: which
 * @event: filled in
 *
 * Returns: 0; -ENOENT: the sentence names the one whose name is most like it.
 */
int spin_event_find(struct spin *spin, const char *name,
		    struct spin_ioc_event_next *event);

/**
 * spin_ext_find - an extension by its name
 * @spin: the handle
 * @name: which
 * @ext: filled in
 *
 * Returns: 0, or -ENOENT.
 */
int spin_ext_find(struct spin *spin, const char *name,
		  struct spin_ioc_ext_next *ext);

/**
 * spin_connect - open /dev/spin to call an extension
 * @spin: the handle; not needed for the calls
 * @ext: name of the extension
 *
 * Returns: a descriptor that belongs to the caller and is closed on exec, or a
 * negative errno; -ENOENT: there is no such extension. Each holder of the
 * descriptor can call the extension by it, and name the references that it was
 * given.
 */
int spin_connect(struct spin *spin, const char *ext);

/**
 * spin_call - call the extension that a descriptor is connected to
 * @fd: from spin_connect()
 * @number: what is asked for, as the extension defines it
 * @args: SPIN_CALL_ARGS words, or NULL: zeroes
 * @answer: set to the answer; may be NULL
 *
 * Several threads may call at a time.
 *
 * Returns: 0, or a negative errno: that of the extension, or one of struct
 * spin_ioc_call in <linux/spin.h>.
 */
int spin_call(int fd, __u64 number, const __u64 *args, __u64 *answer);

/**
 * spin_call_block - make a call with references and a buffer
 * @fd: from spin_connect()
 * @call: the call; its result is set
 *
 * Returns: as spin_call().
 */
int spin_call_block(int fd, struct spin_ioc_call *call);

/**
 * spin_call_fail - make a sentence for a call that failed
 * @spin: the handle, whose spin_error() it becomes
 * @ext: name of the extension
 * @number: of the call
 * @err: what spin_call() returned
 *
 * Returns: @err.
 */
int spin_call_fail(struct spin *spin, const char *ext, __u64 number, int err);

/**
 * spin_ref_copy - hand a reference over, from one open file to another
 * @to: descriptor that is to have it
 * @from: descriptor that has it, connected to the same extension
 * @ref: the reference, in @from
 * @rights: SPIN_RIGHT_* of the copy; 0: those of the reference
 * @copy: set to the copy, in @to
 *
 * Returns: 0, or a negative errno: see struct spin_ioc_ref_copy.
 */
int spin_ref_copy(int to, int from, __u64 ref, __u32 rights, __u64 *copy);

/**
 * spin_ref_delete - delete a reference
 * @fd: descriptor that has it
 * @ref: the reference
 *
 * Returns: 0; -ENOENT: there is none.
 */
int spin_ref_delete(int fd, __u64 ref);

/**
 * spin_ref_next - walk the references of a descriptor
 * @fd: the descriptor
 * @next: zeroed to start; filled in with the next
 *
 * Returns: 1; 0: there is no further one; or a negative errno.
 */
int spin_ref_next(int fd, struct spin_ioc_ref_next *next);

enum spin_var_kind {
	SPIN_VAR_INT	= 1,	/* signed: elements are __s64 */
	SPIN_VAR_UINT	= 2,
	SPIN_VAR_BOOL	= 3,
	SPIN_VAR_ENUM	= 4,	/* text is the name, if the value has one */
	SPIN_VAR_TEXT	= 5,	/* an array of char; only text */
	SPIN_VAR_IPV4	= 6,	/* text is the dotted address */
};

/**
 * struct spin_var - a global variable of a loaded extension
 * @name: its name; members of structures follow a dot
 * @section: ".bss", ".data", ".rodata" …
 * @kind: what the elements are
 * @is_array: it is an array
 * @count: elements (1 if it is none)
 * @values: their values, by kind
 * @text: the first element in words, "" if it has none
 */
struct spin_var {
	const char *name;
	const char *section;
	enum spin_var_kind kind;
	bool is_array;
	size_t count;
	const __u64 *values;
	const char *text;
};

typedef int (*spin_var_fn)(void *arg, const struct spin_var *var);

/**
 * spin_ext_vars - read the global variables of a loaded extension
 * @spin: the handle
 * @name: name of the extension
 * @fn: called for each variable that is not static and can be shown; not 0
 *	ends the walk
 * @arg: its first argument
 *
 * Returns: 0, what @fn returned, or a negative errno; -ENOENT: it is not loaded.
 */
int spin_ext_vars(struct spin *spin, const char *name, spin_var_fn fn,
		  void *arg);

/**
 * spin_rights_parse - understand rights in words
 * @spin: the handle
 * @text: "read", "write", "pass", "keep", "externalize", with commas between
 * @rights: set to SPIN_RIGHT_*
 *
 * Returns: 0, or -EINVAL.
 */
int spin_rights_parse(struct spin *spin, const char *text, __u32 *rights);

/**
 * spin_rights_text - put rights into words
 * @rights: SPIN_RIGHT_*
 * @text: filled in
 * @size: of it; 64 are enough
 *
 * Returns: @text.
 */
char *spin_rights_text(__u32 rights, char *text, size_t size);

/**
 * spin_cap_find - a capability of a loaded extension
 * @spin: the handle
 * @ext: name of the extension
 * @name: of the capability
 * @cap: filled in
 *
 * Returns: 0, or a negative errno; -ENOENT: no such extension or capability.
 */
int spin_cap_find(struct spin *spin, const char *ext, const char *name,
		  struct spin_ioc_cap_next *cap);

/**
 * spin_cap_tree_next - next capability, derived ones too
 * @spin: the handle
 * @cap: see struct spin_ioc_cap_tree_next
 *
 * Returns: 1, 0: there is no further one, or a negative errno.
 */
int spin_cap_tree_next(struct spin *spin, struct spin_ioc_cap_tree_next *cap);

/**
 * spin_cap_grant - grant a capability to a loaded extension
 * @spin: the handle
 * @ext: name of the extension
 * @text: "NAME=KIND:WHAT", as for a load; KIND "fd" with the number of an open
 *	descriptor does for any kind that is a descriptor
 * @rights: SPIN_RIGHT_*; 0: what is usual for the kind
 *
 * The extension must have a slot of that name: it declared it
 * SPIN_CAPABILITY_LATE, or the capability that was granted before was
 * revoked.
 *
 * Returns: the slot, or a negative errno.
 */
int spin_cap_grant(struct spin *spin, const char *ext, const char *text,
		   __u32 rights);

/**
 * spin_cap_revoke - take a capability back, and all that was derived from it
 * @spin: the handle
 * @ext: name of the extension; NULL: @what is a number
 * @what: name of the capability, or its number, from spin_cap_tree_next()
 * @timeout_ms: how long to wait for operations under way; 0: 10 seconds
 *
 * Returns: 0, or a negative errno; -ETIMEDOUT: it is revoked, and operations are
 * still under way.
 */
int spin_cap_revoke(struct spin *spin, const char *ext, const char *what,
		    unsigned int timeout_ms);

/**
 * spin_cap_narrow - take rights away from a capability, and from all derived from it
 * @spin: the handle
 * @ext: as for spin_cap_revoke()
 * @what: as for spin_cap_revoke()
 * @rights: SPIN_RIGHT_* that stay, of those it has
 *
 * Returns: 0, or a negative errno.
 */
int spin_cap_narrow(struct spin *spin, const char *ext, const char *what,
		    __u32 rights);

/*
 * Domains. A descriptor stands for a domain, with the rights it was opened with;
 * close() it. It can be passed to another process.
 */

/**
 * spin_domain_create - make an empty domain (SPIN: Domain.Create)
 * @spin: the handle
 * @name: its name; '/' separates it from the domain that it is to be in. If the
 *	caller is not root, the kernel puts "uUID/" before it
 *
 * Returns: a descriptor with all rights, or a negative errno; see struct
 * spin_ioc_domain_create.
 */
int spin_domain_create(struct spin *spin, const char *name);

/**
 * spin_domain_open - a domain by its name
 * @spin: the handle
 * @name: of a domain, or of an interface that an extension exports
 * @rights: SPIN_DOMAIN_* that are needed; 0: all there are
 *
 * Returns: a descriptor, or a negative errno: -ENOENT, -EACCES.
 */
int spin_domain_open(struct spin *spin, const char *name, unsigned int rights);

/**
 * spin_domain_combine - let a domain export what another one does
 * @spin: the handle
 * @domain_fd: of the domain, with the right to modify it
 * @other_fd: of the other, with the right to import
 * @interface: one of its interfaces; NULL: all
 *
 * Returns: 0, or a negative errno; see struct spin_ioc_domain_combine.
 */
int spin_domain_combine(struct spin *spin, int domain_fd, int other_fd,
			const char *interface);

/** spin_domain_remove - take an interface out of a domain */
int spin_domain_remove(struct spin *spin, int domain_fd, const char *interface);

/** spin_domain_set_rights - say what others than the owner may do, SPIN_DOMAIN_* */
int spin_domain_set_rights(struct spin *spin, int domain_fd,
			   unsigned int rights);

/**
 * spin_domain_destroy - end a domain that a user made
 * @spin: the handle
 * @domain_fd: with the right to modify it
 *
 * Returns: 0; -EBUSY: a loaded extension is confined to it; -ENOTEMPTY: others
 * are in it; -EINVAL, -EACCES, -ESTALE.
 */
int spin_domain_destroy(struct spin *spin, int domain_fd);

/** spin_quota_name - "bindings", "memory", … of enum spin_quota_kind */
const char *spin_quota_name(unsigned int what);

/**
 * spin_limit_parse - "WHAT=N" as spinctl takes it
 * @spin: the handle
 * @text: such as "memory=16M", "cpu=25%", "packets=none"
 * @what: set to the enum spin_quota_kind
 * @limit: set to the limit
 *
 * Returns: 0 or -EINVAL.
 */
int spin_limit_parse(struct spin *spin, const char *text, unsigned int *what,
		     __u64 *limit);

/**
 * spin_domain_limit - limit an extension
 * @spin: the handle
 * @domain_fd: of its domain, with the right to modify it
 * @what: enum spin_quota_kind
 * @limit: how much; SPIN_QUOTA_NONE: as much as it wants
 *
 * Returns: 0; -EPERM: more than before takes CAP_SYS_RESOURCE; -EINVAL.
 */
int spin_domain_limit(struct spin *spin, int domain_fd, unsigned int what,
		      __u64 limit);

/**
 * spin_domain_resolve - link an import of a loaded extension again, or undo it
 * @spin: the handle
 * @domain_fd: of its domain, with the right to modify it
 * @interface: that it imports
 * @undo: unresolve: bindings that use it become inactive
 * @resolved: filled in with the number of these bindings, and their names
 *
 * Returns: 0, or a negative errno; see struct spin_ioc_domain_resolve.
 */
int spin_domain_resolve(struct spin *spin, int domain_fd, const char *interface,
			bool undo, struct spin_ioc_domain_resolve *resolved);

/** spin_domain_next - next domain; see struct spin_ioc_domain_next */
int spin_domain_next(struct spin *spin, struct spin_ioc_domain_next *domain);

/**
 * spin_domain_export_next - next export, or import, of a domain
 * @spin: the handle
 * @export_: @id is that of the domain, and @index is 0 to begin with; filled in
 *
 * Returns: 1; 0: there is no further one; or a negative errno.
 */
int spin_domain_export_next(struct spin *spin,
			    struct spin_ioc_domain_export_next *export_);

/** spin_domain_find - a domain by its name: 0, -ENOENT or -EACCES */
int spin_domain_find(struct spin *spin, const char *name,
		     struct spin_ioc_domain_next *domain);

/**
 * spin_name_lookup - ask the nameserver
 * @spin: the handle
 * @name: of a domain, an extension, or an interface
 * @demand: if there is none, load the kernel module that exports an interface of
 *	this name, or else the installed extension that does: an object file in
 *	the folders of $SPIN_PATH (/usr/lib/spin)
 * @found: filled in
 *
 * Returns: 0; -ENOENT; -EACCES: a domain on the way does not let the caller go
 * on; or the error of loading the extension.
 */
int spin_name_lookup(struct spin *spin, const char *name, bool demand,
		     struct spin_ioc_name_lookup *found);

/**
 * spin_name_means - does a user mean this by a name?
 * @full: name of something loaded
 * @name: as the user gave it: the full one, or without their own prefix
 *
 * Returns: whether it is.
 */
bool spin_name_means(const char *full, const char *name);

/**
 * spin_grant_renamed - is the kind of a grant called otherwise now?
 * @grant: "NAME=KIND:WHAT"
 *
 * What a kind was called before goes on working until the next version.
 *
 * Returns: the word to write for KIND, or NULL: what is there is right, or no kind.
 */
const char *spin_grant_renamed(const char *grant);

/** spin_cap_kind_name - "file", "socket", "framebuffer", or "unknown" */
const char *spin_cap_kind_name(__u32 kind);

#ifdef __cplusplus
}
#endif

#endif /* _SPIN_LIBSPIN_H */
