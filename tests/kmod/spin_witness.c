// SPDX-License-Identifier: GPL-2.0
/*
 * spin_witness - an independent look at the packets that leave.
 *
 * Counts where the payload bytes of UDP datagrams from one source port lie:
 * in page-cache pages of a given file, or elsewhere. It looks twice: after the
 * packet filters (NF_INET_POST_ROUTING), and where devices' taps look, which is
 * after anything the stack does for a device that cannot gather or checksum.
 * It shares no code with spin.ko and changes nothing.
 *
 *	insmod spin_witness.ko file=/srv/clip port=4175
 *	cat /sys/module/spin_witness/parameters/tap_file
 *	echo 1 > /sys/module/spin_witness/parameters/reset
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/ip.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/nsproxy.h>
#include <linux/pagemap.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/net_namespace.h>

static char *file;
module_param(file, charp, 0444);
MODULE_PARM_DESC(file, "path of the file whose pages count");

static ushort port;
module_param(port, ushort, 0444);
MODULE_PARM_DESC(port, "source port of the datagrams that count");

/* What was seen at one of the two places. */
struct sight {
	atomic64_t packets;	/* datagrams; those of a GSO packet count each */
	atomic64_t file;	/* payload bytes in pages of the file */
	atomic64_t other;	/* payload bytes elsewhere */
	atomic64_t unsummed;	/* packets whose checksum the device makes */
};

static struct sight filter, tap;

static int show_count(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%lld\n", atomic64_read(kp->arg));
}

static const struct kernel_param_ops count_ops = { .get = show_count };

module_param_cb(filter_packets, &count_ops, &filter.packets, 0444);
module_param_cb(filter_file, &count_ops, &filter.file, 0444);
module_param_cb(filter_other, &count_ops, &filter.other, 0444);
module_param_cb(filter_unsummed, &count_ops, &filter.unsummed, 0444);
module_param_cb(tap_packets, &count_ops, &tap.packets, 0444);
module_param_cb(tap_file, &count_ops, &tap.file, 0444);
module_param_cb(tap_other, &count_ops, &tap.other, 0444);
module_param_cb(tap_unsummed, &count_ops, &tap.unsummed, 0444);

static int reset_counts(const char *value, const struct kernel_param *kp)
{
	memset(&filter, 0, sizeof(filter));
	memset(&tap, 0, sizeof(tap));
	return 0;
}

static const struct kernel_param_ops reset_ops = { .set = reset_counts };

module_param_cb(reset, &reset_ops, NULL, 0200);

static struct file *watched;
static struct net *net;

/* Bytes of @skb from @offset on that lie in pages of the file. */
static u64 file_bytes(const struct sk_buff *skb, int offset)
{
	const struct skb_shared_info *shared = skb_shinfo(skb);
	const struct sk_buff *fragment;
	int at = skb_headlen(skb), i;
	u64 bytes = 0;

	for (i = 0; i < shared->nr_frags; i++) {
		const skb_frag_t *frag = &shared->frags[i];
		int size = skb_frag_size(frag), skipped = max(offset - at, 0);
		struct page *page = skb_frag_page(frag);

		at += size;
		if (skipped >= size)
			continue;
		if (page && READ_ONCE(page_folio(page)->mapping) ==
			    watched->f_mapping)
			bytes += size - skipped;
	}
	skb_walk_frags(skb, fragment) {
		bytes += file_bytes(fragment, max(offset - at, 0));
		at += fragment->len;
	}
	return bytes;
}

static void look(struct sight *sight, const struct sk_buff *skb)
{
	const struct iphdr *ip;
	struct iphdr ip_copy;
	const struct udphdr *udp;
	struct udphdr udp_copy;
	int offset = skb_network_offset(skb), payload;
	u64 bytes;

	if (skb->protocol != htons(ETH_P_IP))
		return;
	ip = skb_header_pointer(skb, offset, sizeof(ip_copy), &ip_copy);
	if (!ip || ip->version != 4 || ip->protocol != IPPROTO_UDP ||
	    ip->frag_off & htons(IP_OFFSET))
		return;
	offset += ip->ihl * 4;
	udp = skb_header_pointer(skb, offset, sizeof(udp_copy), &udp_copy);
	if (!udp || ntohs(udp->source) != port)
		return;
	offset += sizeof(*udp);
	payload = skb->len - offset;
	if (payload < 0)
		return;
	bytes = file_bytes(skb, offset);
	atomic64_add(max_t(int, skb_shinfo(skb)->gso_segs, 1), &sight->packets);
	atomic64_add(bytes, &sight->file);
	atomic64_add(payload - bytes, &sight->other);
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		atomic64_inc(&sight->unsummed);
}

static unsigned int after_filters(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	look(&filter, skb);
	return NF_ACCEPT;
}

static const struct nf_hook_ops hook = {
	.hook = after_filters,
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_POST_ROUTING,
	.priority = INT_MAX,
};

static int at_device(struct sk_buff *skb, struct net_device *dev,
		     struct packet_type *type, struct net_device *orig_dev)
{
	if (skb->pkt_type == PACKET_OUTGOING && net_eq(dev_net(dev), net))
		look(&tap, skb);
	kfree_skb(skb);
	return 0;
}

static struct packet_type device_tap = {
	.type = htons(ETH_P_ALL),
	.func = at_device,
};

static int __init spin_witness_init(void)
{
	int err;

	if (!file || !port)
		return -EINVAL;
	watched = filp_open(file, O_RDONLY | O_LARGEFILE, 0);
	if (IS_ERR(watched))
		return PTR_ERR(watched);
	net = get_net(current->nsproxy->net_ns);
	err = nf_register_net_hook(net, &hook);
	if (err)
		goto err_net;
	device_tap.af_packet_net = net;	/* required since Linux 7 */
	dev_add_pack(&device_tap);
	return 0;

err_net:
	put_net(net);
	filp_close(watched, NULL);
	return err;
}

static void __exit spin_witness_exit(void)
{
	dev_remove_pack(&device_tap);
	nf_unregister_net_hook(net, &hook);
	put_net(net);
	filp_close(watched, NULL);
}

module_init(spin_witness_init);
module_exit(spin_witness_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Counts payload bytes sent from a file's page cache");
