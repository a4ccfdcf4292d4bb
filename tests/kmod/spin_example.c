// SPDX-License-Identifier: GPL-2.0
/*
 * spin_example - a kernel module with an event of its own: the example of
 * Documentation/kernel-api.rst.
 *
 * Writing to /dev/doorbell raises Doorbell.Rung. If no handler silences it, the
 * bell rings: how often it did, and the last melody, are module parameters.
 */
#include <linux/btf_ids.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/uidgid.h>
#include <spin/spin.h>
#include "spin_example.h"

/* Trusted arguments became the default. */
#ifndef KF_TRUSTED_ARGS
#define KF_TRUSTED_ARGS	0
#endif

static uint rings;
module_param(rings, uint, 0444);
MODULE_PARM_DESC(rings, "how often the bell rang");

static uint melody;
module_param(melody, uint, 0444);
MODULE_PARM_DESC(melody, "what it played last");

/* [context] What the kernel knows about a raise, before what programs see. */
struct rung_raise {
	u32 melody;
	SPIN_CONTEXT(struct doorbell_rung, rung);
};
SPIN_CONTEXT_CHECK(struct rung_raise, rung);

/* [authority] Who may handle the event, and under which conditions. */
static bool rang_alone(struct spin_raise *raise, u64 uid)
{
	return container_of(raise, struct rung_raise, raise)->rung.visitor == uid;
}

static int authorize(struct spin_request *request)
{
	uid_t uid = from_kuid(&init_user_ns, request->cred->euid);

	if (request->order == SPIN_ORDER_FIRST)
		return spin_request_refuse(request, -EPERM,
					   "nobody goes first at this door");
	if (request->operation != SPIN_OP_INSTALL || uid == 0)
		return 0;
	return spin_request_impose(request, rang_alone, uid);
}

static const struct spin_event_ops rung_ops = {
	.authorize = authorize,
};

/* [event] The event itself. */
static const struct spin_key rung_keys[] = {
	SPIN_KEY(struct doorbell_rung, visitor, "visitor"),
};

SPIN_EVENT_CALL(Doorbell_Rung);
static struct spin_event rung_event = {
	.name = "Doorbell.Rung",
	.interface = "Doorbell",
	.context = SPIN_CONTEXT_ATOMIC,
	.result_min = DOORBELL_RING,
	.result_max = DOORBELL_SILENCE,
	.fold = SPIN_FOLD_FIRST,
	.ctx_size = sizeof(struct doorbell_rung),
	.keys = rung_keys,
	.key_count = ARRAY_SIZE(rung_keys),
	.ops = &rung_ops,
	.type = "Doorbell_Rung",
	.call = &SPIN_DIRECT_CALL(Doorbell_Rung),
};
SPIN_EVENT_TYPE(Doorbell_Rung, struct doorbell_rung, rung_event);

/* [raise] Where it happens. */
static ssize_t doorbell_write(struct file *file, const char __user *data,
			      size_t size, loff_t *offset)
{
	struct rung_raise r = {
		.raise.event = &rung_event,
		.rung = {
			.ctx.event_id = rung_event.id,
			.visitor = from_kuid(&init_user_ns, current_euid()),
			.presses = min_t(size_t, size, U32_MAX),
		},
	};

	if (SPIN_RAISE(rung_event, Doorbell_Rung, &r.raise, DOORBELL_RING) ==
	    DOORBELL_RING) {
		rings++;
		melody = r.melody;
	}
	return size;
}

static const struct file_operations doorbell_fops = {
	.owner = THIS_MODULE,
	.write = doorbell_write,
};

static struct miscdevice doorbell = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "doorbell",
	.fops = &doorbell_fops,
	.mode = 0622,
};

/* [interface] What handlers may do besides returning a result. */
__bpf_kfunc_start_defs();

__bpf_kfunc int doorbell_melody(struct doorbell_rung *rung, u32 melody)
{
	if (melody >= 8)
		return -EINVAL;
	container_of(rung, struct rung_raise, rung)->melody = melody;
	return 0;
}

__bpf_kfunc_end_defs();

#define DOORBELL_KFUNCS(F) \
	F(doorbell_melody, KF_TRUSTED_ARGS, 10, SPIN_CLASS_NONE, 0)

SPIN_KFUNC_TABLE(doorbell_kfuncs, DOORBELL_KFUNCS);

/* [service] All that belongs to the interface. */
static int doorbell_start(void)
{
	return misc_register(&doorbell);
}

static void doorbell_stop(void)
{
	misc_deregister(&doorbell);
}

static struct spin_service doorbell_service = {
	.interface = {
		.name = "Doorbell",
		.authorize = spin_interface_public,
		.kfuncs = { &doorbell_kfuncs },
	},
	.events = { &Doorbell_Rung_type },
	.start = doorbell_start,
	.stop = doorbell_stop,
};

/* [life] It comes and goes as a whole. */
static int __init doorbell_init(void)
{
	return spin_service_register(&doorbell_service);
}

static void __exit doorbell_exit(void)
{
	spin_service_unregister(&doorbell_service);
}

module_init(doorbell_init);
module_exit(doorbell_exit);
MODULE_ALIAS("spin-interface-Doorbell");
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A doorbell that extensions of SPIN may handle");
