// SPDX-License-Identifier: GPL-2.0
/*
 * Events Strand.Checkpoint and Strand.Resume: a thread that registered itself
 * goes off a CPU, and comes on one. Both are raised with interrupts off,
 * Checkpoint under the run queue's lock.
 *
 * A registration is a struct strand, seen by the kernel as a preempt notifier
 * of its thread and by user space as a file ("[spin-strand]"). Preempt notifiers
 * are added and removed by the thread itself only, but the file is closed by
 * its last holder, and the thread may end first. A registration ends in one of
 * these ways:
 *
 *  - The thread closes the file itself, by close(), exec or exit: at once.
 *  - Another task does, and the thread lives: by task work in the thread, on its
 *    way to user mode.
 *  - Another task does, and the thread is so far into its exit that it runs no
 *    task work any more (task_work_add() says -ESRCH): its last switch does.
 *  - Nobody has closed it when the thread makes its last switch (TASK_DEAD,
 *    after which no notifier of it is called): nothing is left to be ended but
 *    the file.
 *
 * The notifier must not outlive the module's code. So each strand has a second
 * file, which no descriptor leads to: the hold. The module is its owner, its
 * release frees the strand, and it is the VFS that puts the module afterwards.
 * There is one reference to the hold, which goes
 *
 *	the file -> task work				(thread alive)
 *	the file -> the last switch -> irq work		(thread dying)
 *
 * and is put where the way ends; if the thread is dead already, or current,
 * right in the release of the file. STRAND_DEAD and STRAND_ORPHAN decide, by one
 * atomic operation each, whether the last switch finds the reference handed
 * over or leaves it to the file. None of the callbacks can be overtaken by the
 * module's end:
 *
 *  - release of the file: the module is put behind it, by the VFS;
 *  - task work: it puts the last reference, and fput() leaves the rest to the
 *    same thread's task work, which runs once this one has returned;
 *  - notifiers and irq work run with preemption off, which spin_strand_exit()
 *    waits for, as does the kernel before it frees a module.
 *
 * The notifier's list is still walked when the last switch has set STRAND_DEAD,
 * so that strands are freed a grace period later.
 */
#include <linux/file.h>
#include <linux/irq_work.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>
#include <linux/seqlock.h>
#include <linux/slab.h>
#include <linux/task_work.h>
#include <linux/timekeeping.h>
#include <linux/xarray.h>
#include <spin/spin.h>
#include "../../extension/files.h"
#include "strand.h"

#define STRAND_DEAD	1	/* the thread has made its last switch */
#define STRAND_ORPHAN	2	/* the last switch is to put the hold */

/**
 * struct account - of a strand, for spin_strand_info()
 * @on_ns: on the CPU
 * @off_ns: off it
 * @since_ns: up to when
 * @switches: how often it was put on one
 * @running: it is on one
 * @ended: the registration has ended
 */
struct account {
	u64 on_ns;
	u64 off_ns;
	u64 since_ns;
	u64 switches;
	bool running;
	bool ended;
};

/**
 * struct strand - a registered thread
 * @notifier: in the thread's list from the registration to its end, or to the
 *	thread's; added and removed by the thread
 * @state: STRAND_DEAD, STRAND_ORPHAN
 * @work: ends the registration in the thread
 * @irq_work: puts @hold after the last switch
 * @task: the thread; reference held
 * @hold: see above; its release frees the strand
 * @id: never reused
 * @group: the registrar's number
 * @pid: of the thread, when it went on a CPU last: an exec changes it, unless it
 *	is the process's first. Written by the thread
 * @tgid: of its process
 * @since_ns: when the thread went on, or off, the CPU; of the thread's switches
 * @preempted: it could have gone on when it was taken off; of the thread's switches
 * @sequence: for readers of the account, which its switches write
 * @account: what it has done so far, up to @since_ns
 * @ext: name of the extension it was registered for
 * @rcu: freed a grace period after the release of @hold
 *
 * What has nothing else said is set before the notifier is added. Capabilities
 * find it by its number, under RCU.
 */
struct strand {
	struct preempt_notifier notifier;
	atomic_t state;
	struct callback_head work;
	struct irq_work irq_work;
	struct task_struct *task;
	struct file *hold;
	u64 id;
	u64 group;
	u32 pid;
	u32 tgid;
	u64 since_ns;
	bool preempted;
	seqcount_t sequence;
	struct account account;
	char ext[SPIN_NAME_LEN];
	struct rcu_head rcu;
};

struct strand_raise {
	struct strand *strand;
	SPIN_CONTEXT(struct spin_strand_switch, sw);
};
SPIN_CONTEXT_CHECK(struct strand_raise, sw);

static struct spin_event checkpoint_event, resume_event;

static atomic64_t last_id = ATOMIC64_INIT(0);
static DEFINE_XARRAY(strands);	/* by id */

/* ---- raises: by the thread, interrupts off ---- */

static void strand_raise(struct strand *strand, struct spin_event *event,
			 u64 now_ns, bool edge)
{
	struct strand_raise r = {
		.strand = strand,
		.raise.event = event,
		.sw = {
			.ctx.event_id = event->id,
			.strand = strand->id,
			.group = strand->group,
			.now_ns = now_ns,
			.since_ns = strand->since_ns,
			.pid = task_pid_nr(current),
			.tgid = task_tgid_nr(current),
			.cpu = raw_smp_processor_id(),
			.preempted = strand->preempted,
			.edge = edge,
		},
	};

	spin_point_raise(&event->point, &r.raise);
}

/* CLOCK_MONOTONIC, readable anywhere; may step back a little between CPUs. */
static u64 strand_now(const struct strand *strand)
{
	return max(ktime_get_mono_fast_ns(), strand->since_ns);
}

/* It goes on the CPU, or off it: interrupts are off, and nobody else writes. */
static void account(struct strand *strand, u64 now_ns, bool on, bool ended)
{
	struct account *account = &strand->account;

	raw_write_seqcount_begin(&strand->sequence);
	if (on) {
		account->off_ns += now_ns - strand->since_ns;
		account->switches++;
	} else {
		account->on_ns += now_ns - strand->since_ns;
	}
	account->since_ns = now_ns;
	account->running = on;
	account->ended = ended;
	raw_write_seqcount_end(&strand->sequence);
}

static void checkpoint(struct strand *strand, bool edge)
{
	u64 now_ns = strand_now(strand);

	lockdep_assert_irqs_disabled();
	strand->preempted = !edge && task_is_runnable(current);
	if (spin_event_handled(checkpoint_event))
		strand_raise(strand, &checkpoint_event, now_ns, edge);
	account(strand, now_ns, false, edge ||
		READ_ONCE(current->__state) == TASK_DEAD);
	strand->since_ns = now_ns;
}

static void resume(struct strand *strand, bool edge)
{
	u64 now_ns = strand_now(strand);

	lockdep_assert_irqs_disabled();
	if (spin_event_handled(resume_event))
		strand_raise(strand, &resume_event, now_ns, edge);
	WRITE_ONCE(strand->pid, task_pid_nr(current));
	account(strand, now_ns, true, false);
	strand->since_ns = now_ns;
}

/* ---- notifiers ---- */

/* Under the run queue's lock. */
static void strand_sched_out(struct preempt_notifier *notifier,
			     struct task_struct *next)
{
	struct strand *strand = container_of(notifier, struct strand, notifier);

	checkpoint(strand, false);
	if (likely(READ_ONCE(current->__state) != TASK_DEAD))
		return;
	/* Pairs with orphan(). */
	if (atomic_fetch_or(STRAND_DEAD, &strand->state) & STRAND_ORPHAN)
		irq_work_queue(&strand->irq_work);
}

/* Interrupts are on, and handlers of both events expect them off. */
static void strand_sched_in(struct preempt_notifier *notifier, int cpu)
{
	struct strand *strand = container_of(notifier, struct strand, notifier);
	unsigned long flags;

	local_irq_save(flags);
	resume(strand, false);
	local_irq_restore(flags);
}

static struct preempt_ops notifier_ops = {
	.sched_in = strand_sched_in,
	.sched_out = strand_sched_out,
};

/*
 * Every switch in the system tests for notifiers once there was a strand: to
 * turn that on and off with each would stop all CPUs each time.
 */
static DEFINE_MUTEX(notifiers_mutex);
static bool notifiers_on;

static void notifiers_start(void)
{
	mutex_lock(&notifiers_mutex);
	if (!notifiers_on)
		preempt_notifier_inc();
	notifiers_on = true;
	mutex_unlock(&notifiers_mutex);
}

/* No strand is left: each holds the module. */
static void notifiers_stop(void)
{
	if (notifiers_on)
		preempt_notifier_dec();
	/* The last of them, and of the irq work, may still be returning. */
	synchronize_rcu();
}

/* ---- a registration begins and ends, in its thread ---- */

static bool is_strand(void)
{
	struct preempt_notifier *notifier;
	bool found = false;

	preempt_disable();
	hlist_for_each_entry(notifier, &current->preempt_notifiers, link)
		found |= notifier->ops == &notifier_ops;
	preempt_enable();
	return found;
}

static void strand_begin(struct strand *strand)
{
	unsigned long flags;

	notifiers_start();
	local_irq_save(flags);
	strand->since_ns = ktime_get_mono_fast_ns();
	preempt_notifier_register(&strand->notifier);
	resume(strand, true);
	local_irq_restore(flags);
}

static void strand_end(struct strand *strand)
{
	unsigned long flags;

	local_irq_save(flags);
	checkpoint(strand, true);
	preempt_notifier_unregister(&strand->notifier);
	local_irq_restore(flags);
}

static void strand_end_by_work(struct callback_head *work)
{
	struct strand *strand = container_of(work, struct strand, work);

	strand_end(strand);
	fput(strand->hold);
}

/* ---- the hold ---- */

static void strand_put_hold(struct irq_work *work)
{
	fput(container_of(work, struct strand, irq_work)->hold);
}

static int hold_release(struct inode *inode, struct file *file)
{
	struct strand *strand = file->private_data;

	xa_erase(&strands, strand->id);
	irq_work_sync(&strand->irq_work);
	put_task_struct(strand->task);
	kfree_rcu(strand, rcu);
	spin_handle_closed();
	return 0;
}

static const struct file_operations hold_fops = {
	.owner = THIS_MODULE,
	.release = hold_release,
	.llseek = noop_llseek,
};

/* ---- the file ---- */

/* The thread will not run task work: its last switch puts the hold, or did. */
static void orphan(struct strand *strand)
{
	/* Pairs with strand_sched_out(). */
	if (atomic_fetch_or(STRAND_ORPHAN, &strand->state) & STRAND_DEAD)
		fput(strand->hold);
}

static int strand_release(struct inode *inode, struct file *file)
{
	struct strand *strand = file->private_data;

	if (strand->task == current) {
		strand_end(strand);
		fput(strand->hold);
	} else if (task_work_add(strand->task, &strand->work, TWA_RESUME)) {
		orphan(strand);
	}
	spin_handle_closed();
	return 0;
}

/* /proc/PID/fdinfo/FD */
static void strand_show(struct seq_file *m, struct file *file)
{
	const struct strand *strand = file->private_data;

	/* As the reader's pid name space has it; 0: it is not in there, or gone. */
	seq_printf(m, "strand:\t%llu\ngroup:\t%llu\nextension:\t%s\nthread:\t%d\nended:\t%d\n",
		   strand->id, strand->group, strand->ext,
		   task_pid_vnr(strand->task),
		   !!(atomic_read(&strand->state) & STRAND_DEAD));
}

static const struct file_operations strand_fops = {
	.owner = THIS_MODULE,
	.release = strand_release,
	.show_fdinfo = strand_show,
	.llseek = noop_llseek,
};

static struct strand *strand_alloc(const char *ext, u64 group)
{
	struct strand *strand = kzalloc(sizeof(*strand), GFP_KERNEL_ACCOUNT);

	if (!strand)
		return NULL;
	preempt_notifier_init(&strand->notifier, &notifier_ops);
	init_task_work(&strand->work, strand_end_by_work);
	init_irq_work(&strand->irq_work, strand_put_hold);
	seqcount_init(&strand->sequence);
	strand->id = atomic64_inc_return(&last_id);
	strand->group = group;
	strand->pid = task_pid_nr(current);
	strand->tgid = task_tgid_nr(current);
	strscpy(strand->ext, ext, sizeof(strand->ext));
	return strand;
}

/* A strand of the current thread, all but its notifier and its file. */
static struct strand *strand_new(const char *ext, u64 group)
{
	struct strand *strand = strand_alloc(ext, group);
	int err;

	if (!strand)
		return ERR_PTR(-ENOMEM);
	strand->task = get_task_struct(current);
	err = xa_err(xa_store(&strands, strand->id, strand, GFP_KERNEL_ACCOUNT));
	if (err)
		goto err_free;
	strand->hold = spin_handle_open("[spin-strand-hold]", &hold_fops, strand);
	if (IS_ERR(strand->hold)) {
		err = PTR_ERR(strand->hold);
		goto err_erase;
	}
	return strand;

err_erase:
	xa_erase(&strands, strand->id);
err_free:
	put_task_struct(strand->task);
	kfree_rcu(strand, rcu);
	return ERR_PTR(err);
}

/**
 * spin_strand_create - register the current thread
 * @ext: name of the extension that may see it
 * @group: a number of the caller's choice
 * @id: set to the strand's number
 *
 * A thread has one registration at most. It ends when the file is closed for
 * good, see above, or with the thread; a child has none.
 *
 * Returns the file; -EPERM: a thread of the kernel's, whose strands are never
 * extensible; -EBUSY: it is registered already; -ENOMEM, -ENFILE.
 */
struct file *spin_strand_create(const char *ext, u64 group, u64 *id)
{
	struct strand *strand;
	struct file *file;

	if (current->flags & (PF_KTHREAD | PF_IO_WORKER | PF_USER_WORKER))
		return ERR_PTR(-EPERM);
	if (is_strand())
		return ERR_PTR(-EBUSY);
	strand = strand_new(ext, group);
	if (IS_ERR(strand))
		return ERR_CAST(strand);
	file = spin_handle_open("[spin-strand]", &strand_fops, strand);
	if (IS_ERR(file)) {
		fput(strand->hold);
		return file;
	}
	*id = strand->id;
	strand_begin(strand);
	return file;
}

/* ---- the capability ---- */

/*
 * A registered strand that was granted. The capability does not keep the
 * registration: its object is but the number, which is never used again, so that
 * there is nothing to give back. A grant is consent, too: who holds it sees the
 * strand's events.
 */
static u64 strand_id(const struct spin_capability *capability)
{
	return (unsigned long)capability->object;
}

static int strand_grant(struct spin_extension *ext,
			const struct spin_ioc_ext_grant *args,
			struct spin_capability *capability)
{
	const struct strand *strand;
	struct file *file;
	int err = 0;

	file = fget(args->fd);
	if (!file) {
		spin_extension_refuse(ext, "capability '%s': descriptor %d is not open",
				      args->name, args->fd);
		return -EBADF;
	}
	if (file->f_op == &strand_fops) {
		strand = file->private_data;
		capability->object = (void *)(unsigned long)strand->id;
		snprintf(capability->what, sizeof(capability->what),
			 "strand %llu, group %llu, thread %u", strand->id,
			 strand->group, READ_ONCE(strand->pid));
	} else {
		spin_extension_refuse(ext, "capability '%s': it is not a strand that SPIN_IOC_STRAND_REGISTER made",
				      args->name);
		err = -EINVAL;
	}
	fput(file);
	return err;
}

static void strand_ungrant(struct spin_capability *capability)
{
}

static const struct spin_capability_type strand_type = {
	.kind = SPIN_CAP_STRAND,
	.grant = strand_grant,
	.release = strand_ungrant,
};

static bool strand_is(const struct spin_capability *capability, u64 id)
{
	return strand_id(capability) == id;
}

/* Under RCU, or the lock of the array. */
static void describe(const struct strand *strand, struct spin_strand_info *info)
{
	struct account account;
	unsigned int sequence;

	do {
		sequence = read_seqcount_begin(&strand->sequence);
		account = strand->account;
	} while (read_seqcount_retry(&strand->sequence, sequence));
	*info = (struct spin_strand_info) {
		.strand = strand->id,
		.group = strand->group,
		.on_ns = account.on_ns,
		.off_ns = account.off_ns,
		.since_ns = account.since_ns,
		.switches = account.switches,
		.pid = READ_ONCE(strand->pid),
		.tgid = strand->tgid,
		.running = account.running && !account.ended,
		.ended = account.ended,
	};
}

/* The strand with the smallest id above that of @block. False: none. */
bool spin_strand_next(struct spin_ioc_strand_next *block)
{
	struct spin_strand_info info;
	struct strand *strand;
	unsigned long id = block->id;

	/* Under its lock: a release erases before it puts the task. */
	xa_lock(&strands);
	strand = xa_find_after(&strands, &id, ULONG_MAX, XA_PRESENT);
	if (strand) {
		describe(strand, &info);
		block->id = info.strand;
		block->group = info.group;
		block->pid = task_pid_vnr(strand->task);
		block->tgid = task_tgid_vnr(strand->task);
		block->on_ns = info.on_ns;
		block->off_ns = info.off_ns;
		block->switches = info.switches;
		strscpy_pad(block->ext, strand->ext, sizeof(block->ext));
	}
	xa_unlock(&strands);
	return strand;
}

__bpf_kfunc_start_defs();

__bpf_kfunc int spin_strand_info(struct spin_ctx *ctx, u32 strand,
				 struct spin_strand_info *info)
{
	struct spin_capability *capability;
	const struct strand *found;

	capability = spin_capability_use(ctx, strand, SPIN_CAP_STRAND,
					 SPIN_RIGHT_READ);
	if (IS_ERR(capability))
		return PTR_ERR(capability);
	rcu_read_lock();
	found = xa_load(&strands, strand_id(capability));
	if (found)
		describe(found, info);
	rcu_read_unlock();
	spin_capability_done(capability);
	return found ? 0 : -ENXIO;
}

__bpf_kfunc_end_defs();

#define STRAND_KFUNCS(F) \
	F(spin_strand_info, KF_TRUSTED_ARGS, 150, SPIN_CLASS_SPINNING, 0)

SPIN_KFUNC_TABLE(strand_kfuncs, STRAND_KFUNCS);

/* ---- the events ---- */

/*
 * Imposed on every binding: a strand is seen by the extension that its thread
 * named, by those it was granted to, and by no other.
 */
static bool registered_for(struct spin_raise *raise, u64 closure)
{
	struct strand_raise *r = container_of(raise, struct strand_raise, raise);
	struct spin_extension *ext = spin_binding_extension(raise->binding);

	return !strcmp(r->strand->ext, spin_extension_name(ext)) ||
	       spin_extension_holds(ext, SPIN_CAP_STRAND, SPIN_RIGHT_READ,
				    strand_is, r->strand->id);
}

static int strand_authorize(struct spin_request *request)
{
	if (request->operation != SPIN_OP_INSTALL)
		return 0;
	return spin_request_impose(request, registered_for, 0);
}

static const struct spin_event_ops strand_ops = {
	.authorize = strand_authorize,
};

/* By bit: enum spin_strand_key. */
static const struct spin_key strand_keys[] = {
	SPIN_KEY(struct spin_strand_switch, strand, "strand"),
	SPIN_KEY(struct spin_strand_switch, group, "group"),
};

static struct spin_event checkpoint_event = {
	.name = "Strand.Checkpoint",
	.interface = "Strand",
	.context = SPIN_CONTEXT_IRQS_OFF,
	.fold = SPIN_FOLD_FIRST,
	.ctx_size = sizeof(struct spin_strand_switch),
	.keys = strand_keys,
	.key_count = ARRAY_SIZE(strand_keys),
	.ops = &strand_ops,
	.type = "Strand_Checkpoint",
};

static struct spin_event resume_event = {
	.name = "Strand.Resume",
	.interface = "Strand",
	.context = SPIN_CONTEXT_IRQS_OFF,
	.fold = SPIN_FOLD_FIRST,
	.ctx_size = sizeof(struct spin_strand_switch),
	.keys = strand_keys,
	.key_count = ARRAY_SIZE(strand_keys),
	.ops = &strand_ops,
	.type = "Strand_Resume",
};

SPIN_EVENT_TYPE(Strand_Checkpoint, struct spin_strand_switch, checkpoint_event);
SPIN_EVENT_TYPE(Strand_Resume, struct spin_strand_switch, resume_event);

SPIN_SERVICE(spin_strand_service) = {
	.interface = {
		.name = "Strand",
		.authorize = spin_interface_public,
		.kfuncs = { &strand_kfuncs },
	},
	.kinds = { &strand_type },
	.events = { &Strand_Checkpoint_type, &Strand_Resume_type },
	.stop = notifiers_stop,
};
