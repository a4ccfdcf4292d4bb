// SPDX-License-Identifier: GPL-2.0
/*
 * The linker: which names resolve for whom. By raw steps, so that libspin does
 * not help either side.
 */
#include <pthread.h>

#include "raw.h"

static const char *const interfaces[] = {
	"Console", "Dispatcher", "Udp", "FrameBuffer", "File", "Socket", "Clock",
};
#define NR_INTERFACES (sizeof(interfaces) / sizeof(interfaces[0]))

/* Templates of extension links, the program of each, and whose function it calls. */
static const struct link_case {
	const char *template, *program, *interface, *function;
} cases[] = {
	{ "by_console", "Console__write", "Console", "spin_console_write" },
	{ "by_dispatcher", "Dispatcher__ask", "Dispatcher", "spin_is_installed" },
	{ "by_udp", "Udp__reply", "Udp", "spin_udp_reply" },
	{ "by_framebuffer", "Display__ask", "FrameBuffer",
	  "spin_framebuffer_geometry" },
	{ "by_file", "File__size", "File", "spin_file_size" },
	{ "by_socket", "Socket__send", "Socket", "spin_socket_send" },
};
#define NR_CASES (sizeof(cases) / sizeof(cases[0]))

static char log_text[1 << 16];

/* Loads one template and its program; the object, or NULL with @ret. */
static struct bpf_object *load_one(const char *template, int *ret)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .kernel_log_buf = log_text,
		    .kernel_log_size = sizeof(log_text), .kernel_log_level = 1);
	struct bpf_object *object =
		bpf_object__open_file(object_path("domain/use/links"), &opts);
	struct bpf_map *map;

	if (!object)
		give_up("cannot open extension links");
	/* What no template that is made has in it libbpf does not load. */
	bpf_object__for_each_map(map, object)
		if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS)
			bpf_map__set_autocreate(map, !strcmp(bpf_map__name(map),
							     template));
	log_text[0] = '\0';
	*ret = bpf_object__load(object);
	if (!*ret)
		return object;
	bpf_object__close(object);
	return NULL;
}

/* A new, entered extension that imports all but one interface (NULL: all). */
static int ext_without(const char *name, const char *interface)
{
	int ext = ext_create(name);

	if (ext < 0)
		give_up("no extension: %s", said(ext));
	for (size_t i = 0; i < NR_INTERFACES; i++)
		if ((!interface || strcmp(interfaces[i], interface)) &&
		    ext_import(ext, interfaces[i]))
			give_up("cannot import %s", interfaces[i]);
	if (ext_enter(ext))
		give_up("cannot enter");
	return ext;
}

/* Denied, with a sentence that says all there is to know. */
static void denied(const struct link_case *c)
{
	char name[96], sentence[256];
	struct bpf_object *object;
	int ext = ext_without("links", c->interface), ret;
	const char *verdict;

	snprintf(name, sizeof(name), "%s_is_denied_to_who_does_not_import_%s",
		 c->function, c->interface);
	snprintf(sentence, sizeof(sentence),
		 "program '%s' calls %s() of interface %s, which extension 'links' does not import; add SPIN_IMPORT(%s)",
		 c->program, c->function, c->interface, c->interface);
	object = load_one(c->template, &ret);
	verdict = ext_verdict(ext);
	check(name, !object && ret == -EACCES && !strcmp(verdict, sentence),
	      sentence, "%s: %s", said(ret), verdict);
	if (object)
		bpf_object__close(object);
	close(ext);
}

/* Importing it is all that was missing. */
static void allowed(const struct link_case *c)
{
	struct bpf_object *object;
	int ext = ext_without("links", NULL), ret;
	char name[96];

	snprintf(name, sizeof(name), "%s_resolves_for_who_imports_%s",
		 c->function, c->interface);
	object = load_one(c->template, &ret);
	check(name, object, "it loads", "%s: %s", said(ret), ext_verdict(ext));
	if (object)
		bpf_object__close(object);
	close(ext);
}

/* No extension is entered: not by anybody, or not by this thread. */
static bool resolves_outside(const struct link_case *c)
{
	struct bpf_object *object;
	int ret;

	object = load_one(c->template, &ret);
	if (object)
		bpf_object__close(object);
	return object;
}

static void outside_nothing_resolves(void)
{
	for (size_t i = 0; i < NR_CASES; i++) {
		char name[96];

		snprintf(name, sizeof(name), "%s_is_denied_outside_of_a_domain",
			 cases[i].function);
		check(name, !resolves_outside(&cases[i]), "a refusal",
		      "it was loaded");
	}
}

static void *outside_thread(void *arg)
{
	int *count = arg;

	for (size_t i = 0; i < NR_CASES; i++)
		*count += resolves_outside(&cases[i]);
	return NULL;
}

/* Another thread of the process is in the extension, and has all imports. */
static void beside_the_one_who_entered(void)
{
	int ext = ext_without("links", NULL), count = 0;
	pthread_t thread;

	if (pthread_create(&thread, NULL, outside_thread, &count))
		give_up("no thread");
	pthread_join(thread, NULL);
	check("other_threads_are_outside_of_the_domain", !count, "0 resolve",
	      "%d do", count);
	close(ext);
}

/* Left, committed or closed: it is not entered any more. */
static void after_it_was_left(void)
{
	int ext = ext_without("links", NULL);

	ext_leave(ext);
	check("who_has_left_is_outside_of_the_domain",
	      !resolves_outside(&cases[0]), "a refusal", "it was loaded");
	close(ext);
	ext = ext_without("links", NULL);
	close(ext);
	check("who_closed_it_is_outside_of_the_domain",
	      !resolves_outside(&cases[0]), "a refusal", "it was loaded");
}

/* The checker asks again, of the domain that binds. */
static void verified_here_bound_there(const struct link_case *c)
{
	int rich = ext_without("rich", NULL), poor, map, other, link, ret;
	struct bpf_object *object = load_one(c->template, &ret);
	struct raw_value value;
	char name[96];

	if (!object)
		give_up("%s is refused: %s", c->program, ext_verdict(rich));
	other = raw_map(map_fd(object, c->template));
	value = raw_template(0, program_fd(object, c->program), "others");
	if (strstr(c->template, "file"))
		value.period_us = 1000000;
	if (raw_update(other, &value))
		give_up("cannot fill a template: %s", ext_verdict(rich));
	ext_leave(rich);
	poor = ext_without("poor", c->interface);
	snprintf(name, sizeof(name), "%s_verified_in_one_domain_and_bound_in_another",
		 c->function);
	/* The template is poor's own, made and filled while it is entered. */
	map = raw_map(map_fd(object, c->template));
	link = raw_bind(map, 0, program_fd(object, c->program), "borrowed");
	check(name, link == -EACCES && strstr(ext_verdict(poor), c->interface),
	      "EACCES, and a sentence with the interface", "%s: %s", said(link),
	      ext_verdict(poor));
	if (link >= 0)
		close(link);
	close(map);
	/* Nor can it attach the template that was made in the other. */
	link = raw_link(other);
	check("template_of_another_domain_is_refused", link == -EPERM, "EPERM",
	      "%s", said(link));
	if (link >= 0)
		close(link);
	close(other);
	close(poor);
	bpf_object__close(object);
	close(rich);
}

int main(void)
{
	struct census before = census();

	libbpf_set_print(quiet);
	for (size_t i = 0; i < NR_CASES; i++)
		denied(&cases[i]);
	for (size_t i = 0; i < NR_CASES; i++)
		allowed(&cases[i]);
	outside_nothing_resolves();
	beside_the_one_who_entered();
	after_it_was_left();
	verified_here_bound_there(&cases[0]);
	verified_here_bound_there(&cases[1]);
	verified_here_bound_there(&cases[4]);
	nothing_left("linker_leaves_nothing", &before);
	return 0;
}
