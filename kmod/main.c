// SPDX-License-Identifier: GPL-2.0
/*
 * spin.ko: starts and stops the parts, in the order in which they build on
 * each other.
 */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include "abi/device.h"
#include "binding/binding.h"
#include "capability/interface.h"
#include "capability/pointer.h"
#include "capability/tree.h"
#include "dispatch/record.h"
#include "dispatch/settle.h"
#include "load/load.h"
#include "name/domain.h"
#include "name/interface.h"
#include "procedure/procedure.h"
#include "service/packet/hook.h"

/* In this order: each builds on those before it. */
#define SERVICES(S) \
	S(domain) \
	S(dispatcher) \
	S(authorize) \
	S(proc) \
	S(console) \
	S(clock) \
	S(udp) \
	S(strand) \
	S(file) \
	S(socket) \
	S(directory) \
	S(stream) \
	S(framebuffer) \
	S(translation) \
	S(trap) \
	S(reference)

#define DECLARE_SERVICE(NAME)	extern struct spin_service spin_##NAME##_service;
#define SERVICE_ROW(NAME)	{ .service = &spin_##NAME##_service },

SERVICES(DECLARE_SERVICE)

/* A service, or what services build on. */
struct part {
	struct spin_service *service;
	const char *name;
	int (*init)(void);
	void (*exit)(void);
};

/*
 * The BPF core has no call to take back a struct_ops type or a set of kernel
 * functions: they end with the module's BTF, after the module's exit or after
 * a failed init.
 */
static const struct part parts[] __refconst = {
	{ NULL, "records of runs", spin_run_init, NULL },
	{ NULL, "works", spin_extensions_init, spin_extensions_exit },
	{ NULL, "bindings", spin_binding_cache_init, spin_binding_cache_exit },
	{ NULL, "domains", spin_domain_init, spin_domain_exit },
	{ NULL, "capabilities", spin_capability_init, spin_capability_exit },
	{ NULL, "hooks of packets", spin_hook_init, spin_hook_exit },
	SERVICES(SERVICE_ROW)
	{ NULL, "destructors", spin_pointer_init, NULL },
	{ NULL, "kernel functions", spin_kfuncs_init, spin_kfuncs_exit },
	{ NULL, "BTF", spin_initialize_check_btf, NULL },
	{ NULL, "settling", spin_settle_init, spin_settle_exit },
	{ NULL, "shares", spin_share_init, spin_share_exit },
	{ NULL, "/dev/spin", spin_device_init, spin_device_exit },
};

static int __init part_start(const struct part *part)
{
	return part->service ? spin_service_register(part->service) :
			       part->init();
}

static void part_stop(const struct part *part)
{
	if (part->service)
		spin_service_unregister(part->service);
	else if (part->exit)
		part->exit();
}

static void stop_parts(size_t count)
{
	while (count--)
		part_stop(&parts[count]);
	rcu_barrier();	/* extensions are freed by RCU callbacks of ours */
}

static int __init spin_init(void)
{
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		const struct part *part = &parts[i];

		err = part_start(part);
		if (err) {
			pr_err("cannot start %s: error %d\n",
			       part->service ? part->service->interface.name :
					       part->name, err);
			stop_parts(i);
			return err;
		}
	}
	return 0;
}

static void __exit spin_exit(void)
{
	stop_parts(ARRAY_SIZE(parts));
}

module_init(spin_init);
module_exit(spin_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("The SPIN developers");
MODULE_DESCRIPTION("SPIN: safe extensions of the kernel by applications");
MODULE_VERSION(SPIN_VERSION);
SPIN_IMPORT_NS(DMA_BUF);
