// SPDX-License-Identifier: GPL-2.0
/*
 * What the events that a hook of the packet filter raises have in common: who
 * may handle them, where their bindings hang, and when the hook is there.
 */
#include <linux/cred.h>
#include <linux/slab.h>
#include <net/netns/generic.h>
#include "hook.h"

/* The points of a name space that have bindings. */
struct hook_net {
	struct list_head points;
};

static unsigned int hook_net_id;
static DEFINE_MUTEX(hook_mutex);	/* taken after spin_mutex */

static const struct spin_hook *hook_of(const struct spin_event *event)
{
	return container_of(event, struct spin_hook, event);
}

/* ---- who may ---- */

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
static struct net *extension_net_get(const struct spin_event *event,
				     struct spin_extension *ext)
{
	struct net *net = extension_net(ext);

	if (!net)
		spin_extension_refuse(ext, "event %s: the network name space it was loaded from has ended",
				      event->name);
	return net;
}

/* By the credentials that the extension has, not by those of the current task. */
static bool may_see_packets(const struct cred *cred, const struct net *net)
{
	const struct cred *own = override_creds(cred);
	bool may = ns_capable(net->user_ns, CAP_NET_ADMIN);

	revert_creds(own);
	return may;
}

/*
 * Asked when a template is attached. What is made of it later is made for the
 * extension, by any task, in the name space in which the extension was created: so
 * the right is asked over that, not over the one in which the loader is by now.
 */
static int hook_authorize(struct spin_request *request)
{
	struct net *net;
	bool may;

	if (request->operation != SPIN_OP_ATTACH)
		return 0;
	net = extension_net_get(request->event, request->ext);
	if (!net)
		return -ENONET;
	may = may_see_packets(request->cred, net);
	put_net(net);
	if (may)
		return 0;
	return spin_request_refuse(request, -EPERM,
				   "it needs CAP_NET_ADMIN in the network name space in which the extension was created");
}

/* ---- the points of a name space ---- */

static struct spin_hook_point *point_find(struct net *net,
					  const struct spin_event *event)
{
	struct hook_net *hn = net_generic(net, hook_net_id);
	struct spin_hook_point *hp;

	lockdep_assert_held(&hook_mutex);
	list_for_each_entry(hp, &hn->points, node) {
		if (hp->point.event == event)
			return hp;
	}
	return NULL;
}

static struct spin_hook_point *point_new(struct net *net,
					 struct spin_event *event)
{
	struct hook_net *hn = net_generic(net, hook_net_id);
	struct spin_hook_point *hp;

	lockdep_assert_held(&hook_mutex);
	hp = kzalloc(sizeof(*hp), GFP_KERNEL_ACCOUNT);
	if (!hp)
		return NULL;
	kref_init(&hp->kref);
	spin_point_init(&hp->point, event);
	hp->net = net;
	hp->ops = hook_of(event)->ops;
	hp->ops.priv = hp;
	list_add(&hp->node, &hn->points);
	return hp;
}

/* Under hook_mutex, which it gives back. */
static void point_free(struct kref *kref)
{
	struct spin_hook_point *hp = container_of(kref, struct spin_hook_point,
						  kref);

	if (hp->net)
		list_del(&hp->node);
	mutex_unlock(&hook_mutex);
	kfree_rcu(hp, rcu);
}

static void point_put(struct spin_hook_point *hp)
{
	kref_put_mutex(&hp->kref, point_free, &hook_mutex);
}

/*
 * The reference that this takes is the binding's: hook_bind() follows. The name
 * space stays while it is looked at: its end waits for hook_mutex only after
 * the last reference to it is gone.
 */
static struct spin_point *hook_point(struct spin_event *event,
				     struct spin_extension *ext)
{
	struct net *net = extension_net_get(event, ext);
	struct spin_hook_point *hp;

	if (!net)
		return ERR_PTR(-ENONET);
	mutex_lock(&hook_mutex);
	hp = point_find(net, event);
	if (hp)
		kref_get(&hp->kref);
	else
		hp = point_new(net, event);
	mutex_unlock(&hook_mutex);
	put_net(net);
	return hp ? &hp->point : ERR_PTR(-ENOMEM);
}

static void hook_put_point(struct spin_point *point)
{
	point_put(container_of(point, struct spin_hook_point, point));
}

/* ---- bindings ---- */

/* The port that a binding is for by its match; negative: all. */
static int port_of(const struct spin_binding *binding,
		   const struct spin_hook_point *hp)
{
	u64 port;

	return spin_binding_key(binding, hook_of(hp->point.event)->port, &port) ?
	       port : -1;
}

/* Before it is in the plan, and after it was. */
static void ports_add(struct spin_hook_point *hp,
		      const struct spin_binding *binding)
{
	int port = port_of(binding, hp);

	lockdep_assert_held(&hook_mutex);
	if (port < 0)
		WRITE_ONCE(hp->wide, hp->wide + 1);
	else
		set_bit(port % SPIN_HOOK_PORTS, hp->ports);
	hp->hooked++;
}

/* Bits stay set until nothing is hooked: that costs time, for few packets. */
static void ports_remove(struct spin_hook_point *hp,
			 const struct spin_binding *binding)
{
	lockdep_assert_held(&hook_mutex);
	if (port_of(binding, hp) < 0)
		WRITE_ONCE(hp->wide, hp->wide - 1);
	if (!--hp->hooked)
		bitmap_zero(hp->ports, SPIN_HOOK_PORTS);
}

static int hook_bind(struct spin_binding *binding)
{
	struct spin_hook_point *hp = container_of(spin_binding_point(binding),
						  struct spin_hook_point, point);
	int err = 0;

	mutex_lock(&hook_mutex);
	if (!hp->net)
		err = -ENONET;	/* it ended just now */
	else if (!hp->hooked)
		err = nf_register_net_hook(hp->net, &hp->ops);
	if (!err) {
		ports_add(hp, binding);
		spin_binding_set_data(binding, hp);
	}
	mutex_unlock(&hook_mutex);
	if (err)
		point_put(hp);
	return err;
}

/* The hook may still be running; its memory goes a grace period later. */
static void hook_unbind(struct spin_binding *binding)
{
	struct spin_hook_point *hp = spin_binding_data(binding);

	mutex_lock(&hook_mutex);
	ports_remove(hp, binding);
	if (!hp->hooked && hp->net)
		nf_unregister_net_hook(hp->net, &hp->ops);
	mutex_unlock(&hook_mutex);
	point_put(hp);
}

const struct spin_event_ops spin_hook_ops = {
	.authorize = hook_authorize,
	.point = hook_point,
	.put_point = hook_put_point,
	.bind = hook_bind,
	.unbind = hook_unbind,
};

/* ---- name spaces ---- */

static int __net_init hook_net_init(struct net *net)
{
	struct hook_net *hn = net_generic(net, hook_net_id);

	INIT_LIST_HEAD(&hn->points);
	return 0;
}

/* What is left is held by its bindings, and freed with the last of them. */
static void __net_exit hook_net_exit(struct net *net)
{
	struct hook_net *hn = net_generic(net, hook_net_id);
	struct spin_hook_point *hp, *next;

	mutex_lock(&hook_mutex);
	list_for_each_entry_safe(hp, next, &hn->points, node) {
		if (hp->hooked)
			nf_unregister_net_hook(net, &hp->ops);
		hp->net = NULL;
		list_del(&hp->node);
	}
	mutex_unlock(&hook_mutex);
}

static struct pernet_operations hook_net_ops = {
	.init = hook_net_init,
	.exit = hook_net_exit,
	.id = &hook_net_id,
	.size = sizeof(struct hook_net),
};

int __init spin_hook_init(void)
{
	return register_pernet_subsys(&hook_net_ops);
}

void spin_hook_exit(void)
{
	unregister_pernet_subsys(&hook_net_ops);
	synchronize_rcu();	/* the last runs of hooks */
}
