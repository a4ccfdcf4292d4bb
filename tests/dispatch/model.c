// SPDX-License-Identifier: GPL-2.0
/*
 * The dispatcher against a naive model of it: random bindings (with matches,
 * guards, orders, filters, cancel, active or not) are installed, removed and
 * switched on an event of module spin_events, and it is raised with random
 * arguments. Which handlers ran, in which order, with which arguments, what the
 * raise came to, and what was counted must be as the model says; the model goes
 * through a list, one binding after the other, as Documentation/dispatch.rst
 * has it.
 *
 * usage: model [SEED [ROUNDS]]
 */
#include "events.h"

#define BINDINGS_MAX	400
#define IMPOSED_MAX	2
#define RAISES		30	/* a round */

static __u64 random_state;

static __u32 random_below(__u32 n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 11) % n;
}

static bool one_in(__u32 n)
{
	return !random_below(n);
}

/* ---- the model ---- */

struct binding {
	__u64 id;
	enum disp_shape shape;
	__u64 closure;
	__u32 flags;
	struct spin_match match;
	bool active;
	bool reserved[2];
	__u64 imposed[IMPOSED_MAX];
	int imposed_count;
	__u64 run, rejected, errors, ended;
};

/*
 * The bindings in their order; those that said Last, or are next to one, from @back
 * on.
 */
static struct binding list[BINDINGS_MAX];
static int count, back;

static struct seen modelled, seen;

static void note(__u64 value)
{
	modelled.notes[modelled.count++] = value;
}

static bool match_holds(const struct binding *b, const struct call *call)
{
	const __u64 *value = b->match.value;
	__u32 fields = b->match.fields;

	return (!(fields & EVENTS_KEY_A) || call->a == value[0]) &&
	       (!(fields & EVENTS_KEY_B) || call->b == value[1]) &&
	       (!(fields & EVENTS_KEY_C) || call->c == value[2]) &&
	       (!(fields & EVENTS_KEY_D) || call->d == value[3]);
}

static bool guards_hold(const struct binding *b, const struct call *call)
{
	int own = b->shape == DISP_ALL ? 3 : b->shape == DISP_GUARDED;

	for (int i = 0; i < b->imposed_count; i++)
		if (call->a != b->imposed[i])
			return false;
	for (int i = 0; i < own; i++)
		if (!disp_guard(DISP_GUARD(b->closure, i), call->value))
			return false;
	return true;
}

static int handler(const struct binding *b, struct call *call)
{
	__u64 by = DISP_CHANGE_BY(b->closure);

	note(disp_note(b->closure, call->a, call->c, call->value));
	if (!DISP_CHANGE(b->closure))
		return disp_result(b->closure);
	if (!(b->flags & SPIN_BIND_FILTER)) {
		note(DISP_NOTE_REFUSED | EPERM);
		return disp_result(b->closure);
	}
	switch (DISP_CHANGE(b->closure)) {
	case 1:
		call->a ^= by;
		break;
	case 2:
		call->c ^= by;
		break;
	default:
		call->value ^= by;
	}
	return disp_result(b->closure);
}

static bool post_guard_holds(const struct binding *b, int result)
{
	if (b->shape != DISP_ALL && b->shape != DISP_POST)
		return true;
	return !(DISP_REJECT_ODD(b->closure) && result & 1);
}

static int sum, results;

static int fold(__u32 event, int so_far, int result, bool first)
{
	switch (event) {
	case EVENTS_IrqsOff:
		return first ? result : so_far | result;
	case EVENTS_And:
		return first ? result : so_far & result;
	case EVENTS_Average:
		sum = first ? result : sum + result;
		results = first ? 1 : results + 1;
		return sum / results;
	default:
		return result;
	}
}

static void model_raise(__u32 event, struct call call)
{
	int fired = 0, total = 0;

	modelled.count = 0;
	for (int i = 0; i < count; i++) {
		struct binding *b = &list[i];
		int result;

		if (!b->active || !match_holds(b, &call) ||
		    !guards_hold(b, &call))
			continue;
		b->run++;
		result = handler(b, &call);
		if (result < 0 || result > EVENTS_RESULT_MAX)
			b->errors++;
		if (result > EVENTS_RESULT_MAX)
			result = 0;
		if (!post_guard_holds(b, result)) {
			b->rejected++;
			continue;
		}
		total = fold(event, total, result, !fired++);
		if (b->flags & SPIN_BIND_CANCEL ||
		    (event == EVENTS_Atomic && result)) {
			b->ended++;
			break;
		}
	}
	modelled.result = fired ? total : event == EVENTS_IrqsOff ? -7 : 0;
}

/* ---- order ---- */

static int holder(int end)
{
	for (int i = 0; i < count; i++)
		if (list[i].reserved[end])
			return i;
	return -1;
}

static void insert_at(int at, bool is_back, const struct binding *b)
{
	memmove(&list[at + 1], &list[at], (count - at) * sizeof(*list));
	list[at] = *b;
	count++;
	if (!is_back)
		back++;
}

/* Returns 0 or the error it must be refused with. */
static int model_insert(const struct want *want, const struct binding *b,
			int relative)
{
	int first = holder(0), last = holder(1);

	switch (want->key) {
	case EVENTS_GRANT_TAKE_FIRST:
		if (first >= 0)
			return -EBUSY;
		insert_at(0, false, b);
		return 0;
	case EVENTS_GRANT_TAKE_LAST:
		if (last >= 0)
			return -EBUSY;
		insert_at(count, true, b);
		return 0;
	}
	switch (want->order) {
	case SPIN_ORDER_FIRST:
		insert_at(first >= 0 ? 1 : 0, false, b);
		return 0;
	case SPIN_ORDER_LAST:
		insert_at(last >= 0 ? count - 1 : count, true, b);
		return 0;
	case SPIN_ORDER_BEFORE:
		if (relative == first)
			return -EBUSY;
		insert_at(relative, relative >= back, b);
		return 0;
	case SPIN_ORDER_AFTER:
		if (relative == last)
			return -EBUSY;
		insert_at(relative + 1, relative >= back, b);
		return 0;
	default:
		insert_at(back, false, b);
		return 0;
	}
}

static void model_remove(int at)
{
	memmove(&list[at], &list[at + 1], (count - at - 1) * sizeof(*list));
	count--;
	if (at < back)
		back--;
}

/* ---- random changes, in the kernel and in the model ---- */

static __u32 number;

static __u64 random_guard(void)
{
	__u32 mask = one_in(2) ? 0 : 1U << random_below(4);

	return mask | (one_in(2) ? mask : 0) << 4;
}

static __u64 random_closure(void)
{
	__u64 closure = number++ & 0xfffff;

	for (int i = 0; i < 3; i++)
		closure |= random_guard() << (20 + 8 * i);
	/* Mostly zero: the first that is not ends raises of some events. */
	if (one_in(8))
		closure |= (__u64)random_below(16) << 44;
	if (one_in(3))
		closure |= (__u64)(random_below(3) + 1) << 48 |
			   (__u64)random_below(4) << 50;
	return closure | (__u64)one_in(2) << 54;
}

static void random_match(struct spin_match *match)
{
	if (one_in(3))
		return;
	match->fields = random_below(16);
	match->value[0] = random_below(4);
	match->value[1] = random_below(4);
	match->value[2] = random_below(4);
	match->value[3] = random_below(2);
}

static bool failed(const char *what, __s64 got, int expected)
{
	return !check(what, false, said(expected), "%s: %s", said(got),
		      refusal());
}

static bool random_install(__u32 event)
{
	struct want want = { .event = event, .shape = random_below(4) };
	struct binding b = {};
	int relative = -1, err;
	__s64 id;

	want.closure = random_closure();
	want.flags = (one_in(40) ? SPIN_BIND_CANCEL : 0) |
		     (one_in(6) ? SPIN_BIND_FILTER : 0) |
		     (one_in(10) ? SPIN_BIND_INACTIVE : 0);
	want.order = one_in(2) ? SPIN_ORDER_NONE : random_below(5);
	if (want.order >= SPIN_ORDER_BEFORE && !count)
		want.order = SPIN_ORDER_NONE;
	if (want.order >= SPIN_ORDER_BEFORE) {
		relative = random_below(count);
		want.relative = list[relative].id;
	}
	if (one_in(40)) {
		want.key = one_in(2) ? EVENTS_GRANT_TAKE_FIRST :
				       EVENTS_GRANT_TAKE_LAST;
		want.order = SPIN_ORDER_NONE;
		want.relative = 0;
		b.reserved[want.key == EVENTS_GRANT_TAKE_LAST] = true;
	}
	random_match(&want.match);
	id = install(&want);
	b.id = id > 0 ? id : 0;
	b.shape = want.shape;
	b.closure = want.closure;
	b.flags = want.flags;
	b.match = want.match;
	b.active = !(want.flags & SPIN_BIND_INACTIVE);
	err = model_insert(&want, &b, relative);
	if (err ? id != err : id <= 0)
		return !failed("model_install", id, err);
	return true;
}

static bool random_remove(void)
{
	int at = random_below(count);
	int err = removed(list[at].id, 1);

	model_remove(at);
	return !err || !failed("model_remove", err, 0);
}

static bool random_switch(void)
{
	struct binding *b = &list[random_below(count)];
	int err;

	b->active = one_in(2);
	err = enable(b->id, b->active);
	return !err || !failed("model_enable", err, 0);
}

static bool random_impose(__u32 event)
{
	struct binding *b = &list[random_below(count)];
	struct events_ioc_set args = {
		.event = event, .on = b->imposed_count < IMPOSED_MAX,
		.binding = b->id, .a = random_below(4),
	};
	int err;

	if (args.on)
		b->imposed[b->imposed_count++] = args.a;
	else
		args.a = b->imposed[--b->imposed_count];
	err = result(ioctl(events_device(), EVENTS_IOC_IMPOSE, &args));
	return !err || !failed("model_impose", err, 0);
}

/* With interrupts off, a raise may take less. */
static int bindings_max(__u32 event)
{
	return event == EVENTS_IrqsOff ? 100 : BINDINGS_MAX - 1;
}

static bool change(__u32 event)
{
	bool full = count > bindings_max(event) - 13;

	for (__u32 i = random_below(13); i && !full; i--)
		if (!random_install(event))
			return false;
	for (__u32 i = random_below(full ? 26 : 3); i && count; i--)
		if (!random_remove())
			return false;
	if (count && !random_switch())
		return false;
	return !count || !one_in(3) || random_impose(event);
}

/* ---- comparison ---- */

static __u64 raises, ran;

static bool differ(__u32 event, const struct call *call, const char *what)
{
	__u32 at = 0;

	while (at < seen.count && at < modelled.count &&
	       seen.notes[at] == modelled.notes[at])
		at++;
	printf("# %s with %d bindings, a %lld b %u c %u d %u value %lld: note %u is %llx, not %llx\n",
	       event_names[event], count, (long long)call->a, call->b, call->c,
	       call->d, (long long)call->value, at,
	       at < seen.count ? (long long)seen.notes[at] : -1,
	       at < modelled.count ? (long long)modelled.notes[at] : -1);
	return check(what, false, "as the model: result and notes",
		     "result %d, not %d; %u notes, not %u", seen.result,
		     modelled.result, seen.count, modelled.count);
}

static bool random_raise(__u32 event)
{
	struct call call = {
		.a = random_below(4), .b = random_below(4), .c = random_below(4),
		.d = random_below(2), .value = random_below(16),
	};

	model_raise(event, call);
	raise_event(event, call, &seen);
	raises++;
	ran += seen.count;
	if (!seen.preserved)
		return check("model_raisers_arguments", false,
			     "as they were", "others");
	if (seen.result != modelled.result || seen.count != modelled.count ||
	    memcmp(seen.notes, modelled.notes, seen.count * sizeof(__u64)))
		return differ(event, &call, "model_raise");
	return true;
}

static bool same_counters(void)
{
	for (int i = 0; i < count; i++) {
		const struct binding *b = &list[i];
		struct spin_ioc_binding_next is = binding_of(b->id);

		if (is.run != b->run || is.rejected != b->rejected ||
		    is.errors != b->errors || is.cancelled != b->ended)
			return check("model_counters", false,
				     "as the model's",
				     "binding %d: run %lld of %lld, rejected %lld of %lld, errors %lld of %lld, ended %lld of %lld",
				     i, (long long)is.run, (long long)b->run,
				     (long long)is.rejected,
				     (long long)b->rejected,
				     (long long)is.errors, (long long)b->errors,
				     (long long)is.cancelled,
				     (long long)b->ended);
	}
	return true;
}

static bool same_order(__u32 event)
{
	static __u64 ids[BINDINGS_MAX];
	struct events_ioc_handlers args = {
		.event = event, .max = BINDINGS_MAX, .ids = (unsigned long)ids,
	};

	if (ioctl(events_device(), EVENTS_IOC_HANDLERS, &args))
		give_up("EVENTS_IOC_HANDLERS");
	for (int i = 0; i < count; i++)
		if (args.count != (__u32)count || ids[i] != list[i].id)
			return check("model_order", false, "as the model's",
				     "%u bindings, not %d; at %d %lld, not %lld",
				     args.count, count, i, (long long)ids[i],
				     (long long)list[i].id);
	return true;
}

static bool one_event(__u32 event, int rounds)
{
	bool good = true;
	int most = 0;

	count = back = 0;
	for (int round = 0; good && round < rounds; round++) {
		good = change(event) && same_order(event);
		for (int i = 0; good && i < RAISES; i++)
			good = random_raise(event);
		most = count > most ? count : most;
	}
	good = good && same_counters();
	while (count) {
		removed(list[count - 1].id, 1);
		model_remove(count - 1);
	}
	printf("# %s: up to %d bindings\n", event_names[event], most);
	return good;
}

int main(int argc, char **argv)
{
	static const __u32 events[] = {
		EVENTS_Atomic, EVENTS_IrqsOff, EVENTS_Sleepable, EVENTS_And,
		EVENTS_Average,
	};
	unsigned long seed = argc > 1 ? strtoul(argv[1], NULL, 0) : 1;
	int rounds = argc > 2 ? atoi(argv[2]) : 40;
	double begin = now();
	bool good = true;

	random_state = (seed + 1) * 0x9e3779b97f4a7c15ULL;
	for (size_t i = 0; good && i < sizeof(events) / sizeof(events[0]); i++)
		good = one_event(events[i], rounds);
	printf("# seed %lu, %d rounds: %lld raises, %lld notes, %.1f s\n", seed,
	       rounds, (long long)raises, (long long)ran, now() - begin);
	if (good)
		ok("as_the_model");
	return 0;
}
