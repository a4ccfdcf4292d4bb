/* SPDX-License-Identifier: GPL-2.0 */
/* /dev/spin, and what an open file of it remembers. */
#ifndef _SPIN_DEVICE_H
#define _SPIN_DEVICE_H

#include <linux/mutex.h>
#include "../extension/refusal.h"
#include "../service/trap/trap.h"

/* An open file of /dev/spin. */
struct spin_client {
	struct spin_connection connection;	/* the extension it calls */
	struct mutex lock;	/* protects @timing; taken before spin_mutex */
	bool timing;		/* it asked for timing */
	struct spin_refusal refusal;	/* why its last request was refused */
};
static_assert(!offsetof(struct spin_client, connection));

struct spin_extension;

void spin_client_refuse_owner(struct spin_client *client,
			      const struct spin_extension *ext);
struct spin_extension *spin_client_extension(const char *name);
int spin_client_names(struct spin_client *client, char *ext, const char *what);

int spin_device_init(void);
void spin_device_exit(void);

#endif /* _SPIN_DEVICE_H */
