// SPDX-License-Identifier: GPL-2.0
/*
 * spin_stopper - a device whose queues are full
 *
 * While it is loaded the transmit queues of one device are stopped, as a driver
 * stops them when the hardware has no room, or when enough is on its way (byte
 * queue limits). The device must not be removed meanwhile.
 *
 *	insmod spin_stopper.ko device=spin0
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/netdevice.h>
#include <net/net_namespace.h>

static char *device = "";
module_param(device, charp, 0444);
MODULE_PARM_DESC(device, "whose queues are stopped");

static struct net_device *stopped;

static int __init stopper_init(void)
{
	stopped = dev_get_by_name(&init_net, device);
	if (!stopped) {
		pr_err("no device '%s'\n", device);
		return -ENODEV;
	}
	netif_tx_stop_all_queues(stopped);
	return 0;
}

static void __exit stopper_exit(void)
{
	netif_tx_wake_all_queues(stopped);
	dev_put(stopped);
}

module_init(stopper_init);
module_exit(stopper_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Stops the transmit queues of a device");
