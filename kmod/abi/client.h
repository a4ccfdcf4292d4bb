/* SPDX-License-Identifier: GPL-2.0 */
/* Requests on /dev/spin about bindings, and what an open file of it remembers. */
#ifndef _SPIN_CLIENT_H
#define _SPIN_CLIENT_H

#include <linux/compiler_types.h>
#include <linux/mutex.h>
#include "../core/internal.h"
#include "../service/trap.h"

/**
 * struct spin_client - an open file of /dev/spin
 * @connection: the extension it calls
 * @lock: protects @timing; taken before spin_mutex
 * @timing: it asked for timing
 * @verdict_lock: protects @verdict; may be taken under spin_mutex
 * @verdict: why its last request was refused
 */
struct spin_client {
	struct spin_connection connection;
	struct mutex lock;
	bool timing;
	struct mutex verdict_lock;
	struct spin_verdict_text verdict;
};
static_assert(!offsetof(struct spin_client, connection));

struct spin_client *spin_client_new(void);
void spin_client_free(struct spin_client *client);
__printf(2, 3)
void spin_client_refuse(struct spin_client *client, const char *fmt, ...);
void spin_refuse_owner(struct spin_client *client,
		       const struct spin_extension *ext);
void spin_client_verdict_clear(struct spin_client *client);
void spin_client_verdict_take(struct spin_client *client,
			      struct spin_extension *ext);
struct spin_extension *spin_client_extension(const char *name);
int spin_client_permitted(void);
int spin_client_timing(struct spin_client *client);
int spin_client_verdict(struct spin_client *client, void __user *arg);
int spin_verdict_put(const struct spin_verdict_text *text, void __user *arg);

int spin_bindings_install(struct spin_client *client, void __user *arg);
int spin_bindings_remove(void __user *arg);
int spin_bindings_enable(void __user *arg);

#endif /* _SPIN_CLIENT_H */
