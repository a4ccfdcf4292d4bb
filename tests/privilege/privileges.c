// SPDX-License-Identifier: GPL-2.0
/*
 * What each of four users gets from each request: root, root without capabilities, a
 * user with CAP_BPF and CAP_PERFMON and nothing else, and one with nothing. All descriptors are root's, and
 * passed on: of root's extension "trap" and its domain, and for each user a file of
 * /dev/spin, an extension that is being loaded, and a domain.
 *
 * Prints, for each request, "NAME ROOT BARE LOADER NONE"; test.sh compares that
 * with the table in Documentation/security.rst.
 */
#include <grp.h>
#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "../trap/calls.h"
#include "raw.h"
#include "../abi/requests.h"

#define EXT	"trap"

enum who { ROOT, BARE, LOADER, NOBODY, WHO };

static const char *const who_name[] = { "root", "bare", "loader", "nobody" };

/* What a user is passed. */
struct user {
	int device;
	int loading;	/* an extension of root's */
	int confined;	/* another, without imports */
	int domain;	/* an aggregate of root's */
	int ext_domain;	/* that of EXT, to be modified */
	int domain_import;	/* the same two, to be imported from */
	int ext_domain_import;
	int public;	/* SpinPublic */
	int file;	/* for grants */
	__u64 binding;	/* of EXT, made at run time */
	enum who who;
};

static struct user user;

/* ---- requests ---- */

static int request(int fd, unsigned int number, void *block)
{
	return result(ioctl(fd, number, block));
}

/* A descriptor is as good as a zero, and is not needed. */
static int closed(int ret)
{
	if (ret <= 0)
		return ret;
	close(ret);
	return 0;
}

/* A walk of what is not there has been allowed. */
static int walked(int ret)
{
	return ret == -ENOENT ? 0 : ret;
}

/* For requests whose block may be all zero, as it may be for listings. */
static int plain(unsigned int number)
{
	char block[4096] = {};

	return request(user.device, number, block);
}

static const char *own_name(const char *what)
{
	static char name[SPIN_NAME_LEN];

	snprintf(name, sizeof(name), "%s-%s", what, who_name[user.who]);
	return name;
}

static int do_ext_create(void)
{
	struct spin_ioc_ext_create create = {};

	strcpy(create.name, own_name("new"));
	return closed(request(user.device, SPIN_IOC_EXT_CREATE, &create));
}

static int do_ext_unload(void)
{
	struct spin_ioc_ext_unload unload = {
		.name = EXT,
	};

	return request(user.device, SPIN_IOC_EXT_UNLOAD, &unload);
}

static int do_binding_install(void)
{
	struct spin_ioc_binding_install install = install_block(EXT, "mine");

	install.flags = SPIN_BIND_INACTIVE;
	return request(user.device, SPIN_IOC_BINDING_INSTALL, &install);
}

static int do_binding_remove(void)
{
	struct spin_ioc_binding_remove remove = {
		.id = user.binding,
	};

	return request(user.device, SPIN_IOC_BINDING_REMOVE, &remove);
}

static int do_binding_enable(void)
{
	struct spin_ioc_binding_enable enable = {
		.id = user.binding,
	};

	return request(user.device, SPIN_IOC_BINDING_ENABLE, &enable);
}

static int do_timing(void)
{
	return request(user.device, SPIN_IOC_TIMING, NULL);
}

static int do_strand_register(void)
{
	struct spin_ioc_strand_register block = {
		.ext = EXT,
	};

	return closed(request(user.device, SPIN_IOC_STRAND_REGISTER, &block));
}

static int do_translation_create(void)
{
	struct spin_ioc_translation_create block = {
		.length = 4096, .ext = EXT,
	};

	return closed(request(user.device, SPIN_IOC_TRANSLATION_CREATE, &block));
}

static int do_ext_enter(void)
{
	int ret = request(user.loading, SPIN_IOC_EXT_ENTER, NULL);

	ioctl(user.loading, SPIN_IOC_EXT_LEAVE);
	return ret;
}

static int do_ext_leave(void)
{
	return request(user.loading, SPIN_IOC_EXT_LEAVE, NULL);
}

static int do_ext_import(void)
{
	return ext_import(user.loading, "Trap");
}

static int do_ext_grant(void)
{
	struct spin_ioc_ext_grant grant = {
		.kind = SPIN_CAP_FILE, .name = "file",
		.fd = user.file, .fd2 = -1,
	};
	int ret = request(user.loading, SPIN_IOC_EXT_GRANT, &grant);

	return ret > 0 ? 0 : ret;
}

/* It has no handlers: nothing but that is said against it. */
static int do_ext_commit(void)
{
	return ext_commit(user.loading);
}

static int do_ext_verdict(void)
{
	struct spin_ioc_verdict block = {};

	return request(user.loading, SPIN_IOC_VERDICT, &block);
}

static int do_domain_verdict(void)
{
	struct spin_ioc_verdict block = {};

	return request(user.domain, SPIN_IOC_VERDICT, &block);
}

/* It replaces none. */
static int do_ext_inherit(void)
{
	return ext_inherit(user.loading, "another");
}

static int do_ext_domain(void)
{
	struct spin_ioc_ext_domain block = {
		.fd = user.public,
	};

	return request(user.confined, SPIN_IOC_EXT_DOMAIN, &block);
}

static int procedure(unsigned int number, const char *name)
{
	struct spin_ioc_ext_procedure block = {
		.prototype.size = 8, .procedure = "Do",
		.prototype.cost_max = 100,
	};
	int ret;

	strcpy(block.interface, name);
	ret = request(user.loading, number, &block);
	return ret > 0 ? 0 : ret;
}

static int do_proc_import(void)
{
	return procedure(SPIN_IOC_EXT_PROC_IMPORT, own_name("Wanted"));
}

static int do_proc_export(void)
{
	return procedure(SPIN_IOC_EXT_PROC_EXPORT, own_name("Offered"));
}

static int do_cap_narrow(void)
{
	struct spin_ioc_cap_narrow block = {
		.rights = SPIN_RIGHT_READ,
		.ext = EXT, .name = "file",
	};

	return request(user.device, SPIN_IOC_CAP_NARROW, &block);
}

static int do_cap_revoke(void)
{
	struct spin_ioc_cap_revoke block = {
		.ext = EXT, .name = "file",
	};

	return request(user.device, SPIN_IOC_CAP_REVOKE, &block);
}

static int do_cap_grant(void)
{
	struct spin_ioc_cap_grant block = {
		.grant.kind = SPIN_CAP_FILE, .grant.name = "file",
		.grant.fd = user.file, .grant.fd2 = -1, .ext = EXT,
	};
	int ret = request(user.device, SPIN_IOC_CAP_GRANT, &block);

	return ret > 0 ? 0 : ret;
}

static int do_domain_create(void)
{
	struct spin_ioc_domain_create block = {};
	int fd;

	strcpy(block.name, own_name("made"));
	fd = request(user.device, SPIN_IOC_DOMAIN_CREATE, &block);
	if (fd >= 0)
		ioctl(fd, SPIN_IOC_DOMAIN_DESTROY);
	return closed(fd);
}

static int domain_open(const char *name, __u32 rights)
{
	struct spin_ioc_domain_open block = {
		.rights = rights,
	};

	strcpy(block.name, name);
	return request(user.device, SPIN_IOC_DOMAIN_OPEN, &block);
}

static int do_domain_open(void)
{
	return closed(domain_open("SpinPublic", SPIN_DOMAIN_IMPORT));
}

static int do_domain_open_modify(void)
{
	return closed(domain_open(EXT, SPIN_DOMAIN_MODIFY));
}

static int do_name_lookup(void)
{
	struct spin_ioc_name_lookup block = {
		.name = "Udp",
	};

	return request(user.device, SPIN_IOC_NAME_LOOKUP, &block);
}

static int do_name_demand(void)
{
	struct spin_ioc_name_lookup block = {
		.name = "Absent",
		.flags = SPIN_LOOKUP_DEMAND,
	};

	return walked(request(user.device, SPIN_IOC_NAME_LOOKUP, &block));
}

static int domain_combine_on(int fd)
{
	struct spin_ioc_domain_combine block = {
		.fd = user.public, .interface = "Udp",
	};

	return request(fd, SPIN_IOC_DOMAIN_COMBINE, &block);
}

static int do_domain_combine(void)
{
	return domain_combine_on(user.domain);
}

static int do_domain_combine_import(void)
{
	return domain_combine_on(user.domain_import);
}

static int domain_remove_on(int fd)
{
	struct spin_ioc_domain_remove block = {
		.interface = "Udp",
	};

	return request(fd, SPIN_IOC_DOMAIN_REMOVE, &block);
}

static int do_domain_remove(void)
{
	return domain_remove_on(user.domain);
}

static int do_domain_remove_import(void)
{
	return domain_remove_on(user.domain_import);
}

static int domain_rights_on(int fd)
{
	struct spin_ioc_domain_rights block = {
		.rights = SPIN_DOMAIN_IMPORT,
	};

	return request(fd, SPIN_IOC_DOMAIN_RIGHTS, &block);
}

static int do_domain_rights(void)
{
	return domain_rights_on(user.domain);
}

static int do_domain_rights_import(void)
{
	return domain_rights_on(user.domain_import);
}

static int domain_destroy_on(int fd)
{
	return request(fd, SPIN_IOC_DOMAIN_DESTROY, NULL);
}

static int do_domain_destroy(void)
{
	return domain_destroy_on(user.domain);
}

static int do_domain_destroy_import(void)
{
	return domain_destroy_on(user.domain_import);
}

static int domain_limit_on(int fd)
{
	struct spin_ioc_domain_limit block = {
		.what = SPIN_QUOTA_BINDINGS, .limit = 1000,
	};

	return request(fd, SPIN_IOC_DOMAIN_LIMIT, &block);
}

static int do_domain_limit(void)
{
	return domain_limit_on(user.ext_domain);
}

static int do_domain_limit_import(void)
{
	return domain_limit_on(user.ext_domain_import);
}

/* It has been limited by do_domain_limit(). */
static int do_domain_limit_more(void)
{
	struct spin_ioc_domain_limit block = {
		.what = SPIN_QUOTA_BINDINGS, .limit = 2000,
	};

	return request(user.ext_domain, SPIN_IOC_DOMAIN_LIMIT, &block);
}

static int do_ext_limit(void)
{
	struct spin_ioc_domain_limit block = {
		.what = SPIN_QUOTA_BINDINGS, .limit = 1000,
	};

	return request(user.loading, SPIN_IOC_DOMAIN_LIMIT, &block);
}

static int domain_resolve_on(int fd)
{
	struct spin_ioc_domain_resolve block = {
		.interface = "File",
		.flags = SPIN_RESOLVE_UNDO,
	};
	int ret = request(fd, SPIN_IOC_DOMAIN_RESOLVE, &block);

	block = (struct spin_ioc_domain_resolve){
		.interface = "File",
	};
	return ret ? ret : request(fd, SPIN_IOC_DOMAIN_RESOLVE,
				   &block);
}

static int do_domain_resolve(void)
{
	return domain_resolve_on(user.ext_domain);
}

static int do_domain_resolve_import(void)
{
	return domain_resolve_on(user.ext_domain_import);
}

static int do_connect(void)
{
	struct spin_ioc_connect block = { .ext = EXT };

	return request(user.device, SPIN_IOC_CONNECT, &block);
}

static int do_call(void)
{
	struct spin_ioc_call block = {
		.number = CALLS_NULL,
	};

	return request(user.device, SPIN_IOC_CALL, &block);
}

static __u64 reference_new(void)
{
	struct spin_ioc_call block = {
		.number = CALLS_OPEN,
	};

	return request(user.device, SPIN_IOC_CALL, &block) ? 0 : block.result;
}

static int do_ref_copy(void)
{
	struct spin_ioc_ref_copy block = {
		.fd = user.device, .ref = reference_new(),
	};

	return request(user.device, SPIN_IOC_REF_COPY, &block);
}

static int do_ref_delete(void)
{
	struct spin_ioc_ref_delete block = {
		.ref = reference_new(),
	};

	return request(user.device, SPIN_IOC_REF_DELETE, &block);
}

/* It was not passed on, but opened by the user. */
static int do_open(void)
{
	return closed(result(open("/dev/spin", O_RDWR | O_CLOEXEC)));
}

#define LISTING(NAME) { #NAME, SPIN_IOC_##NAME, NULL }
#define DOES(NAME, HOW) { #NAME, SPIN_IOC_##NAME, HOW }
/*
 * It is made on the descriptor of a domain that was opened without the right to
 * modify it.
 */
#define IMPORT(NAME, HOW) { #NAME ":import", SPIN_IOC_##NAME, HOW }

/*
 * In this order, by each user; root comes last, and what it unloads is gone. NULL:
 * a block of zeros will do.
 */
static const struct {
	const char *name;
	unsigned int number;	/* 0: no request */
	int (*does)(void);
} rows[] = {
	{ "open", 0, do_open },
	LISTING(VERSION),
	LISTING(VERDICT),
	LISTING(EXT_NEXT),
	LISTING(EVENT_NEXT),
	LISTING(BINDING_NEXT),
	LISTING(TEMPLATE_NEXT),
	LISTING(CAP_NEXT),
	LISTING(CAP_TREE_NEXT),
	LISTING(STRAND_NEXT),
	LISTING(TRANSLATION_NEXT),
	LISTING(PROC_NEXT),
	LISTING(PROC_LINK_NEXT),
	LISTING(DOMAIN_NEXT),
	LISTING(DOMAIN_EXPORT_NEXT),
	DOES(NAME_LOOKUP, do_name_lookup),
	{ "NAME_LOOKUP:demand", SPIN_IOC_NAME_LOOKUP, do_name_demand },
	DOES(TIMING, do_timing),
	DOES(STRAND_REGISTER, do_strand_register),
	DOES(TRANSLATION_CREATE, do_translation_create),
	DOES(CONNECT, do_connect),
	DOES(CALL, do_call),
	DOES(REF_COPY, do_ref_copy),
	DOES(REF_DELETE, do_ref_delete),
	LISTING(REF_NEXT),
	DOES(EXT_CREATE, do_ext_create),
	DOES(DOMAIN_CREATE, do_domain_create),
	DOES(DOMAIN_OPEN, do_domain_open),
	{ "DOMAIN_OPEN:modify", SPIN_IOC_DOMAIN_OPEN, do_domain_open_modify },
	DOES(BINDING_INSTALL, do_binding_install),
	DOES(BINDING_ENABLE, do_binding_enable),
	DOES(BINDING_REMOVE, do_binding_remove),
	DOES(CAP_NARROW, do_cap_narrow),
	DOES(CAP_REVOKE, do_cap_revoke),
	DOES(CAP_GRANT, do_cap_grant),
	DOES(EXT_UNLOAD, do_ext_unload),
	DOES(EXT_ENTER, do_ext_enter),
	DOES(EXT_LEAVE, do_ext_leave),
	DOES(EXT_DOMAIN, do_ext_domain),
	DOES(EXT_IMPORT, do_ext_import),
	DOES(EXT_GRANT, do_ext_grant),
	DOES(EXT_INHERIT, do_ext_inherit),
	DOES(EXT_PROC_IMPORT, do_proc_import),
	DOES(EXT_PROC_EXPORT, do_proc_export),
	{ "VERDICT:loading", SPIN_IOC_VERDICT, do_ext_verdict },
	DOES(EXT_COMMIT, do_ext_commit),
	{ "DOMAIN_LIMIT:loading", SPIN_IOC_DOMAIN_LIMIT, do_ext_limit },
	DOES(DOMAIN_LIMIT, do_domain_limit),
	{ "DOMAIN_LIMIT:more", SPIN_IOC_DOMAIN_LIMIT, do_domain_limit_more },
	DOES(DOMAIN_RESOLVE, do_domain_resolve),
	{ "VERDICT:domain", SPIN_IOC_VERDICT, do_domain_verdict },
	IMPORT(DOMAIN_LIMIT, do_domain_limit_import),
	IMPORT(DOMAIN_RESOLVE, do_domain_resolve_import),
	IMPORT(DOMAIN_COMBINE, do_domain_combine_import),
	IMPORT(DOMAIN_REMOVE, do_domain_remove_import),
	IMPORT(DOMAIN_RIGHTS, do_domain_rights_import),
	IMPORT(DOMAIN_DESTROY, do_domain_destroy_import),
	DOES(DOMAIN_COMBINE, do_domain_combine),
	DOES(DOMAIN_REMOVE, do_domain_remove),
	DOES(DOMAIN_RIGHTS, do_domain_rights),
	DOES(DOMAIN_DESTROY, do_domain_destroy),
};

#define NR_ROWS (sizeof(rows) / sizeof(rows[0]))

/* The limits and links of EXT, which root has unloaded, are asked for before. */
static bool needs_ext(size_t row)
{
	return rows[row].number == SPIN_IOC_DOMAIN_LIMIT ||
	       rows[row].number == SPIN_IOC_DOMAIN_RESOLVE;
}

static int attempt(size_t row)
{
	return rows[row].does ? rows[row].does() :
	       walked(plain(rows[row].number));
}

/* ---- users ---- */

static void become(enum who who)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {};
	uid_t uid = who == LOADER ? 1000 : 65534;

	if (who == ROOT)
		return;
	if (who != BARE && (prctl(PR_SET_KEEPCAPS, 1) || setgroups(0, NULL) ||
	    setresgid(uid, uid, uid) || setresuid(uid, uid, uid)))
		give_up("cannot become %s", who_name[who]);
	if (who == LOADER) {
		data[1].permitted = 1 << (CAP_BPF - 32) |
				    1 << (CAP_PERFMON - 32);
		data[1].effective = data[1].permitted;
	}
	if (syscall(SYS_capset, &header, data))
		give_up("cannot drop capabilities");
}

/* Root does this for a user. */
static void equip(enum who who)
{
	struct spin_ioc_domain_create create = {};
	struct spin_ioc_binding_install install = install_block(EXT, "mine");

	user.who = who;
	user.device = open("/dev/spin", O_RDWR | O_CLOEXEC);
	user.file = open(getenv("PRIVILEGES_FILE"), O_RDONLY | O_CLOEXEC);
	user.loading = ext_create(own_name("loading"));
	user.confined = ext_create(own_name("confined"));
	strcpy(create.name, own_name("domain"));
	user.domain = request(user.device, SPIN_IOC_DOMAIN_CREATE, &create);
	user.domain_import = domain_open(create.name, SPIN_DOMAIN_IMPORT);
	user.ext_domain = domain_open(EXT, SPIN_DOMAIN_MODIFY);
	user.ext_domain_import = domain_open(EXT, SPIN_DOMAIN_IMPORT);
	user.public = domain_open("SpinPublic", SPIN_DOMAIN_IMPORT);
	install.flags = SPIN_BIND_INACTIVE;
	if (request(user.device, SPIN_IOC_BINDING_INSTALL, &install))
		give_up("no binding: %s", device_verdict());
	user.binding = install.id;
	if (user.device < 0 || user.file < 0 || user.loading < 0 ||
	    user.confined < 0 || user.domain < 0 || user.ext_domain < 0 ||
	    user.domain_import < 0 || user.ext_domain_import < 0 ||
	    user.public < 0)
		give_up("cannot equip %s: %d %d %d %d %d %d %d %d", who_name[who],
			user.device, user.file, user.loading, user.domain,
			user.ext_domain, user.domain_import,
			user.ext_domain_import, user.public);
}

static void attempt_all(enum who who, int (*results)[WHO])
{
	size_t row;

	become(who);
	for (row = 0; row < NR_ROWS; row++)
		if (needs_ext(row))
			results[row][who] = attempt(row);
	for (row = 0; row < NR_ROWS; row++)
		if (!needs_ext(row))
			results[row][who] = attempt(row);
}

static void try_as(enum who who, int (*results)[WHO])
{
	pid_t child;
	int status;

	equip(who);
	child = fork();
	if (!child) {
		attempt_all(who, results);
		_exit(0);
	}
	if (waitpid(child, &status, 0) != child || status)
		give_up("%s failed: %d", who_name[who], status);
	ioctl(user.domain, SPIN_IOC_DOMAIN_DESTROY);
	close(user.device);
	close(user.file);
	close(user.loading);
	close(user.confined);
	close(user.domain);
	close(user.domain_import);
	close(user.ext_domain);
	close(user.ext_domain_import);
	close(user.public);
}

/* Has every request a row? */
static void complete(void)
{
	char missing[512] = "";
	size_t i, row, used;

	for (i = 0; i < NR_REQUESTS; i++) {
		for (row = 0; row < NR_ROWS; row++)
			if (rows[row].number == requests[i].number)
				break;
		used = strlen(missing);
		if (row == NR_ROWS)
			snprintf(missing + used, sizeof(missing) - used, " %s",
				 requests[i].name);
	}
	check("every_request_has_a_row", !missing[0], "none is missing", "%s",
	      missing);
}

int main(void)
{
	int (*results)[WHO] = mmap(NULL, NR_ROWS * sizeof(*results),
				   PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	size_t row;

	complete();
	try_as(NOBODY, results);
	try_as(LOADER, results);
	try_as(BARE, results);
	try_as(ROOT, results);
	for (row = 0; row < NR_ROWS; row++)
		printf("# row %s %s %s %s %s\n", rows[row].name,
		       results[row][ROOT] ? said(results[row][ROOT]) : "ok",
		       results[row][BARE] ? said(results[row][BARE]) : "ok",
		       results[row][LOADER] ? said(results[row][LOADER]) : "ok",
		       results[row][NOBODY] ? said(results[row][NOBODY]) : "ok");
	return 0;
}
