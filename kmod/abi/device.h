/* SPDX-License-Identifier: GPL-2.0 */
/* /dev/spin, and what an open file of it remembers. */
#ifndef _SPIN_DEVICE_H
#define _SPIN_DEVICE_H

#include <linux/mutex.h>
#include "../internal.h"
#include "../service/trap/trap.h"

/**
 * struct spin_client - an open file of /dev/spin
 * @connection: the extension it calls
 * @lock: protects @timing; taken before spin_mutex
 * @timing: it asked for timing
 * @refusal: why its last request was refused
 */
struct spin_client {
	struct spin_connection connection;
	struct mutex lock;
	bool timing;
	struct spin_refusal refusal;
};
static_assert(!offsetof(struct spin_client, connection));

void spin_client_refuse_owner(struct spin_client *client,
			      const struct spin_extension *ext);
struct spin_extension *spin_client_extension(const char *name);
int spin_client_names(struct spin_client *client, char *ext, const char *what);

int spin_device_init(void);
void spin_device_exit(void);

#endif /* _SPIN_DEVICE_H */
