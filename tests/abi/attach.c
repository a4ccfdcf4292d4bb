// SPDX-License-Identifier: GPL-2.0
/*
 * Attaching struct_ops templates by hand, in the ways that libspin never would.
 */
#include <sys/utsname.h>

#include "raw.h"

static void attach_needs_an_entered_extension(void)
{
	struct census before = census();
	struct fixture f;
	int ext, link;

	ext = fixture_ext("outside", &f);
	if (ext < 0)
		give_up("no extension: %s", said(ext));
	ext_leave(ext);
	link = raw_bind(f.by_port, f.guard, f.count, "by_port");
	expect("attach_outside_of_an_extension_is_refused", link, -EPERM);
	if (link >= 0)
		close(link);
	fixture_drop(&f);
	close(ext);
	nothing_left("attach_outside_of_an_extension_leaves_nothing", &before);
}

static void load_needs_an_entered_extension(void)
{
	struct census before = census();
	struct fixture f;
	int ret = fixture_load(&f);

	/* The verifier may let it through; binding it may not be possible. */
	if (!ret) {
		int link = raw_bind(f.by_port, f.guard, f.count, "by_port");

		expect("plain_libbpf_is_refused", link, -EPERM);
		if (link >= 0)
			close(link);
	} else {
		ok("plain_libbpf_is_refused");
	}
	fixture_drop(&f);
	nothing_left("plain_libbpf_leaves_nothing", &before);
}

static void second_attach_is_refused(void)
{
	struct census before = census();
	struct fixture f;
	int ext = fixture_ext("twice", &f), first, second;

	first = raw_bind(f.by_port, f.guard, f.count, "by_port");
	check("template_attaches", first >= 0, "a link", "%s: %s", said(first),
	      ext_verdict(ext));
	second = raw_link(f.by_port);
	check("second_attach_of_a_template_is_refused", second < 0, "an error",
	      "link %d", second);
	if (first >= 0)
		close(first);
	if (second >= 0)
		close(second);
	fixture_drop(&f);
	close(ext);
	nothing_left("second_attach_leaves_nothing", &before);
}

/* Templates filled with the programs of other members and other events. */
static void wrong_programs_are_refused(void)
{
	struct census before = census();
	struct fixture f;
	int ext = fixture_ext("wrong-program", &f);
	const struct {
		const char *name;
		int guard, handler;
	} cases[] = {
		{ "handler_of_another_event_is_refused", 0, f.tick },
		{ "guard_as_handler_is_refused", 0, f.guard },
		{ "handler_as_guard_is_refused", f.count, f.count },
		{ "handler_of_another_event_as_guard_is_refused", f.tick, f.count },
		{ "map_as_handler_is_refused", 0, f.by_port },
		{ "closed_descriptor_is_refused", 0, 999 },
		{ "device_as_handler_is_refused", 0, spin_device() },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int map = raw_map(f.by_port);
		struct raw_value value =
			raw_template(cases[i].guard, cases[i].handler, "wrong");
		int ret = raw_update(map, &value);

		check(cases[i].name, ret < 0, "an error", "it was taken");
		close(map);
	}
	/* A first member that is good, and a second that is not. */
	{
		struct raw_value value = raw_template(f.guard, f.tick, "half");
		int map = raw_map(f.by_port);
		int ret = raw_update(map, &value);

		check("second_member_failing_is_refused", ret < 0, "an error",
		      "it was taken");
		/* And the same map can still be filled with what is right. */
		ret = raw_bind(map, f.guard, f.count, "after");
		check("template_can_be_filled_after_a_failure", ret >= 0,
		      "a link", "%s: %s", said(ret), ext_verdict(ext));
		if (ret >= 0)
			close(ret);
		close(map);
	}
	fixture_drop(&f);
	close(ext);
	nothing_left("wrong_programs_leave_nothing", &before);
}

/* No callback tells a module that such a map is freed. */
static void unattached_templates_hold_nothing(int times)
{
	struct census before = census();
	struct fixture f;
	int ext = fixture_ext("unattached", &f), bad = 0, ret = 0;

	for (int i = 0; i < times && !bad; i++) {
		struct raw_value value = raw_template(f.guard, f.count, "idle");
		int map = raw_map(f.by_port);

		ret = raw_update(map, &value);
		if (ret)
			bad++;
		close(map);
	}
	check("templates_that_are_never_attached_load", !bad,
	      "every update succeeds", "%s", said(ret));
	fixture_drop(&f);
	close(ext);
	nothing_left("templates_that_are_never_attached_leave_nothing", &before);
}

/*
 * Linux 7.3's verifier itself dereferences NULL (btf_type_skip_modifiers() in
 * check_return_code()) when root loads an freplace program for a function of
 * any struct_ops program: that cannot be tried there.
 */
static bool freplace_crashes(void)
{
	struct utsname name;

	return uname(&name) || atoi(name.release) >= 7;
}

static void replaced_functions_are_refused(void)
{
	struct census before = census();
	struct bpf_object *object;
	struct bpf_program *prog;
	struct fixture f;
	int ext, link, replaced;

	if (freplace_crashes()) {
		skip("freplace_of_a_bound_handler_is_refused",
		     "this kernel's verifier crashes on it");
		return;
	}
	ext = fixture_ext("replaced", &f);

	/* Bound first: it cannot be replaced any more. */
	link = raw_bind(f.by_port, f.guard, f.count, "by_port");
	if (link < 0)
		give_up("cannot bind the fixture: %s", ext_verdict(ext));
	object = bpf_object__open(object_path("abi/use/replace"));
	prog = object ? bpf_object__next_program(object, NULL) : NULL;
	if (!prog)
		give_up("no extension replace");
	bpf_program__set_attach_target(prog, f.count, "weigh");
	if (bpf_object__load(object)) {
		ok("freplace_of_a_bound_handler_is_refused");
	} else {
		replaced = result(bpf_link_create(bpf_program__fd(prog), f.count,
						  0, NULL));
		if (replaced < 0)
			replaced = result(bpf_raw_tracepoint_open(
				NULL, bpf_program__fd(prog)));
		check("freplace_of_a_bound_handler_is_refused", replaced < 0,
		      "an error", "link %d", replaced);
		if (replaced >= 0)
			close(replaced);
	}
	bpf_object__close(object);
	close(link);
	fixture_drop(&f);
	close(ext);
	nothing_left("freplace_of_a_bound_handler_leaves_nothing", &before);

	/* Replaced first: it cannot be bound. */
	ext = fixture_ext("replaced", &f);
	object = bpf_object__open(object_path("abi/use/replace"));
	prog = object ? bpf_object__next_program(object, NULL) : NULL;
	if (!prog)
		give_up("no extension replace");
	bpf_program__set_attach_target(prog, f.count, "weigh");
	if (bpf_object__load(object)) {
		skip("replaced_handler_is_refused",
		     "this kernel refuses freplace of struct_ops programs");
	} else {
		replaced = result(bpf_raw_tracepoint_open(NULL,
							  bpf_program__fd(prog)));
		if (replaced < 0) {
			skip("replaced_handler_is_refused",
			     "cannot replace a function: %s", said(replaced));
		} else {
			link = raw_bind(f.by_port, f.guard, f.count, "by_port");
			check("replaced_handler_is_refused", link < 0,
			      "an error", "link %d", link);
			if (link >= 0)
				close(link);
			close(replaced);
		}
	}
	bpf_object__close(object);
	fixture_drop(&f);
	close(ext);
	nothing_left("replaced_handler_leaves_nothing", &before);
}

/*
 * No handler can tail-call, so a program array with a handler in it leads
 * nowhere; but it must not confuse the counts that keep freplace away.
 */
static void program_arrays_change_nothing(void)
{
	struct census before = census();
	struct fixture f;
	int ext = fixture_ext("tail-target", &f), link, array;
	__u32 zero = 0;

	array = bpf_map_create(BPF_MAP_TYPE_PROG_ARRAY, "array", 4, 4, 1, NULL);
	for (int i = 0; i < 3; i++) {
		int map = raw_map(f.by_port);

		link = raw_bind(map, f.guard, f.count, "by_port");
		check("handler_of_a_program_array_binds", link >= 0, "a link",
		      "%s: %s", said(link), ext_verdict(ext));
		bpf_map_update_elem(array, &zero, &f.count, 0);
		if (i % 2)
			bpf_map_delete_elem(array, &zero);
		close(link);
		close(map);
	}
	close(array);
	fixture_drop(&f);
	close(ext);
	nothing_left("program_arrays_leave_nothing", &before);
}

/* Root may detach any link: the handler stops, and the unload still works. */
static void detached_link_stops_the_handler(void)
{
	struct census before = census();
	struct spin_ioc_binding_next binding;
	struct fixture f;
	int ext = fixture_ext("detached", &f), link, ret;
	__u64 runs;

	link = raw_bind_tick(f.by_time, f.tick, 2000, "by_time");
	if (link < 0)
		give_up("cannot bind: %s", ext_verdict(ext));
	ret = ext_commit(ext);
	expect("commit_by_hand", ret, 0);
	check("committed_handler_runs",
	      wait_for(!binding_find("detached", "by_time", &binding) &&
		       binding.run > 2, 5),
	      "more than 2 runs", "%llu", binding.run);
	ret = result(bpf_link_detach(link));
	if (ret) {
		check("detach_of_a_link", ret == -EOPNOTSUPP || ret == -EPERM,
		      "0, EOPNOTSUPP or EPERM", "%s", said(ret));
	} else if (!binding_find("detached", "by_time", &binding)) {
		runs = binding.run;
		nap(30);
		binding_find("detached", "by_time", &binding);
		check("detached_handler_stops", binding.run == runs,
		      "no further run", "%llu further runs", binding.run - runs);
	} else {
		ok("detached_handler_stops");
	}
	close(link);
	fixture_drop(&f);
	close(ext);
	expect("unload_after_detach", ext_unload("detached", 0), 0);
	nothing_left("detached_link_leaves_nothing", &before);
}

/* After the commit nothing can be added by a descriptor that is still open. */
static void committed_extension_is_closed(void)
{
	struct spin_ioc_ext_grant grant = {
		.kind = SPIN_CAP_FILE, .name = "late",
		.flags = SPIN_GRANT_LATE,
	};
	struct census before = census();
	struct fixture f;
	int ext = fixture_ext("closed", &f), link, late, map;

	link = raw_bind(f.by_port, f.guard, f.count, "by_port");
	if (link < 0)
		give_up("cannot bind: %s", ext_verdict(ext));
	expect("commit", ext_commit(ext), 0);
	expect("second_commit_is_refused", ext_commit(ext), -EBUSY);
	expect("import_after_commit_is_refused", ext_import(ext, "File"), -EBUSY);
	expect("grant_after_commit_is_refused",
	       ioctl(ext, SPIN_IOC_EXT_GRANT, &grant) < 0 ? -errno : 0, -EBUSY);
	map = raw_map(f.by_port);
	late = raw_bind(map, f.guard, f.count, "late");
	close(map);
	check("attach_after_commit_is_refused", late < 0, "an error", "link %d",
	      late);
	/* The link is the kernel's now: closing ours must not detach it. */
	close(link);
	fixture_drop(&f);
	close(ext);
	{
		struct spin_ioc_binding_next binding;

		check("extension_outlives_its_loader",
		      !binding_find("closed", "by_port", &binding) &&
		      binding.active, "an active binding", "none");
	}
	expect("unload", ext_unload("closed", 0), 0);
	expect("unload_of_what_is_gone", ext_unload("closed", 0), -ENOENT);
	nothing_left("committed_extension_leaves_nothing", &before);
}

/* Unload while another process holds a program says so, and is done later. */
static void held_program_times_out(void)
{
	struct census before = census();
	struct fixture f;
	int ext = fixture_ext("held", &f), link, ret;

	link = raw_bind(f.by_port, f.guard, f.count, "by_port");
	if (link < 0 || ext_commit(ext))
		give_up("cannot load: %s", ext_verdict(ext));
	ret = ext_unload("held", 200);	/* our descriptors hold the programs */
	check("unload_with_held_programs_times_out",
	      ret == -ETIMEDOUT || ret == 0, "ETIMEDOUT, or 0 if none of the "
	      "programs holds the module", "%s", said(ret));
	expect("held_extension_is_gone_all_the_same", ext_unload("held", 0),
	       -ENOENT);
	close(link);
	fixture_drop(&f);
	close(ext);
	nothing_left("held_program_leaves_nothing", &before);
}

int main(int argc, char **argv)
{
	libbpf_set_print(quiet);
	attach_needs_an_entered_extension();
	load_needs_an_entered_extension();
	second_attach_is_refused();
	wrong_programs_are_refused();
	replaced_functions_are_refused();
	program_arrays_change_nothing();
	detached_link_stops_the_handler();
	committed_extension_is_closed();
	held_program_times_out();
	unattached_templates_hold_nothing(argc > 1 ? atoi(argv[1]) : 500);
	return 0;
}
