// SPDX-License-Identifier: GPL-2.0
/*
 * Capabilities: objects of the kernel, each with the right of one extension to
 * use it. They form trees: the user grants the root, others are derived from it
 * for other extensions or with fewer rights, and to revoke one is to revoke all
 * below it.
 *
 * Life. References (kref) keep the structure, uses (percpu_ref) keep the object.
 * A revoke marks the capability, so that no use begins, and kills its @uses,
 * which then tell when the last one under way has ended. When that has come to
 * pass for a whole tree, the object is given back; the structures stay until
 * their holders have let go of them. References are put, and uses end, in any
 * context; so all that may sleep is left to one work item (sweep), or to those who
 * wait for it.
 *
 * The tree's lock, that of the array of all capabilities, protects the links of
 * the trees and the states. It is taken with interrupts off, last of all locks.
 * A tree can be as large as all extensions' quotas together, and as deep. So
 * nothing walks one, up or down, for more than BATCH steps without dropping the
 * lock in between; what may have changed meanwhile, each walk says.
 */
#include <linux/irq_work.h>
#include <linux/mutex.h>
#include <linux/nospec.h>
#include <linux/percpu.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include "../dispatch/binding.h"
#include "tree.h"

#define BATCH		32	/* steps made with interrupts off */

/* By kind; set at module init, cleared at exit, constant in between. */
static const struct spin_capability_type *types[SPIN_KINDS_MAX];
static atomic_t objects[SPIN_KINDS_MAX];	/* not given back yet */

static DEFINE_XARRAY_FLAGS(tree, XA_FLAGS_LOCK_IRQ);	/* all, by id */
static atomic64_t last_id = ATOMIC64_INIT(0);
static atomic_t nodes = ATOMIC_INIT(0);

/* Uses have ended, objects were given back, structures are gone. */
static DECLARE_WAIT_QUEUE_HEAD(changed);

static void sweep(struct work_struct *work);
static DECLARE_WORK(sweep_work, sweep);
static LIST_HEAD(sweep_list);		/* by @sweep; the tree's lock */
static LIST_HEAD(cut_list);		/* by @sibling; the tree's lock */
static LLIST_HEAD(dead);		/* by @dead */

/* ---- kinds ---- */

#define KIND_ROW(CONSTANT, NUMBER, NAME, WORD, WHAT, TEXT, USUAL, MORE, ...) \
	[CONSTANT] = { #NAME, USUAL, (USUAL) | (MORE) },

const struct spin_kind spin_kinds[SPIN_KINDS_MAX] = {
	SPIN_KINDS(KIND_ROW)
};

int spin_capability_register(const struct spin_capability_type *type)
{
	if (type->kind <= SPIN_CAP_NONE || type->kind >= SPIN_KINDS_MAX ||
	    !spin_kinds[type->kind].name)
		return -EINVAL;
	if (types[type->kind])
		return -EEXIST;
	types[type->kind] = type;
	return 0;
}

void spin_capability_unregister(const struct spin_capability_type *type)
{
	/* No extension is left, but the last uses may just have ended. */
	wait_event(changed, !atomic_read(&objects[type->kind]));
	types[type->kind] = NULL;
}

/* The type of a kind that user space names, or NULL. */
const struct spin_capability_type *spin_capability_type(u32 kind)
{
	return kind < SPIN_KINDS_MAX ? types[array_index_nospec(kind, SPIN_KINDS_MAX)] :
				  NULL;
}

/* ---- the end of one ---- */

static void sweep_add(struct spin_capability *capability)
{
	lockdep_assert_held(&tree.xa_lock);
	if (list_empty(&capability->sweep))
		list_add_tail(&capability->sweep, &sweep_list);
	queue_work(spin_workqueue, &sweep_work);
}

/*
 * One of those that @pending counts is over. If that was the last one, the same is
 * true of the parent; what is too far up is left to the sweep. Who waits for a
 * whole tree looks at the number of its top.
 */
static void pending_drop(struct spin_capability *capability)
{
	u32 steps = 0;

	lockdep_assert_held(&tree.xa_lock);
	while (!--capability->pending && capability->parent) {
		capability = capability->parent;
		if (++steps == BATCH) {
			capability->owed++;
			sweep_add(capability);
			break;
		}
	}
}

/* What was left to the sweep. */
static void owed_pay(struct spin_capability *capability)
{
	lockdep_assert_held(&tree.xa_lock);
	if (!capability->owed)
		return;
	/* The last one may go on to the parent. */
	capability->pending -= capability->owed - 1;
	capability->owed = 0;
	pending_drop(capability);
}

/* The last use of a capability that was killed is over. Any context. */
static void uses_ended(struct percpu_ref *uses)
{
	struct spin_capability *capability =
		container_of(uses, struct spin_capability, uses);
	struct spin_capability *root = capability->root;
	unsigned long flags;

	xa_lock_irqsave(&tree, flags);
	capability->ended = true;
	pending_drop(capability);
	if (!--root->live && !root->claims)
		sweep_add(root);
	if (capability->unheld)
		sweep_add(capability);
	xa_unlock_irqrestore(&tree, flags);
	wake_up_all(&changed);
}

static void node_kill(struct spin_capability *capability)
{
	lockdep_assert_held(&tree.xa_lock);
	WRITE_ONCE(capability->revoked, true);
	if (capability->killed)
		return;
	capability->killed = true;
	percpu_ref_kill(&capability->uses);
}

/* May the object be given back, by the caller? Then nobody else will. */
static bool object_take(struct spin_capability *root)
{
	lockdep_assert_held(&tree.xa_lock);
	if (root->root != root || root->live || root->claims || root->released)
		return false;
	root->released = true;
	return true;
}

static void object_release(struct spin_capability *root)
{
	root->type->release(root);
	atomic_dec(&objects[root->kind]);
	wake_up_all(&changed);
}

static void node_free(struct spin_capability *capability)
{
	percpu_ref_exit(&capability->uses);
	if (capability->root == capability)
		free_percpu(capability->count);
	if (capability->parent) {
		spin_quota_uncharge(capability->holder, SPIN_QUOTA_OBJECTS, 1);
		spin_capability_put(capability->parent);
	}
	spin_extension_put(capability->holder);
	kfree_rcu(capability, rcu);
	if (atomic_dec_and_test(&nodes))
		wake_up_all(&changed);
}

/* Let @capability go as far as it may. The only one to free, so it lives. */
static void sweep_one(struct spin_capability *capability)
{
	bool release, free, all_over;
	unsigned long flags;

	xa_lock_irqsave(&tree, flags);
	list_del_init(&capability->sweep);
	if (capability->unheld)
		node_kill(capability);
	owed_pay(capability);
	all_over = !capability->pending;
	release = object_take(capability);
	/* Unheld: nothing is derived from it, and nobody waits for it. */
	free = capability->unheld && all_over;
	if (free) {
		list_del_init(&capability->sibling);
		__xa_erase(&tree, capability->id);
	}
	xa_unlock_irqrestore(&tree, flags);
	if (all_over)
		wake_up_all(&changed);
	if (release)
		object_release(capability);
	if (free)
		node_free(capability);
}

static void sweep(struct work_struct *work)
{
	struct spin_capability *capability, *next;
	struct llist_node *batch = llist_del_all(&dead);
	unsigned long flags;

	llist_for_each_entry_safe(capability, next, batch, dead) {
		xa_lock_irqsave(&tree, flags);
		capability->unheld = true;
		sweep_add(capability);
		xa_unlock_irqrestore(&tree, flags);
	}
	for (;;) {
		xa_lock_irqsave(&tree, flags);
		capability = list_first_entry_or_null(&sweep_list,
						      struct spin_capability,
						      sweep);
		xa_unlock_irqrestore(&tree, flags);
		if (!capability)
			break;
		sweep_one(capability);
		cond_resched();
	}
}

static void sweep_soon(struct irq_work *work)
{
	queue_work(spin_workqueue, &sweep_work);
}

static DEFINE_IRQ_WORK(put_work, sweep_soon);

static void last_put(struct kref *kref)
{
	struct spin_capability *capability =
		container_of(kref, struct spin_capability, kref);

	/*
	 * No lock, and nobody is woken up: maps let go of their pointers under
	 * locks of their own, or the scheduler's, if a tracing program asks.
	 */
	if (llist_add(&capability->dead, &dead))
		irq_work_queue(&put_work);
}

void spin_capability_put(struct spin_capability *capability)
{
	kref_put(&capability->kref, last_put);
}
EXPORT_SYMBOL_GPL(spin_capability_put);

/* ---- making one ---- */

static struct spin_capability *
node_new(const struct spin_capability_type *type, struct spin_extension *holder,
	 const char *name, gfp_t gfp)
{
	struct spin_capability *capability = kzalloc(sizeof(*capability), gfp);

	if (!capability)
		return NULL;
	if (percpu_ref_init(&capability->uses, uses_ended, 0, gfp)) {
		kfree(capability);
		return NULL;
	}
	capability->type = type;
	capability->kind = type->kind;
	capability->known = spin_kinds[type->kind].rights;
	capability->root = capability;
	capability->pending = 1;
	kref_init(&capability->kref);
	strscpy(capability->name, name, sizeof(capability->name));
	INIT_LIST_HEAD(&capability->children);
	INIT_LIST_HEAD(&capability->sibling);
	INIT_LIST_HEAD(&capability->sweep);
	spin_extension_get(holder);
	capability->holder = holder;
	return capability;
}

/* One that is not in the tree. */
static void node_drop(struct spin_capability *capability)
{
	percpu_ref_exit(&capability->uses);
	spin_extension_put(capability->holder);
	kfree(capability);
}

static int tree_insert(struct spin_capability *capability,
		       struct spin_capability *parent, u32 rights)
{
	unsigned long flags;
	int err = 0;

	capability->id = atomic64_inc_return(&last_id);
	xa_lock_irqsave(&tree, flags);
	if (parent && parent->revoked)
		err = -EKEYREVOKED;
	else
		err = __xa_insert(&tree, capability->id, capability,
				  GFP_ATOMIC | __GFP_NOWARN);
	if (!err) {
		capability->rights = rights;
		capability->parent = parent;
		if (parent) {
			kref_get(&parent->kref);
			/* In front of those a walk has seen: it is yet to come. */
			list_add(&capability->sibling, &parent->children);
			parent->pending++;
			if (capability->root == parent->root)
				capability->rights &= parent->rights;
			else	/* narrowed since they were looked at? */
				capability->rights &= parent->rights |
						      ~parent->known;
		}
		capability->root->live++;
		atomic_inc(&nodes);
	}
	xa_unlock_irqrestore(&tree, flags);
	return err;
}

/**
 * spin_capability_new - a root, for something that is to be granted
 * @ext: to whom
 * @type: of what kind
 * @name: under which name
 *
 * Returns it, not published yet, or NULL: no memory.
 */
struct spin_capability *
spin_capability_new(struct spin_extension *ext,
		    const struct spin_capability_type *type, const char *name)
{
	struct spin_capability *capability =
		node_new(type, ext, name, GFP_KERNEL_ACCOUNT);

	if (!capability)
		return NULL;
	capability->count = alloc_percpu_gfp(struct spin_counters,
					     GFP_KERNEL_ACCOUNT);
	if (!capability->count) {
		node_drop(capability);
		return NULL;
	}
	return capability;
}

/* It was not granted after all: the granter has given the object back. */
void spin_capability_new_drop(struct spin_capability *capability)
{
	free_percpu(capability->count);
	node_drop(capability);
}

/* It has its object now. 0 or -ENOMEM; from then on the reference counts. */
int spin_capability_publish(struct spin_capability *capability, u32 rights)
{
	int err;

	atomic_inc(&objects[capability->type->kind]);
	err = tree_insert(capability, NULL, rights);
	if (err)
		atomic_dec(&objects[capability->type->kind]);
	return err;
}

struct spin_capability *
spin_capability_derive(struct spin_capability *parent,
		       struct spin_extension *holder, u32 rights, gfp_t gfp)
{
	struct spin_capability *capability;
	int err;

	err = spin_quota_charge(holder, SPIN_QUOTA_OBJECTS, 1);
	if (err)
		return ERR_PTR(err);
	capability = node_new(parent->type, holder, parent->name, gfp);
	if (!capability) {
		err = -ENOMEM;
		goto err_quota;
	}
	capability->root = parent->root;
	capability->object = parent->object;
	capability->count = parent->count;
	err = tree_insert(capability, parent, rights);
	if (err)
		goto err_node;
	return capability;

err_node:
	node_drop(capability);
err_quota:
	spin_quota_uncharge(holder, SPIN_QUOTA_OBJECTS, 1);
	return ERR_PTR(err);
}
EXPORT_SYMBOL_GPL(spin_capability_derive);

/**
 * spin_capability_create - a new object, found by way of a capability
 * @parent: what it was found by; in use. To revoke that is to revoke this
 * @holder: the extension that gets it, and is charged with an object
 * @kind: of what kind it is
 * @object: the service's; given back by the release of that kind, unless this
 *	fails
 * @what: description, for people
 * @rights: SPIN_RIGHT_* of it; may be others than @parent's
 *
 * Process context. Returns it with a reference, or ERR_PTR: -EKEYREVOKED, -EDQUOT,
 * -ENOMEM.
 */
struct spin_capability *
spin_capability_create(struct spin_capability *parent,
		       struct spin_extension *holder, enum spin_cap_kind kind,
		       void *object, const char *what, u32 rights)
{
	struct spin_capability *capability;
	int err;

	err = spin_quota_charge(holder, SPIN_QUOTA_OBJECTS, 1);
	if (err)
		return ERR_PTR(err);
	capability = spin_capability_new(holder, spin_capability_type(kind),
					 parent->name);
	if (!capability) {
		err = -ENOMEM;
		goto err_quota;
	}
	capability->object = object;
	strscpy(capability->what, what, sizeof(capability->what));
	atomic_inc(&objects[kind]);
	err = tree_insert(capability, parent, rights);
	if (err)
		goto err_new;
	return capability;

err_new:
	atomic_dec(&objects[kind]);
	spin_capability_new_drop(capability);
err_quota:
	spin_quota_uncharge(holder, SPIN_QUOTA_OBJECTS, 1);
	return ERR_PTR(err);
}
EXPORT_SYMBOL_GPL(spin_capability_create);

/* ---- taking it back ---- */

/*
 * From now on no use of it begins, nothing is derived from it, and what has been
 * is to be cut off as well. It leaves its parent's children.
 */
static void node_cut(struct spin_capability *capability)
{
	node_kill(capability);
	if (capability->cut)
		return;
	capability->cut = true;
	list_move_tail(&capability->sibling, &cut_list);
}

/*
 * Some of those below the ones that were cut off. False: there is no further one,
 * of whichever revoke. What is derived meanwhile from one whose turn has yet to
 * come is among its children when it does.
 */
static bool cut_some(void)
{
	struct spin_capability *capability, *child;
	unsigned long flags;
	u32 steps;

	xa_lock_irqsave(&tree, flags);
	for (steps = 0; steps < BATCH && !list_empty(&cut_list); steps++) {
		capability = list_first_entry(&cut_list, struct spin_capability,
					      sibling);
		child = list_first_entry_or_null(&capability->children,
						 struct spin_capability,
						 sibling);
		if (child)
			node_cut(child);
		else
			list_del_init(&capability->sibling);
	}
	xa_unlock_irqrestore(&tree, flags);
	return steps == BATCH;
}

static bool all_ended(const struct spin_capability *top)
{
	return !READ_ONCE(top->pending);
}

/* The one who waited for the end of uses gives the object back if it is time. */
static void claim_end(struct spin_capability *capability)
{
	struct spin_capability *root = capability->root;
	unsigned long flags;
	bool release;

	xa_lock_irqsave(&tree, flags);
	root->claims--;
	release = object_take(root);
	xa_unlock_irqrestore(&tree, flags);
	if (release)
		object_release(root);
}

int spin_capability_revoke(struct spin_capability *top, u32 timeout_ms)
{
	unsigned long flags;
	long left;

	might_sleep();
	xa_lock_irqsave(&tree, flags);
	top->root->claims++;
	node_cut(top);
	xa_unlock_irqrestore(&tree, flags);
	while (cut_some())
		cond_resched();
	left = wait_event_killable_timeout(changed, all_ended(top),
					   msecs_to_jiffies(timeout_ms) ?: 1);
	claim_end(top);
	if (left < 0)
		return -EINTR;
	return left ? 0 : -ETIMEDOUT;
}
EXPORT_SYMBOL_GPL(spin_capability_revoke);

/*
 * Its holder lets go of it: it ends, and what was derived from it for others
 * does not. To be followed by spin_capability_end_wait(), once for each.
 */
void spin_capability_end(struct spin_capability *capability)
{
	unsigned long flags;

	xa_lock_irqsave(&tree, flags);
	capability->root->claims++;
	node_kill(capability);
	xa_unlock_irqrestore(&tree, flags);
}

/*
 * Nothing of the holder runs any more, so this returns soon: with the object
 * given back, unless others go on using it. Process context, without locks.
 */
void spin_capability_end_wait(struct spin_capability *capability)
{
	wait_event(changed, READ_ONCE(capability->ended));
	claim_end(capability);
}

/* Those of a lineage among the next few behind @id. False: that was all. */
static bool end_some(u64 lineage, unsigned long *id)
{
	struct spin_capability *capability;
	unsigned long flags;
	u32 seen = 0;

	xa_lock_irqsave(&tree, flags);
	xa_for_each_start(&tree, *id, capability, *id + 1) {
		if (capability->holder->lineage == lineage)
			node_kill(capability);
		if (++seen == BATCH)
			break;
	}
	xa_unlock_irqrestore(&tree, flags);
	return capability;
}

/*
 * No version of an extension is left: what it kept in maps is of no use. Ids only
 * grow, and none of its handlers runs that could make more. Process context.
 */
void spin_capability_end_lineage(u64 lineage)
{
	unsigned long id = 0;

	while (end_some(lineage, &id))
		cond_resched();
}

/* A walk over a tree, down and up again. */
struct narrowing {
	struct spin_capability *top;
	struct spin_capability *at;	/* a reference is held between batches */
	u32 taken;			/* rights */
	u64 pass;			/* its number, larger than all before */
};

/* The next step. False: that was all. */
static bool narrow_step(struct narrowing *narrowing)
{
	struct spin_capability *at = narrowing->at, *child;

	lockdep_assert_held(&tree.xa_lock);
	if (at->pass != narrowing->pass) {
		at->pass = narrowing->pass;
		WRITE_ONCE(at->rights, at->rights & ~narrowing->taken);
		/* Those that are done are behind those that are not. */
		if (at != narrowing->top && !at->cut)
			list_move_tail(&at->sibling, &at->parent->children);
	}
	child = list_first_entry_or_null(&at->children, struct spin_capability,
					 sibling);
	if (child && child->pass != narrowing->pass)
		narrowing->at = child;
	else if (at != narrowing->top)
		narrowing->at = at->parent;
	else
		return false;
	return true;
}

/*
 * A batch of steps. Between two, what the walk stands on may be revoked: then it
 * has no children that matter; or be about to go: then it has none, and the walk
 * goes up. Its parents stay with what was derived from them.
 */
static bool narrow_some(struct narrowing *narrowing)
{
	struct spin_capability *before = narrowing->at;
	unsigned long flags;
	bool more = true;
	u32 steps;

	xa_lock_irqsave(&tree, flags);
	for (steps = 0; steps < BATCH && more; steps++)
		more = narrow_step(narrowing);
	while (!kref_get_unless_zero(&narrowing->at->kref))
		narrowing->at = narrowing->at->parent;	/* @top is the caller's */
	xa_unlock_irqrestore(&tree, flags);
	spin_capability_put(before);
	return more;
}

/**
 * spin_capability_narrow - take rights away, for good
 * @top: from it and all that was derived from it; the caller holds a reference
 * @rights: SPIN_RIGHT_* that stay, of those that mean something for its kind
 *
 * What was found by it, and is of another kind, keeps its rights that mean nothing
 * for this kind. Process context. A use that is under way goes on; none that
 * begins after the return has what was taken.
 */
void spin_capability_narrow(struct spin_capability *top, u32 rights)
{
	static DEFINE_MUTEX(mutex);	/* one walk at a time */
	static u64 pass;
	struct narrowing narrowing = {
		.top = top,
		.at = spin_capability_get(top),
		.taken = top->known & ~rights,
	};

	mutex_lock(&mutex);
	narrowing.pass = ++pass;
	while (narrow_some(&narrowing))
		cond_resched();
	mutex_unlock(&mutex);
	spin_capability_put(narrowing.at);
}

/* ---- listings ---- */

/* By id, with a reference, or NULL. */
struct spin_capability *spin_capability_by_id(u64 id)
{
	struct spin_capability *capability;
	unsigned long flags;

	xa_lock_irqsave(&tree, flags);
	capability = xa_load(&tree, id);
	if (capability && !kref_get_unless_zero(&capability->kref))
		capability = NULL;
	xa_unlock_irqrestore(&tree, flags);
	return capability;
}

/* The one with the smallest id above @id, with a reference, or NULL. */
struct spin_capability *spin_capability_after(u64 id)
{
	struct spin_capability *capability;
	unsigned long index = id;

	rcu_read_lock();
	do
		capability = xa_find_after(&tree, &index, ULONG_MAX, XA_PRESENT);
	while (capability && !kref_get_unless_zero(&capability->kref));
	rcu_read_unlock();
	return capability;
}

void spin_capability_sum(const struct spin_capability *capability, u64 *sums)
{
	int cpu, i;

	memset(sums, 0, sizeof(*sums) * SPIN_COUNT_MAX);
	for_each_possible_cpu(cpu)
		for (i = 0; i < SPIN_COUNT_MAX; i++)
			sums[i] += READ_ONCE(per_cpu_ptr(capability->count,
							 cpu)->value[i]);
}

/* ---- the part ---- */

int __init spin_capability_init(void)
{
	return 0;
}

/* Services are gone, and with them all objects; let the structures follow. */
void spin_capability_exit(void)
{
	wait_event(changed, !atomic_read(&nodes));
	irq_work_sync(&put_work);	/* what it queues, the queue's end waits for */
	xa_destroy(&tree);
}
