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
#include "service/services.h"

struct part {
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
	{ "records of runs", spin_run_init, NULL },
	{ "works", spin_extensions_init, spin_extensions_exit },
	{ "bindings", spin_binding_cache_init, spin_binding_cache_exit },
	{ "domains", spin_domain_init, spin_domain_exit },
	{ "capabilities", spin_capability_init, spin_capability_exit },
	{ "Interface", spin_linkage_init, spin_linkage_exit },
	{ "Domain", spin_initialize_init, spin_initialize_exit },
	{ "Dispatcher", spin_dispatcher_init, spin_dispatcher_exit },
	{ "Proc", spin_procedures_init, spin_procedures_exit },
	{ "Console", spin_console_init, spin_console_exit },
	{ "Clock", spin_clock_init, spin_clock_exit },
	{ "hooks of packets", spin_hook_init, spin_hook_exit },
	{ "Udp", spin_udp_init, spin_udp_exit },
	{ "Strand", spin_strand_init, spin_strand_exit },
	{ "File", spin_file_init, spin_file_exit },
	{ "Socket", spin_socket_init, spin_socket_exit },
	{ "Directory", spin_directory_init, spin_directory_exit },
	{ "Stream", spin_stream_init, spin_stream_exit },
	{ "FrameBuffer", spin_framebuffer_init, spin_framebuffer_exit },
	{ "Translation", spin_translation_init, spin_translation_exit },
	{ "Trap", spin_trap_init, spin_trap_exit },
	{ "destructors", spin_pointer_init, NULL },
	{ "Reference", spin_reference_init, spin_reference_exit },
	{ "kernel functions", spin_kfuncs_init, spin_kfuncs_exit },
	{ "BTF", spin_initialize_check_btf, NULL },
	{ "settling", spin_settle_init, spin_settle_exit },
	{ "shares", spin_share_init, spin_share_exit },
	{ "/dev/spin", spin_device_init, spin_device_exit },
};

static void stop_parts(size_t count)
{
	while (count--)
		if (parts[count].exit)
			parts[count].exit();
	rcu_barrier();	/* extensions are freed by RCU callbacks of ours */
}

static int __init spin_init(void)
{
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		err = parts[i].init();
		if (err) {
			pr_err("cannot start %s: error %d\n", parts[i].name, err);
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
