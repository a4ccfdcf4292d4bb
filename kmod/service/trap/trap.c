// SPDX-License-Identifier: GPL-2.0
/*
 * Events Trap.SystemCall and Trap.SystemCallSleepable: an application calls an
 * extension.
 *
 * An application names the extension that is to serve the calls of an open file
 * of /dev/spin: it connects the file. Calls are raised at a point that only
 * extensions of that name hang on, so that no other sees them, or pays for them.
 * Points of a name, one for each of the two events, are a gate. A gate is made by
 * the extension's binding or the file, whichever is first, and is held by both:
 * a file stays connected while its extension is away. It is found under
 * spin_mutex; it leaves the list with its last reference, and its memory goes a
 * grace period later, for raises that have read the plan (bindings wait for them
 * before they let go, but the file may be closed first: a raise by it is over
 * then, being part of a system call on the file).
 */
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include <spin/spin.h>
#include "../../capability/reference.h"
#include "../../extension/block.h"
#include "trap.h"

/* The caller gets these; beyond are those by which the kernel restarts calls. */
#define ERRNO_MAX	511

#define COPY_MAX	2048	/* bytes copied by one call of a kernel function */

/**
 * struct spin_gate - where calls for the extension of one name go in
 * @kref: held by the connected files and by the bindings
 * @node: in the list of gates
 * @ext: name of the extension
 * @atomic: where its bindings of Trap.SystemCall hang
 * @sleepable: those of Trap.SystemCallSleepable
 * @rcu: for its end
 */
struct spin_gate {
	struct spin_point atomic;
	struct spin_point sleepable;
	struct kref kref;
	struct list_head node;
	char ext[SPIN_NAME_LEN];
	struct rcu_head rcu;
};

/**
 * struct trap_raise - one call
 * @connection: of the file it came by, which is held by the system call
 * @result: the answer so far
 * @buffer: copy of the caller's, of so many bytes as the context says; set if
 *	there are any
 * @arguments: capabilities that came along
 * @call: the context
 */
struct trap_raise {
	struct spin_connection *connection;
	u64 result;
	u8 *buffer;
	struct spin_arguments arguments;
	SPIN_CONTEXT(struct spin_syscall, call);
};
SPIN_CONTEXT_CHECK(struct trap_raise, call);
static_assert(offsetof(struct trap_raise, raise) ==
	      offsetofend(struct trap_raise, arguments));

static_assert(SPIN_CALL_ARGS == SPIN_SYSCALL_ARGS);

static struct spin_event call_event, sleepable_event;

/* ---- gates ---- */

static LIST_HEAD(gates);
static DEFINE_SPINLOCK(gates_lock);

static void gate_free(struct kref *kref)
{
	struct spin_gate *gate = container_of(kref, struct spin_gate, kref);

	spin_lock(&gates_lock);
	list_del(&gate->node);
	spin_unlock(&gates_lock);
	spin_point_srcu_end(&gate->sleepable);
	kfree_rcu(gate, rcu);
}

static void gate_put(struct spin_gate *gate)
{
	kref_put(&gate->kref, gate_free);
}

static struct spin_gate *gate_find(const char *ext)
{
	struct spin_gate *gate, *found = NULL;

	spin_lock(&gates_lock);
	list_for_each_entry(gate, &gates, node) {
		/* One on its way out is as good as none. */
		if (!strcmp(gate->ext, ext) &&
		    kref_get_unless_zero(&gate->kref)) {
			found = gate;
			break;
		}
	}
	spin_unlock(&gates_lock);
	return found;
}

/* With a reference. Under spin_mutex, so that there is one of each name. */
static struct spin_gate *gate_get(const char *ext)
{
	struct spin_gate *gate = gate_find(ext);

	if (gate)
		return gate;
	gate = kzalloc(sizeof(*gate), GFP_KERNEL_ACCOUNT);
	if (!gate)
		return NULL;
	kref_init(&gate->kref);
	strscpy(gate->ext, ext, sizeof(gate->ext));
	spin_point_init(&gate->atomic, &call_event);
	spin_point_init(&gate->sleepable, &sleepable_event);
	/* So that nobody waits for calls of another extension. */
	if (spin_point_srcu_own(&gate->sleepable)) {
		kfree(gate);
		return NULL;
	}
	spin_lock(&gates_lock);
	list_add(&gate->node, &gates);
	spin_unlock(&gates_lock);
	return gate;
}

static struct spin_gate *gate_of(struct spin_point *point)
{
	return point->event == &call_event ?
	       container_of(point, struct spin_gate, atomic) :
	       container_of(point, struct spin_gate, sleepable);
}

/* ---- connections ---- */

static atomic64_t last_file = ATOMIC64_INIT(0);

void spin_connection_init(struct spin_connection *connection,
			  long (*other)(struct file *file, unsigned int cmd,
					void __user *arg))
{
	connection->other = other;
	connection->file = atomic64_inc_return(&last_file);
	spin_references_init(&connection->references);
}

/* The last reference to the file is gone. */
void spin_connection_exit(struct spin_connection *connection)
{
	spin_references_exit(&connection->references);
	if (connection->gate)
		gate_put(connection->gate);
}

/**
 * spin_connection_set - connect an open file
 * @connection: its
 * @ext: name of the extension
 *
 * Under spin_mutex. Returns 0; -EISCONN: it is connected already; -ENOMEM.
 */
int spin_connection_set(struct spin_connection *connection, const char *ext)
{
	struct spin_gate *gate;

	if (connection->gate)
		return -EISCONN;
	gate = gate_get(ext);
	if (!gate)
		return -ENOMEM;
	/* Pairs with spin_trap_ioctl(), which another thread may be in. */
	smp_store_release(&connection->gate, gate);
	return 0;
}

/* Name of the extension, or NULL. */
const char *spin_connection_ext(const struct spin_connection *connection)
{
	/* Pairs with spin_connection_set(). */
	const struct spin_gate *gate = smp_load_acquire(&connection->gate);

	return gate ? gate->ext : NULL;
}

/* ---- calls ---- */

/* All of the context but what the caller has said. */
static __always_inline void raise_init(struct trap_raise *r,
				       struct spin_connection *connection)
{
	r->connection = connection;
	r->result = 0;
	r->arguments.count = 0;
	r->raise.event = &call_event;
	r->call.ctx.event_id = call_event.id;
	r->call.ctx.result = 0;
	r->call.ctx.reserved = 0;
	r->call.ctx.sealed = NULL;
	r->call.file = connection->file;
	/* Of the initial name spaces, as the number of either is there. */
	r->call.uid = __kuid_val(current_euid());
	r->call.pid = current->tgid;
	r->call.references = 0;
	r->call.len = 0;
}

/* All handlers that cannot sleep passed: ask those that can. */
static int raise_sleepable(struct spin_gate *gate, struct trap_raise *r)
{
	int result;

	r->result = 0;
	r->raise.event = &sleepable_event;
	r->call.ctx.event_id = sleepable_event.id;
	result = spin_point_raise_sleepable(&gate->sleepable, &r->raise);
	r->raise.event = &call_event;
	r->call.ctx.event_id = call_event.id;
	return result;
}

/*
 * A call that was not done right away. Nobody handles such calls, or the
 * extension is not there; or it came in between, and is asked again.
 */
static noinline int call_on(struct spin_gate *gate, struct trap_raise *r,
			    int result)
{
	u64 epoch;
	int seen;

	/* What is no good any more took up the room: better luck next time. */
	if (READ_ONCE(r->connection->references.full))
		spin_references_sweep(&r->connection->references);
	for (;;) {
		epoch = r->raise.epoch;
		if (result == SPIN_SYSCALL_PASS)
			result = raise_sleepable(gate, r);
		if (result != SPIN_SYSCALL_PASS)
			return result;
		seen = spin_extension_was_active(gate->ext, epoch);
		if (seen)
			return seen < 0 ? seen : -ENOSYS;
		r->result = 0;
		result = spin_point_raise(&gate->atomic, &r->raise);
	}
}

/* One of the capabilities that go along: held until spin_arguments_put(). */
static int argument_get(struct trap_raise *r, u64 handle)
{
	struct spin_arguments *arguments = &r->arguments;
	struct spin_reference reference;
	int err;

	err = spin_reference_get(&r->connection->references, handle, &reference);
	if (err)
		return err;
	if (reference.cap) {
		arguments->item[arguments->count].cap =
			spin_capability_get(reference.cap);
		arguments->item[arguments->count++].rights = reference.rights;
	} else {
		err = -EBADF;
	}
	spin_reference_put(&reference);
	return err;
}

static int arguments_get(struct trap_raise *r, const struct spin_ioc_call *block)
{
	u32 i;
	int err;

	if (block->references > SPIN_ARGUMENTS_MAX)
		return -EINVAL;
	for (i = 0; i < block->references; i++) {
		err = argument_get(r, block->ref[i]);
		if (err) {
			spin_arguments_put(&r->arguments);
			return err;
		}
	}
	r->call.references = block->references;
	return 0;
}

/* The caller's buffer, or room for one that comes back. */
static int buffer_get(struct trap_raise *r, const struct spin_ioc_call *block)
{
	r->buffer = NULL;
	if (!block->flags)
		return 0;
	if (block->flags & ~(SPIN_CALL_IN | SPIN_CALL_OUT) || !block->len)
		return -EINVAL;
	if (block->len > SPIN_CALL_BUFFER_MAX)
		return -E2BIG;
	r->buffer = kvzalloc(block->len, GFP_KERNEL_ACCOUNT);
	if (!r->buffer)
		return -ENOMEM;
	r->call.len = block->len;
	if (block->flags & SPIN_CALL_IN &&
	    copy_from_user(r->buffer, u64_to_user_ptr(block->buffer),
			   block->len)) {
		kvfree(r->buffer);
		return -EFAULT;
	}
	return 0;
}

static int buffer_put_back(const struct trap_raise *r,
			   const struct spin_ioc_call *block)
{
	if (block->flags & SPIN_CALL_OUT &&
	    copy_to_user(u64_to_user_ptr(block->buffer), r->buffer, block->len))
		return -EFAULT;
	return 0;
}

/*
 * A call that brings more than words, or in a block of another size; all of its
 * context is set but what the caller says.
 */
static noinline long call_long(struct spin_gate *gate, struct trap_raise *r,
			       struct spin_ioc_call __user *arg, u32 usize)
{
	struct spin_ioc_call block;
	int err;

	if (usize < offsetofend(struct spin_ioc_call, result))
		return -EINVAL;
	err = spin_block_get(arg, &block, sizeof(block), usize);
	if (err)
		return err;
	r->call.number = block.number;
	memcpy(r->call.arg, block.arg, sizeof(block.arg));
	err = buffer_get(r, &block);
	if (err)
		return err;
	/* For the call only, not while memory of the caller's does not come. */
	err = arguments_get(r, &block);
	if (err)
		goto out_buffer;
	err = spin_point_raise(&gate->atomic, &r->raise);
	if (err != SPIN_SYSCALL_DONE)
		err = call_on(gate, r, err);
	spin_arguments_put(&r->arguments);
	if (err > 0)
		err = buffer_put_back(r, &block);
	if (!err)
		err = put_user(r->result, &arg->result);
out_buffer:
	kvfree(r->buffer);
	return err;
}

/* A call in a block of another size, or no call. @r is the caller's, for its room. */
static noinline long other_request(struct file *file, unsigned int cmd,
				   struct spin_ioc_call __user *arg,
				   struct trap_raise *r)
{
	struct spin_connection *connection = file->private_data;
	struct spin_gate *gate;
	u32 size = _IOC_SIZE(cmd);

	if (cmd != _IOC(_IOC_DIR(SPIN_IOC_CALL), SPIN_IOC_TYPE,
			_IOC_NR(SPIN_IOC_CALL), size))
		return connection->other(file, cmd, arg);
	/* Pairs with spin_connection_set(). */
	gate = smp_load_acquire(&connection->gate);
	if (!gate)
		return -ENOTCONN;
	raise_init(r, connection);
	return call_long(gate, r, arg, size);
}

/**
 * spin_trap_ioctl - an application calls the extension that a file is connected to
 * @file: an open file of /dev/spin
 * @cmd: SPIN_IOC_CALL; other requests are none of ours
 * @uarg: argument block, see struct spin_ioc_call
 *
 * In the calling task, which may sleep. What SPIN_IOC_CALL returns. How long it
 * takes is measured (tests/bench/bench-call.c), every instruction: so this is what
 * the kernel calls, and the way of a call that brings nothing but words is
 * straight.
 */
long spin_trap_ioctl(struct file *file, unsigned int cmd, unsigned long uarg)
{
	struct spin_ioc_call __user *arg = (struct spin_ioc_call __user *)uarg;
	struct spin_connection *connection = file->private_data;
	/* What is not set here the dispatcher sets. */
	struct trap_raise r __uninitialized;
	struct spin_gate *gate;
	int result;
	u64 head;

	if (unlikely(cmd != SPIN_IOC_CALL))
		return other_request(file, cmd, arg, &r);
	/* Pairs with spin_connection_set(). */
	gate = smp_load_acquire(&connection->gate);
	if (unlikely(!gate))
		return -ENOTCONN;
	raise_init(&r, connection);
	if (!user_read_access_begin(arg, sizeof(*arg)))
		return -EFAULT;
	/* Flags and references: all there is to decide at once. */
	unsafe_get_user(head, (u64 __user *)arg, err_get);
	unsafe_get_user(r.call.number, &arg->number, err_get);
	unsafe_get_user(r.call.arg[0], &arg->arg[0], err_get);
	unsafe_get_user(r.call.arg[1], &arg->arg[1], err_get);
	unsafe_get_user(r.call.arg[2], &arg->arg[2], err_get);
	unsafe_get_user(r.call.arg[3], &arg->arg[3], err_get);
	user_read_access_end();
	if (unlikely(head))
		return call_long(gate, &r, arg, sizeof(*arg));

	result = __spin_point_raise(&gate->atomic, &r.raise);
	if (unlikely(result != SPIN_SYSCALL_DONE)) {
		result = call_on(gate, &r, result);
		if (result < 0)
			return result;
	}
	if (!user_write_access_begin(arg, sizeof(*arg)))
		return -EFAULT;
	unsafe_put_user(r.result, &arg->result, err_put);
	user_write_access_end();
	return 0;

err_get:
	user_read_access_end();
	return -EFAULT;
err_put:
	user_write_access_end();
	return -EFAULT;
}

/* Of an open file that is held; NULL: it is none of /dev/spin. */
struct spin_connection *spin_connection_of(struct file *file)
{
	return file->f_op->unlocked_ioctl == spin_trap_ioctl ?
	       file->private_data : NULL;
}

struct spin_references *spin_syscall_references(struct spin_syscall *call)
{
	return &container_of(call, struct trap_raise, call)->connection->references;
}

/* ---- kernel functions ---- */

/* Where so many bytes of the caller's buffer are; NULL: it has not so many. */
static u8 *buffer_at(struct spin_syscall *call, u32 offset, u32 len)
{
	if (!len || len > COPY_MAX || len > call->len ||
	    offset > call->len - len)
		return NULL;
	return container_of(call, struct trap_raise, call)->buffer + offset;
}

__bpf_kfunc_start_defs();

__bpf_kfunc int spin_syscall_return(struct spin_syscall *call, u64 value)
{
	container_of(call, struct trap_raise, call)->result = value;
	return 0;
}

__bpf_kfunc int spin_syscall_load(struct spin_syscall *call, u32 offset,
				  void *buf, u32 buf__sz)
{
	const u8 *at = buffer_at(call, offset, buf__sz);

	if (!at)
		return -EINVAL;
	memcpy(buf, at, buf__sz);
	return 0;
}

__bpf_kfunc int spin_syscall_store(struct spin_syscall *call, u32 offset,
				   const void *buf, u32 buf__sz)
{
	u8 *at = buffer_at(call, offset, buf__sz);

	if (!at)
		return -EINVAL;
	memcpy(at, buf, buf__sz);
	return 0;
}

__bpf_kfunc_end_defs();

#define TRAP_KFUNCS(F) \
	F(spin_syscall_return, KF_TRUSTED_ARGS, 10, SPIN_CLASS_SPINNING, 0) \
	F(spin_syscall_load, KF_TRUSTED_ARGS, 300, SPIN_CLASS_SPINNING, 0) \
	F(spin_syscall_store, KF_TRUSTED_ARGS, 300, SPIN_CLASS_SPINNING, 0)

SPIN_KFUNC_TABLE(trap_kfuncs, TRAP_KFUNCS);

/* ---- the events ---- */

/* Who calls has named the extension, and no other is asked. */
static int trap_authorize(struct spin_request *request)
{
	return 0;
}

/* The reference that this takes is the binding's, until trap_unbind(). */
static struct spin_point *trap_point(struct spin_event *event,
				     struct spin_extension *ext)
{
	struct spin_gate *gate = gate_get(spin_extension_name(ext));

	if (!gate)
		return ERR_PTR(-ENOMEM);
	return event == &call_event ? &gate->atomic : &gate->sleepable;
}

static void trap_put_point(struct spin_point *point)
{
	gate_put(gate_of(point));
}

static void trap_unbind(struct spin_binding *binding)
{
	gate_put(gate_of(spin_binding_point(binding)));
}

static const struct spin_event_ops trap_ops = {
	.authorize = trap_authorize,
	.point = trap_point,
	.put_point = trap_put_point,
	.unbind = trap_unbind,
};

/* By bit: enum spin_syscall_key. */
static const struct spin_key trap_keys[] = {
	SPIN_KEY(struct spin_syscall, number, "number"),
	SPIN_KEY(struct spin_syscall, file, "file"),
	SPIN_KEY(struct spin_syscall, uid, "uid"),
};

static struct spin_event call_event = {
	.name = "Trap.SystemCall",
	.interface = "Trap",
	.context = SPIN_CONTEXT_ATOMIC,
	.arguments = true,
	.result_min = -ERRNO_MAX,
	.result_max = SPIN_SYSCALL_DONE,
	.fold = SPIN_FOLD_FIRST,
	.default_result = SPIN_SYSCALL_PASS,
	.ctx_size = sizeof(struct spin_syscall),
	.keys = trap_keys,
	.key_count = ARRAY_SIZE(trap_keys),
	.ops = &trap_ops,
	.type = "Trap_SystemCall",
};

static struct spin_event sleepable_event = {
	.name = "Trap.SystemCallSleepable",
	.interface = "Trap",
	.context = SPIN_CONTEXT_SLEEPABLE,
	.arguments = true,
	.result_min = -ERRNO_MAX,
	.result_max = SPIN_SYSCALL_DONE,
	.fold = SPIN_FOLD_FIRST,
	.default_result = SPIN_SYSCALL_PASS,
	.ctx_size = sizeof(struct spin_syscall),
	.keys = trap_keys,
	.key_count = ARRAY_SIZE(trap_keys),
	.ops = &trap_ops,
	.type = "Trap_SystemCallSleepable",
};

SPIN_EVENT_TYPE(Trap_SystemCall, struct spin_syscall, call_event);
SPIN_EVENT_TYPE(Trap_SystemCallSleepable, struct spin_syscall, sleepable_event);

/* No file is open, and no binding left: each holds the module. */
static void trap_exit(void)
{
	WARN_ON_ONCE(!list_empty(&gates));
}

SPIN_SERVICE(spin_trap_service) = {
	.interface = {
		.name = "Trap",
		.authorize = spin_interface_public,
		.kfuncs = { &trap_kfuncs },
	},
	.events = { &Trap_SystemCall_type, &Trap_SystemCallSleepable_type },
	.exit = trap_exit,
};
