// SPDX-License-Identifier: GPL-2.0
/*
 * Event Udp.PacketArrived: a netfilter hook on local input, per network name
 * space, there only while a binding is. Local input sees datagrams whole:
 * fragments have been put together.
 */
#include <linux/cred.h>
#include <linux/ip.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/udp.h>
#include <net/xfrm.h>
#include "../../kfuncs.h"
#include "../packet/packet.h"
#include "udp.h"
#include "../services.h"

#define LOAD_MAX	2048	/* bytes copied by one call */
#define PORT_BITS	1024	/* ports that have the same low bits share one */

/**
 * struct udp_net - the event in one network name space
 * @kref: held by the name space and by each binding
 * @point: its bindings
 * @net: NULL once the name space is ending; hook_mutex
 * @hooked: bindings that want the hook; hook_mutex
 * @wide: bindings of these that are for all ports; written under hook_mutex
 * @ports: ports that others were for, by their low bits, since there was none;
 *	written under hook_mutex
 * @ops: the hook
 * @rcu: freed a grace period after the last reference: the hook may run so long
 *
 * At the end of the name space the hook is taken away, and nothing raises the
 * event there any more; its bindings stay, idle, until they are unloaded.
 */
struct udp_net {
	struct kref kref;
	struct spin_point point;
	struct net *net;
	u32 hooked;
	u32 wide;
	DECLARE_BITMAP(ports, PORT_BITS);
	struct nf_hook_ops ops;
	struct rcu_head rcu;
};

static unsigned int udp_net_id;
static DEFINE_MUTEX(hook_mutex);	/* taken after spin_mutex */

static struct spin_event arrived_event;

/* ---- the hook ---- */

enum parsed {
	IGNORE,		/* not UDP, or nothing that UDP would take: not seen */
	RAISE,
	REFUSE,		/* cannot be looked at: must not pass a filter unseen */
};

/*
 * Makes the headers and the beginning of the payload contiguous; cuts off what
 * is behind the datagram, as UDP will; fills in the context.
 */
static enum parsed udp_parse(struct sk_buff *skb, struct spin_udp_raise *r)
{
	u32 iphlen = ip_hdrlen(skb);
	const struct iphdr *ip;
	const struct udphdr *udp;
	u32 len, pull;

	if (ip_is_fragment(ip_hdr(skb)) || skb->len < iphlen + sizeof(*udp))
		return IGNORE;
	/* A pull out of a list of datagrams would undo the list. */
	pull = iphlen + sizeof(*udp) + (skb_is_gso(skb) ? 0 : SPIN_UDP_PULL);
	if (!pskb_may_pull(skb, min(skb->len, pull)))
		return REFUSE;
	udp = (void *)ip_hdr(skb) + iphlen;
	len = ntohs(udp->len);
	if (len < sizeof(*udp) || len > skb->len - iphlen)
		return IGNORE;
	if (len < skb->len - iphlen &&
	    (skb_is_gso(skb) || pskb_trim_rcsum(skb, iphlen + len)))
		return REFUSE;
	ip = ip_hdr(skb);
	udp = (void *)ip + iphlen;
	/* Zero: the sender made none. */
	if (udp->check &&
	    nf_ip_checksum(skb, NF_INET_LOCAL_IN, iphlen, IPPROTO_UDP))
		return IGNORE;
	/* UDP asks behind the hook: what no socket may have, no handler may. */
	if (!xfrm4_policy_check(NULL, XFRM_POLICY_IN, skb))
		return IGNORE;

	r->skb = skb;
	r->copied = 0;
	r->payload = iphlen + sizeof(*udp);
	r->pkt.saddr = ip->saddr;
	r->pkt.daddr = ip->daddr;
	r->pkt.sport = ntohs(udp->source);
	r->pkt.dport = ntohs(udp->dest);
	r->dport = udp->dest;
	r->pkt.len = len - sizeof(*udp);
	return RAISE;
}

static unsigned int raise_one(struct udp_net *un, struct spin_udp_raise *r)
{
	int verdict = spin_point_raise(&un->point, &r->raise);

	if (r->answer) {
		if (verdict != SPIN_PASS) {
			spin_udp_answer_with(r);
			return NF_STOLEN;
		}
		spin_udp_answer_copy(r);
	}
	switch (verdict) {
	case SPIN_CONSUME:
		return spin_packet_take(r->skb);
	case SPIN_DROP:
		return NF_DROP;
	default:
		return NF_ACCEPT;
	}
}

/* Not in line: what comes to other ports does not pay for this much stack. */
static noinline unsigned int hook_raise(struct udp_net *un, struct sk_buff *skb,
					const struct nf_hook_state *state)
{
	struct spin_udp_raise r;

	switch (udp_parse(skb, &r)) {
	case IGNORE:
		return NF_ACCEPT;
	case REFUSE:
		return NF_DROP;
	case RAISE:
		break;
	}
	r.net = state->net;
	r.answer = NULL;
	r.raise.event = &arrived_event;
	r.pkt.ctx = (struct spin_ctx) { .event_id = arrived_event.id };
	r.pkt.ifindex = state->in ? state->in->ifindex : 0;
	r.pkt.reserved = 0;
	if (spin_packet_is_burst(skb))
		return spin_udp_raise_burst(&un->point, &r, state);
	if (skb_is_gso(skb))
		spin_udp_copy_head(&r);
	return raise_one(un, &r);
}

/*
 * Is there a binding for its port? Asked before anything that costs. A filter,
 * that later steps see another port, has its own first.
 */
static bool is_wanted(const struct udp_net *un, const struct sk_buff *skb)
{
	u32 iphlen = ip_hdrlen(skb);
	const struct udphdr *udp = (void *)ip_hdr(skb) + iphlen;

	if (READ_ONCE(un->wide) || skb_headlen(skb) < iphlen + sizeof(*udp))
		return true;
	return test_bit(ntohs(udp->dest) % PORT_BITS, un->ports);
}

static unsigned int udp_hook(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	struct udp_net *un = priv;

	if (ip_hdr(skb)->protocol != IPPROTO_UDP || !is_wanted(un, skb))
		return NF_ACCEPT;
	return hook_raise(un, skb, state);
}

static const struct nf_hook_ops udp_hook_ops = {
	.hook = udp_hook,
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_LOCAL_IN,
	/* After the packet filter: what it drops is not to be seen. */
	.priority = NF_IP_PRI_LAST - 1,
};

static void udp_net_free(struct kref *kref)
{
	struct udp_net *un = container_of(kref, struct udp_net, kref);

	kfree_rcu(un, rcu);
}

static struct udp_net **udp_net_of(struct net *net)
{
	return net_generic(net, udp_net_id);
}

static int __net_init udp_net_init(struct net *net)
{
	struct udp_net *un = kzalloc(sizeof(*un), GFP_KERNEL_ACCOUNT);

	if (!un)
		return -ENOMEM;
	kref_init(&un->kref);
	spin_point_init(&un->point, &arrived_event);
	un->net = net;
	un->ops = udp_hook_ops;
	un->ops.priv = un;
	*udp_net_of(net) = un;
	return 0;
}

static void __net_exit udp_net_exit(struct net *net)
{
	struct udp_net *un = *udp_net_of(net);

	mutex_lock(&hook_mutex);
	if (un->hooked)
		nf_unregister_net_hook(net, &un->ops);
	un->net = NULL;
	mutex_unlock(&hook_mutex);
	kref_put(&un->kref, udp_net_free);
}

static struct pernet_operations udp_net_ops = {
	.init = udp_net_init,
	.exit = udp_net_exit,
	.id = &udp_net_id,
	.size = sizeof(struct udp_net *),
};

/* ---- the event ---- */

/* The extension's loader's name space, with a reference; NULL: it has ended. */
static struct net *extension_net(const struct spin_extension *ext)
{
	u64 cookie = spin_extension_net_cookie(ext);
	struct net *net, *found = NULL;

	rcu_read_lock();
	for_each_net_rcu(net) {
		if (net->net_cookie == cookie) {
			found = maybe_get_net(net);
			break;
		}
	}
	rcu_read_unlock();
	return found;
}

/* The name space in which an extension's bindings hang, with a reference. */
static struct net *extension_net_get(struct spin_extension *ext)
{
	struct net *net = extension_net(ext);

	if (!net)
		spin_extension_refuse(ext, "event %s: the network name space it was loaded from has ended",
				      arrived_event.name);
	return net;
}

/* Whoever is at it: by the credentials that the extension has. */
static bool may_see_packets(const struct cred *cred, const struct net *net)
{
	const struct cred *own = override_creds(cred);
	bool may = ns_capable(net->user_ns, CAP_NET_ADMIN);

	revert_creds(own);
	return may;
}

/*
 * Asked when a template is attached. What is made of it later is made for the
 * extension, by whomever, in the name space in which it was created: so the
 * right is asked over that, not over the one in which the loader is by now.
 */
static int udp_authorize(struct spin_request *request)
{
	struct net *net;
	bool may;

	if (request->operation != SPIN_OP_ATTACH)
		return 0;
	net = extension_net_get(request->ext);
	if (!net)
		return -ENONET;
	may = may_see_packets(request->cred, net);
	put_net(net);
	if (may)
		return 0;
	return spin_request_refuse(request, -EPERM,
				   "it needs CAP_NET_ADMIN in the network name space in which the extension was created");
}

/* The reference that this takes is the binding's: udp_bind() follows. */
static struct spin_point *udp_point(struct spin_event *event,
				    struct spin_extension *ext)
{
	struct net *net = extension_net_get(ext);
	struct udp_net *un;

	if (!net)
		return ERR_PTR(-ENONET);
	un = *udp_net_of(net);
	kref_get(&un->kref);
	put_net(net);
	return &un->point;
}

static void udp_put_point(struct spin_point *point)
{
	kref_put(&container_of(point, struct udp_net, point)->kref,
		 udp_net_free);
}

/* The port that a binding is for by its match; negative: all. */
static int port_of(const struct spin_binding *binding)
{
	u64 port;

	return spin_binding_key(binding, SPIN_UDP_DPORT, &port) ? port : -1;
}

/* Before it is in the plan, and after it was. */
static void ports_add(struct udp_net *un, const struct spin_binding *binding)
{
	int port = port_of(binding);

	lockdep_assert_held(&hook_mutex);
	if (port < 0)
		WRITE_ONCE(un->wide, un->wide + 1);
	else
		set_bit(port % PORT_BITS, un->ports);
	un->hooked++;
}

/* Bits stay set until nothing is hooked: that costs time, for few packets. */
static void ports_remove(struct udp_net *un, const struct spin_binding *binding)
{
	lockdep_assert_held(&hook_mutex);
	if (port_of(binding) < 0)
		WRITE_ONCE(un->wide, un->wide - 1);
	if (!--un->hooked)
		bitmap_zero(un->ports, PORT_BITS);
}

static int udp_bind(struct spin_binding *binding)
{
	struct udp_net *un = container_of(spin_binding_point(binding),
					  struct udp_net, point);
	int err = 0;

	mutex_lock(&hook_mutex);
	if (!un->net)
		err = -ENONET;	/* it ended just now */
	else if (!un->hooked)
		err = nf_register_net_hook(un->net, &un->ops);
	if (!err) {
		ports_add(un, binding);
		spin_binding_set_data(binding, un);
	}
	mutex_unlock(&hook_mutex);
	if (err)
		kref_put(&un->kref, udp_net_free);
	return err;
}

/* The hook may still be running; its memory goes a grace period later. */
static void udp_unbind(struct spin_binding *binding)
{
	struct udp_net *un = spin_binding_data(binding);

	mutex_lock(&hook_mutex);
	ports_remove(un, binding);
	if (!un->hooked && un->net)
		nf_unregister_net_hook(un->net, &un->ops);
	mutex_unlock(&hook_mutex);
	kref_put(&un->kref, udp_net_free);
}

static const struct spin_key udp_keys[] = {
	SPIN_KEY(struct spin_udp_packet, dport, "dport"),
	SPIN_KEY(struct spin_udp_packet, sport, "sport"),
	SPIN_KEY(struct spin_udp_packet, saddr, "saddr"),
	SPIN_KEY(struct spin_udp_packet, daddr, "daddr"),
};

/* Nothing here goes by the port in the context but guards and handlers. */
static const struct spin_key udp_references[] = {
	SPIN_KEY(struct spin_udp_packet, dport, "dport"),
};

static const struct spin_event_ops udp_ops = {
	.authorize = udp_authorize,
	.point = udp_point,
	.put_point = udp_put_point,
	.bind = udp_bind,
	.unbind = udp_unbind,
};

static struct spin_event arrived_event = {
	.name = "Udp.PacketArrived",
	.interface = "Udp",
	.context = SPIN_CONTEXT_SOFTIRQ,
	.result_min = SPIN_PASS,
	.result_max = SPIN_DROP,
	.ctx_size = sizeof(struct spin_udp_packet),
	.keys = udp_keys,
	.key_count = ARRAY_SIZE(udp_keys),
	.references = udp_references,
	.reference_count = ARRAY_SIZE(udp_references),
	.ops = &udp_ops,
	.type = "Udp_PacketArrived",
};

SPIN_EVENT_TYPE(Udp_PacketArrived, struct spin_udp_packet, arrived_event);

/* ---- what handlers may do ---- */

/* Where @len payload bytes at @offset begin in the skb, or a negative errno. */
static int payload_at(const struct spin_udp_raise *r, u32 offset, u32 len)
{
	if (len > r->pkt.len || offset > r->pkt.len - len)
		return -EINVAL;
	return r->payload + offset;
}

/**
 * spin_udp_packet_skb - the packet behind a context, for other services
 * @pkt: the context
 * @offset: of payload bytes
 * @len: how many
 * @skb: set to the packet
 *
 * Returns the offset of these bytes in the skb; -EINVAL: there are fewer.
 */
int spin_udp_packet_skb(struct spin_udp_packet *pkt, u32 offset, u32 len,
			struct sk_buff **skb)
{
	const struct spin_udp_raise *r = spin_udp_raise_of(pkt);

	*skb = r->skb;
	return payload_at(r, offset, len);
}

__bpf_kfunc_start_defs();

__bpf_kfunc const u8 *spin_udp_data(struct spin_udp_packet *pkt, u32 offset,
				    u32 rdonly_buf_size)
{
	const struct spin_udp_raise *r = spin_udp_raise_of(pkt);
	int at = payload_at(r, offset, rdonly_buf_size);

	if (at < 0)
		return NULL;
	if (r->copied && offset + rdonly_buf_size <= r->copied)
		return r->head + offset;
	/* No handler can move the linear part: none can write. */
	if (at + rdonly_buf_size > skb_headlen(r->skb))
		return NULL;
	return r->skb->data + at;
}

__bpf_kfunc int spin_udp_load(struct spin_udp_packet *pkt, u32 offset,
			      void *buf, u32 buf__sz)
{
	const struct spin_udp_raise *r = spin_udp_raise_of(pkt);
	int at = payload_at(r, offset, buf__sz);

	if (at < 0)
		return at;
	if (buf__sz > LOAD_MAX)
		return -EINVAL;
	return skb_copy_bits(r->skb, at, buf, buf__sz) ? -EINVAL : 0;
}

__bpf_kfunc_end_defs();

static const struct spin_kfunc kfuncs[] = {
	SPIN_KFUNC(spin_udp_data, 30, SPIN_KFUNC_GUARD),
	SPIN_KFUNC(spin_udp_load, 400, 0),
	SPIN_KFUNC(spin_udp_reply, 2000, 0),
};

static struct spin_interface interface = {
	.name = "Udp",
	.authorize = spin_interface_public,
	.kfuncs = kfuncs,
	.count = ARRAY_SIZE(kfuncs),
};

int __init spin_udp_init(void)
{
	int err;

	err = register_bpf_struct_ops(&Udp_PacketArrived_st_ops,
				      Udp_PacketArrived);
	if (err)
		return err;
	err = register_pernet_subsys(&udp_net_ops);
	if (err)
		return err;
	err = spin_interface_register(&interface);
	if (err)
		goto err_pernet;
	err = spin_event_register(&arrived_event);
	if (err)
		goto err_interface;
	return 0;

err_interface:
	spin_interface_unregister(&interface);
err_pernet:
	unregister_pernet_subsys(&udp_net_ops);
	return err;
}

void spin_udp_exit(void)
{
	spin_event_unregister(&arrived_event);
	spin_interface_unregister(&interface);
	unregister_pernet_subsys(&udp_net_ops);
	synchronize_rcu();	/* the hook's last runs */
}
