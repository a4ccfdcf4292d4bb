// SPDX-License-Identifier: GPL-2.0
/*
 * Each thing the dispatcher does, one by one, on the events of another module:
 * module spin_events and extension "model" must be there.
 */
#include "events.h"

/* Closures: see disp.h. */
#define NUMBER(N)	((__u64)(N))
#define RESULT(R)	((__u64)(R) << 44)
#define GUARD(I, MASK, WANT) ((__u64)((MASK) | (WANT) << 4) << (20 + 8 * (I)))
#define CHANGE(WHAT, BY) ((__u64)(WHAT) << 48 | (__u64)(BY) << 50)
#define REJECT_ODD	(1ULL << 54)
#define NEVER		GUARD(0, 0, 1)	/* a guard that says no */

#define OWN	EVENTS_INTRINSIC_NOTE
#define DEFAULT	EVENTS_DEFAULT_NOTE

static struct seen seen;

static __u64 put_want(struct want want)
{
	__s64 id = install(&want);

	if (id < 0)
		give_up("install %s_%s: %s: %s", event_names[want.event],
			shape_names[want.shape], strerrorname_np(-id),
			refusal());
	return id;
}

#define WANT(EVENT, SHAPE, CLOSURE, ...)				\
	((struct want){ .event = (EVENT), .shape = (SHAPE),		\
			.closure = (CLOSURE), __VA_ARGS__ })

/* A binding of "model": its order, and other members of struct want. */
#define put(...) put_want(WANT(__VA_ARGS__, ))

static void take(__u64 id)
{
	int err = removed(id, 1);

	if (err)
		give_up("remove binding %llu: %s", (long long)id, said(err));
}

/* An install that must fail, with a sentence in which @words occur, in order. */
static void refused_want(const char *name, int err, const char *words,
			 struct want want)
{
	char copy[256], *word, *rest = copy;
	const char *at;
	__s64 id = install(&want);

	if (id != err) {
		check(name, false, said(err), "%s", said(id));
		if (id > 0)
			removed(id, 1);
		return;
	}
	at = refusal();
	snprintf(copy, sizeof(copy), "%s", words);
	while (at && (word = strsep(&rest, " ")))
		at = strcasestr(at, word);
	check(name, at, words, "%s", refusal());
}

#define refused(NAME, ERR, WORDS, ...) \
	refused_want(NAME, ERR, WORDS, WANT(__VA_ARGS__, ))

/* What handlers noted, as numbers. */
static const char *numbers(void)
{
	static char text[1024];
	size_t at = 0;

	text[0] = '\0';
	for (__u32 i = 0; i < seen.count && at < sizeof(text) - 24; i++) {
		__u64 note = seen.notes[i];
		__u64 what = note >> 60;

		at += snprintf(text + at, sizeof(text) - at, "%s%s%lld",
			       i ? " " : "", what == 1 ? "E" : what == 2 ? "R" : "",
			       what ? (long long)(int)note :
				      (long long)DISP_NOTE_NUMBER(note));
	}
	return text;
}

/*
 * A raise must come to @result, and the handlers that ran be those of the
 * numbers in @ran, in that order.
 */
static void sees_call(const char *name, __u32 event, int result,
		      const char *ran, struct call call)
{
	raise_event(event, call, &seen);
	if (!seen.preserved) {
		check(name, false, "the raiser's arguments as they were",
		      "others");
		return;
	}
	if (seen.result == result && !strcmp(numbers(), ran))
		ok(name);
	else
		printf("not ok %s\n# expected: %d by '%s'\n# seen: %d by '%s'\n",
		       name, result, ran, seen.result, numbers());
}

#define sees(NAME, EVENT, RESULT, RAN, ...) \
	sees_call(NAME, EVENTS_##EVENT, RESULT, RAN, (struct call){ __VA_ARGS__ })

static void nobody(const char *when)
{
	char name[96];

#define NOBODY(EVENT, RESULT, RAN)					\
	snprintf(name, sizeof(name), "%s_%s", #EVENT, when);		\
	sees_call(name, EVENTS_##EVENT, RESULT, RAN, (struct call){ .value = 5 })
	NOBODY(Softirq, 0, "");
	NOBODY(Atomic, 0, "");
	NOBODY(IrqsOff, -7, "");
	NOBODY(Sleepable, 0, "");
	NOBODY(And, 0, "");
	NOBODY(Average, 0, "");
	NOBODY(Intrinsic, 1, "4369");
	NOBODY(Default, 1005, "8738");
	NOBODY(Needed, -ENOSYS, "");
	NOBODY(Guarded, 0, "");
	NOBODY(Sealed, 0, "");
	NOBODY(Closed, 0, "");
#undef NOBODY
}

/* Results of raises in which nothing fires; of ones in which one binding does. */
static void results(void)
{
	static const __u32 each[] = {
		EVENTS_Softirq, EVENTS_Atomic, EVENTS_IrqsOff, EVENTS_Sleepable,
		EVENTS_And, EVENTS_Average, EVENTS_Default, EVENTS_Needed,
		EVENTS_Inner,
	};
	enum { COUNT = sizeof(each) / sizeof(each[0]) };
	__u64 ids[COUNT], own;
	char name[96];
	__u64 before;

	nobody("while_nothing_is_installed");
	for (int i = 0; i < COUNT; i++)
		ids[i] = put(each[i], DISP_GUARDED, NUMBER(1) | NEVER);
	own = put(EVENTS_Intrinsic, DISP_GUARDED, NUMBER(1) | NEVER);
	before = event_of(EVENTS_Needed).unhandled;
	nobody("when_no_guard_is_true");
	check("raises_nobody_handled_are_counted",
	      event_of(EVENTS_Needed).unhandled == before + 1, "1 more",
	      "%lld more", (long long)(event_of(EVENTS_Needed).unhandled - before));
	for (int i = 0; i < COUNT; i++)
		take(ids[i]);
	take(own);

	for (int i = 0; i < COUNT; i++) {
		__u64 id = put(each[i], DISP_PLAIN, NUMBER(2) | RESULT(6));

		snprintf(name, sizeof(name), "%s_with_one_handler",
			 event_names[each[i]]);
		sees_call(name, each[i], 6, "2", (struct call){ .value = 5 });
		take(id);
		snprintf(name, sizeof(name), "%s_with_result_zero",
			 event_names[each[i]]);
		id = put(each[i], DISP_GUARDED, NUMBER(3));
		sees_call(name, each[i], 0, "3", (struct call){ .value = 5 });
		take(id);
	}
	nobody("when_all_is_removed");
}

static void guards(void)
{
	/* value bit 0, bit 1, bit 2 */
	__u64 id = put(EVENTS_Atomic, DISP_ALL, NUMBER(1) | RESULT(2) |
		       GUARD(0, 1, 1) | GUARD(1, 2, 2) | GUARD(2, 4, 4));
	bool right = true;
	int wrong = 0;

	for (__u64 value = 0; value < 8; value++) {
		raise_event(EVENTS_Atomic, (struct call){ .value = value }, &seen);
		if (seen.count != (value == 7) ||
		    seen.result != (value == 7 ? 2 : 0)) {
			right = false;
			wrong = value;
		}
	}
	check("all_of_several_guards_must_be_true", right,
	      "it runs for value 7 only", "not so for value %d", wrong);
	take(id);
}

static void post_guards(void)
{
	__u64 ids[3];

	ids[0] = put(EVENTS_Average, DISP_POST, NUMBER(1) | RESULT(4) | REJECT_ODD);
	ids[1] = put(EVENTS_Average, DISP_POST, NUMBER(2) | RESULT(9) | REJECT_ODD);
	ids[2] = put(EVENTS_Average, DISP_POST, NUMBER(3) | RESULT(6) | REJECT_ODD);
	sees("post_guard_throws_results_away", Average, 5, "1 2 3");
	check("rejected_results_are_counted",
	      binding_of(ids[1]).rejected == 1 && binding_of(ids[1]).run == 1 &&
	      binding_of(ids[0]).rejected == 0,
	      "1 run and rejected, another not", "%lld of %lld, %lld",
	      (long long)binding_of(ids[1]).rejected,
	      (long long)binding_of(ids[1]).run,
	      (long long)binding_of(ids[0]).rejected);
	for (int i = 0; i < 3; i++)
		take(ids[i]);

	ids[0] = put(EVENTS_IrqsOff, DISP_POST, NUMBER(1) | RESULT(3) | REJECT_ODD);
	sees("rejected_handler_has_not_fired", IrqsOff, -7, "1");
	take(ids[0]);

	ids[0] = put(EVENTS_Atomic, DISP_POST, NUMBER(1) | RESULT(3) | REJECT_ODD,
		     .flags = SPIN_BIND_CANCEL);
	ids[1] = put(EVENTS_Atomic, DISP_PLAIN, NUMBER(2) | RESULT(4));
	sees("rejected_handler_does_not_cancel", Atomic, 4, "1 2");
	take(ids[0]);
	take(ids[1]);
}

static void closures(void)
{
	__u64 first, last, binding;

	binding = put(EVENTS_Sleepable, DISP_PLAIN, NUMBER(20) | RESULT(1),
		      .count = 3);
	sees("bindings_made_at_once_share_their_closure", Sleepable, 1, "20 20 20");
	expect("removed_at_once", removed(binding, 3), 0);
	expect("removed_twice", removed(binding, 3), -ENOENT);
	first = put(EVENTS_Sleepable, DISP_PLAIN, NUMBER(21) | RESULT(1));
	last = put(EVENTS_Sleepable, DISP_PLAIN, NUMBER(22) | RESULT(2));
	sees("bindings_of_one_template_have_own_closures", Sleepable, 2, "21 22");
	take(first);
	sees("the_other_stays", Sleepable, 2, "22");
	take(last);
}

static void activity(void)
{
	__u64 id = put(EVENTS_Atomic, DISP_PLAIN, NUMBER(1) | RESULT(3),
		       .flags = SPIN_BIND_INACTIVE);
	__u64 other = put(EVENTS_Atomic, DISP_PLAIN, NUMBER(2));

	sees("inactive_binding_does_not_run", Atomic, 0, "2");
	check("is_listed_as_inactive", !binding_of(id).active &&
	      binding_of(other).active, "0, and 1 for the other", "%u, %u",
	      binding_of(id).active, binding_of(other).active);
	expect("enable", enable(id, true), 0);
	expect("enable_again", enable(id, true), 0);
	sees("enabled_binding_runs_in_its_place", Atomic, 3, "1");
	expect("disable", enable(id, false), 0);
	expect("disable_again", enable(id, false), 0);
	sees("disabled_binding_does_not_run", Atomic, 0, "2");
	expect("enable_after_disable", enable(id, true), 0);
	sees("enabled_binding_runs_again", Atomic, 3, "1");
	take(id);
	expect("enable_what_is_gone", enable(id, true), -ENOENT);
	take(other);
}

static void order(void)
{
	__u64 a, b, last, first, before, after, last2, first2;
	__u64 gone;

	a = put(EVENTS_Sleepable, DISP_PLAIN, NUMBER(1));
	last = put(EVENTS_Sleepable, DISP_PLAIN, NUMBER(2), SPIN_ORDER_LAST);
	first = put(EVENTS_Sleepable, DISP_PLAIN, NUMBER(3), SPIN_ORDER_FIRST);
	b = put(EVENTS_Sleepable, DISP_PLAIN, NUMBER(4));
	sees("none_is_behind_all_but_last", Sleepable, 0, "3 1 4 2");
	first2 = put(EVENTS_Sleepable, DISP_PLAIN, NUMBER(5), SPIN_ORDER_FIRST);
	last2 = put(EVENTS_Sleepable, DISP_PLAIN, NUMBER(6), SPIN_ORDER_LAST);
	sees("latest_first_is_first_latest_last_is_last", Sleepable, 0,
	     "5 3 1 4 2 6");
	before = put(EVENTS_Sleepable, DISP_PLAIN, NUMBER(7), SPIN_ORDER_BEFORE,
		     .relative = b);
	after = put(EVENTS_Sleepable, DISP_PLAIN, NUMBER(8), SPIN_ORDER_AFTER,
		    .relative = b);
	sees("before_and_after_are_adjacent", Sleepable, 0, "5 3 1 7 4 8 2 6");
	gone = put(EVENTS_Sleepable, DISP_PLAIN, NUMBER(9), SPIN_ORDER_BEFORE,
		   .relative = first2);
	sees("before_the_first", Sleepable, 0, "9 5 3 1 7 4 8 2 6");
	take(gone);
	gone = put(EVENTS_Sleepable, DISP_PLAIN, NUMBER(9), SPIN_ORDER_AFTER,
		   .relative = last2);
	sees("after_the_last", Sleepable, 0, "5 3 1 7 4 8 2 6 9");
	take(gone);
	refused("before_what_is_gone", -ENOENT, "before Events.Sleepable",
		EVENTS_Sleepable, DISP_PLAIN, NUMBER(9), SPIN_ORDER_BEFORE,
		.relative = gone);
	refused("before_a_binding_of_another_event", -ENOENT, "Events.Atomic",
		EVENTS_Atomic, DISP_PLAIN, NUMBER(9), SPIN_ORDER_AFTER,
		.relative = a);
	refused("unknown_order", -EINVAL, "order", EVENTS_Atomic, DISP_PLAIN,
		NUMBER(9), 5);
	take(before);
	take(first);
	sees("order_survives_removals", Sleepable, 0, "5 1 4 8 2 6");
	take(a);
	take(b);
	take(last);
	take(first2);
	take(last2);
	take(after);
}

/*
 * Between two bindings there is room for some twenty ranks. Then all get new ones,
 * which what raises run has not, if those that came are not to run yet.
 */
static void order_with_new_ranks(void)
{
	__u64 first, second, keyed, last, two, idle;

	first = put(EVENTS_Atomic, DISP_PLAIN, NUMBER(1));
	second = put(EVENTS_Atomic, DISP_PLAIN, NUMBER(2));
	keyed = put(EVENTS_Atomic, DISP_PLAIN, NUMBER(3),
		    .match = { .fields = EVENTS_KEY_A, .value = { 5 } });
	last = put(EVENTS_Atomic, DISP_PLAIN, NUMBER(4));
	two = put(EVENTS_Atomic, DISP_PLAIN, NUMBER(5), .count = 2);
	idle = put(EVENTS_Atomic, DISP_PLAIN, NUMBER(6), SPIN_ORDER_BEFORE,
		   .flags = SPIN_BIND_INACTIVE, .relative = second, .count = 60);
	sees("idle_ones_change_no_order", Atomic, 0, "1 2 3 4 5 5", .a = 5);
	expect("remove_two", removed(two, 2), 0);
	sees("order_after_new_ranks", Atomic, 0, "1 2 3 4", .a = 5);
	expect("remove_the_idle_ones", removed(idle, 60), 0);
	take(second);
	sees("order_after_more_removals", Atomic, 0, "1 3 4", .a = 5);
	take(first);
	take(keyed);
	take(last);
}

static void reserved_ends(void)
{
	__u64 head, tail, first, last, plain;

	head = put(EVENTS_Guarded, DISP_PLAIN, NUMBER(1),
		   .key = EVENTS_GRANT_TAKE_FIRST);
	tail = put(EVENTS_Guarded, DISP_PLAIN, NUMBER(2),
		   .key = EVENTS_GRANT_TAKE_LAST);
	first = put(EVENTS_Guarded, DISP_PLAIN, NUMBER(3), SPIN_ORDER_FIRST,
		    .key = EVENTS_GRANT);
	last = put(EVENTS_Guarded, DISP_PLAIN, NUMBER(4), SPIN_ORDER_LAST,
		   .key = EVENTS_GRANT);
	plain = put(EVENTS_Guarded, DISP_PLAIN, NUMBER(5), .key = EVENTS_GRANT);
	sees("reserved_ends_are_kept", Guarded, 0, "1 3 5 4 2");
	refused("before_the_reserved_first", -EBUSY, "Events.Guarded reserved",
		EVENTS_Guarded, DISP_PLAIN, NUMBER(6), SPIN_ORDER_BEFORE,
		.relative = head, .key = EVENTS_GRANT);
	refused("after_the_reserved_last", -EBUSY, "Events.Guarded reserved",
		EVENTS_Guarded, DISP_PLAIN, NUMBER(6), SPIN_ORDER_AFTER,
		.relative = tail, .key = EVENTS_GRANT);
	refused("an_end_is_reserved_once", -EBUSY, "first Events.Guarded reserved",
		EVENTS_Guarded, DISP_PLAIN, NUMBER(6),
		.key = EVENTS_GRANT_TAKE_FIRST);
	sees("refused_bindings_left_nothing", Guarded, 0, "1 3 5 4 2");
	take(head);
	head = put(EVENTS_Guarded, DISP_PLAIN, NUMBER(7), SPIN_ORDER_FIRST,
		   .key = EVENTS_GRANT);
	sees("removal_frees_the_end", Guarded, 0, "7 3 5 4 2");
	take(head);
	take(tail);
	take(first);
	take(last);
	take(plain);
}

static void cancel(void)
{
	__u64 first, second, third;

	first = put(EVENTS_Average, DISP_GUARDED, NUMBER(1) | RESULT(2) |
		    GUARD(0, 1, 1));
	second = put(EVENTS_Average, DISP_GUARDED, NUMBER(2) | RESULT(4) |
		     GUARD(0, 2, 2), .flags = SPIN_BIND_CANCEL);
	third = put(EVENTS_Average, DISP_PLAIN, NUMBER(3) | RESULT(9));
	sees("cancel_ends_the_raise", Average, 3, "1 2", .value = 3);
	sees("cancel_with_a_false_guard_does_not", Average, 9, "3", .value = 0);
	check("cancelled_raises_are_counted", binding_of(second).cancelled == 1,
	      "1", "%lld", (long long)binding_of(second).cancelled);
	take(first);
	take(second);
	take(third);

	first = put(EVENTS_Guarded, DISP_PLAIN, NUMBER(1),
		    .flags = SPIN_BIND_CANCEL, .key = EVENTS_GRANT_NO_CANCEL);
	second = put(EVENTS_Guarded, DISP_PLAIN, NUMBER(2), .key = EVENTS_GRANT);
	sees("authority_takes_cancel_away", Guarded, 0, "1 2");
	take(first);
	take(second);
}

static void filters(void)
{
	struct spin_match a3 = { .fields = EVENTS_KEY_A, .value = { 3 } };
	struct spin_match a1 = { .fields = EVENTS_KEY_A, .value = { 1 } };
	__u64 early, filter, sees_new, sees_old, guarded, note;

	early = put(EVENTS_Sleepable, DISP_PLAIN, NUMBER(1), .match = a1);
	filter = put(EVENTS_Sleepable, DISP_GUARDED, NUMBER(2) | CHANGE(1, 2),
		     .flags = SPIN_BIND_FILTER);
	sees_old = put(EVENTS_Sleepable, DISP_PLAIN, NUMBER(3), .match = a1);
	sees_new = put(EVENTS_Sleepable, DISP_PLAIN, NUMBER(4), .match = a3);
	sees("filter_changes_keys_of_later_steps", Sleepable, 0, "1 2 4", .a = 1);
	check("handlers_see_what_filters_change",
	      seen.count == 3 && (seen.notes[0] >> 20 & 0xff) == 1 &&
	      (seen.notes[2] >> 20 & 0xff) == 3, "a = 1, then a = 3",
	      "%d, %d", (int)(seen.notes[0] >> 20 & 0xff),
	      (int)(seen.notes[2] >> 20 & 0xff));
	take(filter);
	sees("without_the_filter", Sleepable, 0, "1 3", .a = 1);
	take(early);
	take(sees_old);
	take(sees_new);

	filter = put(EVENTS_Atomic, DISP_PLAIN, NUMBER(1) | CHANGE(3, 1),
		     .flags = SPIN_BIND_FILTER);
	guarded = put(EVENTS_Atomic, DISP_GUARDED, NUMBER(2) | GUARD(0, 1, 1) |
		      RESULT(5));
	sees("filter_changes_what_guards_see", Atomic, 5, "1 2", .value = 2);
	sees("filter_changes_it_the_other_way", Atomic, 0, "1", .value = 3);
	take(filter);
	take(guarded);

	note = put(EVENTS_Atomic, DISP_PLAIN, NUMBER(1) | CHANGE(3, 1));
	sees("only_filters_may_change_arguments", Atomic, 0, "1 E1", .value = 2);
	take(note);

	filter = put(EVENTS_IrqsOff, DISP_PLAIN, NUMBER(1) | CHANGE(2, 5),
		     .flags = SPIN_BIND_FILTER | SPIN_BIND_CANCEL);
	sees("lone_filter_preserves_the_raisers_arguments", IrqsOff, 0, "1",
	     .c = 9);
	take(filter);
}

static void folds(void)
{
	static const struct {
		const char *name;
		__u32 event;
		int results[3];
		int result;
		const char *ran;
	} all[] = {
		{ "fold_first", EVENTS_Atomic, { 0, 6, 5 }, 6, "1 2" },
		{ "fold_first_of_zeros", EVENTS_Atomic, { 0, 0, 0 }, 0, "1 2 3" },
		{ "fold_last", EVENTS_Sleepable, { 3, 6, 5 }, 5, "1 2 3" },
		{ "fold_last_zero", EVENTS_Sleepable, { 3, 6, 0 }, 0, "1 2 3" },
		{ "fold_or", EVENTS_IrqsOff, { 1, 8, 4 }, 13, "1 2 3" },
		{ "fold_and", EVENTS_And, { 13, 7, 12 }, 4, "1 2 3" },
		{ "fold_and_zero", EVENTS_And, { 13, 0, 12 }, 0, "1 2 3" },
		{ "fold_average", EVENTS_Average, { 1, 2, 9 }, 4, "1 2 3" },
		{ "invalid_result_is_taken_as_zero", EVENTS_Average,
		  { 6, DISP_RESULT_INVALID, 12 }, 6, "1 2 3" },
		{ "invalid_result_is_not_the_first", EVENTS_Atomic,
		  { DISP_RESULT_INVALID, 7, 12 }, 7, "1 2" },
		{ "negative_result_is_a_result", EVENTS_Atomic,
		  { 0, DISP_RESULT_NEGATIVE, 12 }, -5, "1 2" },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		__u64 ids[3];

		for (int j = 0; j < 3; j++)
			ids[j] = put(all[i].event, DISP_PLAIN, NUMBER(j + 1) |
				     RESULT(all[i].results[j]));
		sees_call(all[i].name, all[i].event, all[i].result, all[i].ran,
			  (struct call){});
		for (int j = 0; j < 3; j++) {
			bool bad = all[i].results[j] >= DISP_RESULT_NEGATIVE;
			__u64 errors = binding_of(ids[j]).errors;

			if (bad)
				check("errors_are_counted", errors == 1, "1",
				      "%lld", (long long)errors);
			take(ids[j]);
		}
	}
}

/* What a set of fields of the context matches is what a guard would. */
static void matches(void)
{
	struct call call = { .a = 1ULL << 40 | 7, .b = 0x80000001, .c = 0xfff0,
			     .d = 0xfe, .value = 1 };
	__u64 ids[16];
	bool right = true;
	char text[128] = "";

	for (__u32 fields = 0; fields < 16; fields++)
		ids[fields] = put(EVENTS_Sleepable, DISP_PLAIN, NUMBER(fields),
				  .match = { fields, 0,
					     { call.a, call.b, call.c, call.d } });
	sees_call("every_set_of_fields_matches", EVENTS_Sleepable, 0,
		  "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15", call);
	for (int changed = 1; changed < 16; changed <<= 1) {
		struct call other = call;
		__u32 at = 0;

		other.a ^= changed == 1 ? 1ULL << 40 : 0;
		other.b ^= changed == 2 ? 1U << 31 : 0;
		other.c ^= changed == 4 ? 1 : 0;
		other.d ^= changed == 8 ? 2 : 0;
		raise_event(EVENTS_Sleepable, other, &seen);
		for (int fields = 0; fields < 16; fields++) {
			if (fields & changed)
				continue;
			right &= at < seen.count &&
				 DISP_NOTE_NUMBER(seen.notes[at]) == (__u64)fields;
			at++;
		}
		right &= at == seen.count;
		if (!right && !text[0])
			snprintf(text, sizeof(text), "field bit %d changed: %s",
				 changed, numbers());
	}
	check("matches_compare_their_fields_and_no_other", right,
	      "those without the changed field", "%s", text);
	for (int i = 0; i < 16; i++)
		take(ids[i]);
	refused("match_on_a_field_there_is_not", -EINVAL, "Events.Atomic",
		EVENTS_Atomic, DISP_PLAIN, NUMBER(1), .match = { .fields = 32 });
	refused("match_value_that_the_field_cannot_have", -EINVAL, "c",
		EVENTS_Atomic, DISP_PLAIN, NUMBER(1),
		.match = { EVENTS_KEY_C, 0, { 0, 0, 65536, 0 } });
	refused("unknown_flag", -EINVAL, "flags", EVENTS_Atomic, DISP_PLAIN,
		NUMBER(1), .flags = 1U << 3);
}

/* ---- queries, and what handlers do to bindings themselves ---- */

static __s64 operate_call(enum disp_op op, struct call call)
{
	call.b = op;
	raise_event(EVENTS_Quiet, call, &seen);
	if (!seen.count || seen.notes[0] >> 60 != 3)
		return -ENODATA;
	return (__s64)(seen.notes[0] << 8) >> 8;	/* 56 bits of it */
}

#define operate(OP, ...) operate_call(OP, (struct call){ __VA_ARGS__ })

static __s64 answer(__u32 i)
{
	return i < seen.count ? (__s64)(seen.notes[i] & 0xffffffffffffff) : -1;
}

static void queries(void)
{
	__u64 ids[64] = {}, plain, first;
	struct events_ioc_handlers args = {
		.event = EVENTS_Quiet, .max = 64, .ids = (unsigned long)ids,
	};
	struct spin_ioc_binding_next ops;
	__s64 count;

	binding_find("model", "ops", &ops);
	plain = put(EVENTS_Quiet, DISP_PLAIN, NUMBER(1));
	first = put(EVENTS_Quiet, DISP_PLAIN, NUMBER(2), SPIN_ORDER_FIRST,
		    .flags = SPIN_BIND_INACTIVE);
	count = operate(DISP_OP_HANDLERS);
	check("a_handler_asks_for_handlers", count == 3 &&
	      (__u64)answer(1) == first && (__u64)answer(2) == ops.id &&
	      (__u64)answer(3) == plain, "3: first, ops, plain",
	      "%lld: %lld %lld %lld", (long long)count, (long long)answer(1),
	      (long long)answer(2), (long long)answer(3));
	if (ioctl(events_device(), EVENTS_IOC_HANDLERS, &args))
		give_up("EVENTS_IOC_HANDLERS");
	check("the_authority_asks_for_handlers", args.count == 3 &&
	      ids[0] == first && ids[1] == ops.id && ids[2] == plain,
	      "3: first, ops, plain", "%u: %lld %lld %lld", args.count,
	      (long long)ids[0], (long long)ids[1], (long long)ids[2]);
	check("ranks_are_in_order", binding_of(first).rank <
	      binding_of(ops.id).rank && binding_of(ops.id).rank <
	      binding_of(plain).rank, "growing", "%llx %llx %llx",
	      (long long)binding_of(first).rank,
	      (long long)binding_of(ops.id).rank,
	      (long long)binding_of(plain).rank);
	check("is_installed", operate(DISP_OP_IS_INSTALLED, .a = plain) == 1,
	      "1", "%lld", (long long)answer(0));
	take(plain);
	check("is_not_installed_any_more",
	      operate(DISP_OP_IS_INSTALLED, .a = plain) == 0, "0", "%lld",
	      (long long)answer(0));
	take(first);
}

static void install_by_handler(void)
{
	__s64 first, second, own;
	struct spin_ioc_binding_next b;

	first = operate(DISP_OP_INSTALL, .a = NUMBER(1) | RESULT(3),
			.c = DISP_SLOT(EVENTS_Sleepable, DISP_PLAIN));
	second = operate(DISP_OP_INSTALL, .a = NUMBER(2) | RESULT(4),
			 .c = DISP_SLOT(EVENTS_Sleepable, DISP_PLAIN),
			 .d = SPIN_ORDER_FIRST);
	check("handler_installs", first > 0 && second > first, "two ids",
	      "%lld, %lld", (long long)first, (long long)second);
	sees("installed_by_a_handler_they_run", Sleepable, 3, "2 1");
	b = binding_of(first);
	check("and_are_listed", b.id && !strcmp(b.ext, "model") &&
	      b.slot == DISP_SLOT(EVENTS_Sleepable, DISP_PLAIN), "of model",
	      "of '%s', slot %u", b.ext, b.slot);
	check("handler_uninstalls", !operate(DISP_OP_UNINSTALL, .a = second),
	      "0", "%lld", (long long)answer(0));
	sees("uninstalled_it_does_not_run", Sleepable, 3, "1");
	own = operate(DISP_OP_UNINSTALL, .a = second);
	check("uninstall_twice", own == -ENOENT, "ENOENT", "%s", said(own));
	take(first);
	own = operate(DISP_OP_INSTALL, .c = 9999);
	check("install_from_no_slot", own == -ENOENT, "ENOENT", "%s", said(own));
	own = operate(DISP_OP_INSTALL, .c = DISP_SLOT(EVENTS_Guarded, DISP_PLAIN));
	check("authorizer_is_asked_for_handlers_too", own == -EACCES, "EACCES",
	      "%s", said(own));
	binding_find("model", "ops", &b);
	own = operate(DISP_OP_UNINSTALL, .a = b.id);
	check("what_the_load_made_stays", own == -EBUSY, "EBUSY", "%s", said(own));
	/* They are installed on the event that is being raised. */
	own = operate(DISP_OP_INSTALL, .a = NUMBER(7),
		      .c = DISP_SLOT(EVENTS_Quiet, DISP_PLAIN));
	check("handler_installs_on_its_own_event", own > 0, "an id", "%lld",
	      (long long)own);
	raise_event(EVENTS_Quiet, (struct call){ .b = DISP_OP_IS_INSTALLED }, &seen);
	check("and_the_next_raise_runs_it", seen.count == 2, "2 notes", "%u",
	      seen.count);
	check("and_takes_it_away", !operate(DISP_OP_UNINSTALL, .a = own), "0",
	      "%s", said(answer(0)));
}

/* ---- authority ---- */

static int intrinsic(bool on)
{
	struct events_ioc_set args = { .event = EVENTS_Intrinsic, .on = on };

	return result(ioctl(events_device(), EVENTS_IOC_INTRINSIC, &args));
}

static int impose(__u32 event, __u64 id, __u64 a, bool on)
{
	struct events_ioc_set args = {
		.event = event, .on = on, .binding = id, .a = a,
	};

	return result(ioctl(events_device(), EVENTS_IOC_IMPOSE, &args));
}

static void intrinsic_handler(void)
{
	__u64 first, none, last;

	first = put(EVENTS_Intrinsic, DISP_PLAIN, NUMBER(1) | RESULT(2),
		    SPIN_ORDER_FIRST);
	none = put(EVENTS_Intrinsic, DISP_PLAIN, NUMBER(2) | RESULT(4));
	last = put(EVENTS_Intrinsic, DISP_PLAIN, NUMBER(3) | RESULT(8),
		   SPIN_ORDER_LAST);
	sees("intrinsic_runs_among_those_without_order", Intrinsic, 15,
	     "1 4369 2 3");
	expect("deregister_intrinsic", intrinsic(false), 0);
	expect("deregister_it_twice", intrinsic(false), -ENOENT);
	sees("deregistered_it_does_not_run", Intrinsic, 14, "1 2 3");
	take(none);
	take(first);
	take(last);
	sees("replaced_by_nothing", Intrinsic, -ENOSYS, "");
	none = put(EVENTS_Intrinsic, DISP_PLAIN, NUMBER(4) | RESULT(8));
	sees("replaced", Intrinsic, 8, "4");
	expect("register_intrinsic", intrinsic(true), 0);
	expect("register_it_twice", intrinsic(true), -EEXIST);
	sees("registered_again_it_is_before_none", Intrinsic, 9, "4369 4");
	take(none);
	sees("alone_again", Intrinsic, 1, "4369");
	check("event_says_it_has_one", event_of(EVENTS_Intrinsic).flags &
	      SPIN_EVENT_INTRINSIC, "SPIN_EVENT_INTRINSIC", "%#x",
	      event_of(EVENTS_Intrinsic).flags);
}

static void authority(void)
{
	__u64 forced, plain, only, two;

	refused("no_key", -EACCES, "Events.Guarded spin_events key", EVENTS_Guarded,
		DISP_PLAIN, NUMBER(1));
	forced = put(EVENTS_Guarded, DISP_PLAIN, NUMBER(1), SPIN_ORDER_FIRST,
		     .key = EVENTS_GRANT_LAST);
	plain = put(EVENTS_Guarded, DISP_PLAIN, NUMBER(2), .key = EVENTS_GRANT);
	sees("authority_fixes_the_order", Guarded, 0, "2 1");
	only = put(EVENTS_Guarded, DISP_PLAIN, NUMBER(3),
		   .key = EVENTS_GRANT_ONLY_A);
	two = put(EVENTS_Guarded, DISP_GUARDED, NUMBER(4) | GUARD(0, 2, 2),
		  .key = EVENTS_GRANT_TWO);
	sees("imposed_guard_is_true", Guarded, 0, "2 3 1", .a = 3);
	sees("imposed_guard_is_false", Guarded, 0, "2 1", .a = 4);
	check("imposed_guards_are_listed", binding_of(two).imposed == 2 &&
	      binding_of(only).imposed == 1, "2, 1", "%u, %u",
	      binding_of(two).imposed, binding_of(only).imposed);
	{
		__u64 c = NUMBER(4) | GUARD(0, 2, 2);

		sees("two_imposed_and_an_own_guard", Guarded, 0, "2 4 1", .a = c,
		     .value = 3);
		sees("one_imposed_guard_of_two_false", Guarded, 0, "2 1", .a = c,
		     .value = 2);
		sees("own_guard_false_behind_imposed_ones", Guarded, 0, "2 1",
		     .a = c, .value = 1);
	}
	expect("authority_imposes_later", impose(EVENTS_Guarded, plain, 6, true), 0);
	sees("later_guard_false", Guarded, 0, "1", .a = 5);
	sees("later_guard_true", Guarded, 0, "2 1", .a = 6);
	expect("authority_takes_it_away", impose(EVENTS_Guarded, plain, 6, false), 0);
	sees("guard_is_gone", Guarded, 0, "2 1", .a = 5);
	expect("takes_it_away_twice", impose(EVENTS_Guarded, plain, 6, false),
	       -ENOENT);
	expect("imposes_on_a_foreign_binding",
	       impose(EVENTS_Atomic, plain, 6, true), -ENOENT);
	take(forced);
	take(plain);
	take(only);
	take(two);
}

/* ---- reentrancy ---- */

static void nesting(void)
{
	__u64 before = event_of(EVENTS_Atomic).refused, id;

	id = put(EVENTS_Atomic, DISP_NEST, NUMBER(1) | RESULT(9));
	sees("two_deep", Atomic, 9, "1 1 R0 R9", .value = 1);
	sees("four_deep", Atomic, 9, "1 1 1 1 R0 R9 R9 R9", .value = 3);
	check("four_deep_is_not_refused",
	      event_of(EVENTS_Atomic).refused == before, "0", "%lld",
	      (long long)(event_of(EVENTS_Atomic).refused - before));
	sees("fifth_is_refused", Atomic, 9, "1 1 1 1 R0 R9 R9 R9", .value = 9);
	check("refused_raises_are_counted",
	      event_of(EVENTS_Atomic).refused == before + 1, "1", "%lld",
	      (long long)(event_of(EVENTS_Atomic).refused - before));
	take(id);
	id = put(EVENTS_Needed, DISP_NEST, NUMBER(1) | RESULT(9));
	sees("refused_raise_that_needs_a_result", Needed, 9,
	     "1 1 1 1 R-35 R9 R9 R9", .value = 9);
	take(id);
	before = event_of(EVENTS_And).refused;
	id = put(EVENTS_And, DISP_NEST, NUMBER(1) | RESULT(9));
	sees("event_that_is_not_to_nest_in_itself", And, 9, "1 R77", .value = 9);
	check("that_is_counted", event_of(EVENTS_And).refused == before + 1, "1",
	      "%lld", (long long)(event_of(EVENTS_And).refused - before));
	take(id);
}

/* ---- ten thousand ---- */

#define MANY	10000

static void many_by_key(void)
{
	__u64 first = 0, id, before;
	double begin = now(), took;
	int i;

	for (i = 0; i < MANY; i++) {
		id = put(EVENTS_Atomic, DISP_PLAIN, NUMBER(i),
			 .match = { EVENTS_KEY_A, 0, { i } });
		first = first ?: id;
	}
	took = now() - begin;
	printf("# %d bindings with a key installed in %.2f s\n", MANY, took);
	check("ten_thousand_are_listed", event_of(EVENTS_Atomic).bindings == MANY,
	      "10000", "%u", event_of(EVENTS_Atomic).bindings);
	for (i = 0; i < MANY; i += 997) {
		char ran[16];

		snprintf(ran, sizeof(ran), "%d", i);
		raise_event(EVENTS_Atomic, (struct call){ .a = i }, &seen);
		if (seen.count != 1 || strcmp(numbers(), ran))
			break;
	}
	check("one_of_ten_thousand_runs", i >= MANY, "that with the key",
	      "for key %d: '%s'", i, numbers());
	sees("none_of_ten_thousand_runs", Atomic, 0, "", .a = MANY);
	before = binding_of(first + 5000).run;
	sees("binding_5000_runs", Atomic, 0, "5000", .a = 5000);
	check("and_counts", binding_of(first + 5000).run == before + 1, "1 more",
	      "%lld more", (long long)(binding_of(first + 5000).run - before));
	begin = now();
	/* some one by one, each of which waits; then the rest at once */
	for (i = 0; i < MANY; i += 500)
		take(first + i);
	sees("removed_one_is_gone", Atomic, 0, "", .a = 3000);
	sees("its_neighbour_is_not", Atomic, 0, "3001", .a = 3001);
	expect("remove_the_rest", removed(first, MANY), 0);
	printf("# removed in %.2f s\n", now() - begin);
	check("none_is_left", !event_of(EVENTS_Atomic).bindings, "0", "%u",
	      event_of(EVENTS_Atomic).bindings);
}

static void many_plain(void)
{
	double begin = now();
	__u64 id, last;
	__u32 i;

	id = put(EVENTS_Sleepable, DISP_LIGHT, NUMBER(1), .count = MANY);
	last = put(EVENTS_Sleepable, DISP_PLAIN, NUMBER(2) | RESULT(3));
	printf("# %d at once installed in %.2f s\n", MANY, now() - begin);
	raise_event(EVENTS_Sleepable, (struct call){}, &seen);
	for (i = 0; i < MANY && DISP_NOTE_NUMBER(seen.notes[i]) == 1; i++)
		;
	check("ten_thousand_run", seen.count == MANY + 1 && i == MANY &&
	      DISP_NOTE_NUMBER(seen.notes[MANY]) == 2 && seen.result == 3,
	      "10000, then the last", "%u ran, the first %u in order", seen.count,
	      i);
	refused("more_than_a_raise_may_take", -EDQUOT, "Events.Sleepable instructions",
		EVENTS_Sleepable, DISP_PLAIN, NUMBER(1), .count = MANY);
	take(last);
	expect("remove_ten_thousand", removed(id, MANY), 0);
	sees("nothing_runs", Sleepable, 0, "");
}

/* One raise with something in each key field, for those who trace. */
static int raise_one(void)
{
	__u64 id = put(EVENTS_Atomic, DISP_PLAIN, NUMBER(1));

	sees("it_was_raised", Atomic, 0, "1", .a = 1, .b = 2, .c = 3, .d = 4,
	     .value = 5);
	take(id);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return strcmp(argv[1], "raise") ? 2 : raise_one();
	results();
	guards();
	post_guards();
	closures();
	activity();
	order();
	order_with_new_ranks();
	reserved_ends();
	cancel();
	filters();
	folds();
	matches();
	queries();
	install_by_handler();
	intrinsic_handler();
	authority();
	nesting();
	many_by_key();
	many_plain();
	return 0;
}
