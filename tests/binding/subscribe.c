// SPDX-License-Identifier: GPL-2.0
/*
 * Subscribers of the example per-subscriber.
 *
 * usage: subscribe PORT COUNT     they come, are served, and one leaves; it must
 *                                 have been loaded with a long lease
 *        subscribe PORT expire    one stays, two do not; with a lease of LEASE_MS
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <time.h>
#include <sys/socket.h>

#include "raw.h"

#define COUNT_MAX	300
#define PLACES		256
#define LEASE_MS	3000

static int port;

static int subscriber(void)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (void *)&to, sizeof(to)))
		give_up("socket");
	return fd;
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Send @text: does it come back within @ms? Answers to earlier ones may, too. */
static bool answered(int fd, const char *text, int ms)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	long left, end = now_ms() + ms;
	char in[128];

	if (send(fd, text, strlen(text), 0) < 0)
		give_up("send");
	while ((left = end - now_ms()) > 0 && poll(&pollfd, 1, left) == 1) {
		ssize_t n = recv(fd, in, sizeof(in), MSG_DONTWAIT);

		if (n == (ssize_t)strlen(text) && !memcmp(in, text, n))
			return true;
	}
	return false;
}

/* Bindings that were made at run time, and what the last one of them matches. */
static int bindings(struct spin_ioc_binding_next *last, bool *distinct)
{
	struct spin_ioc_binding_next binding = {};
	static __u64 closures[COUNT_MAX];
	int n = 0;

	*distinct = true;
	while (!ioctl(spin_device(), SPIN_IOC_BINDING_NEXT, &binding)) {
		if (strcmp(binding.ext, "per-subscriber") || !binding.slot)
			continue;
		for (int i = 0; i < n && i < COUNT_MAX; i++)
			*distinct &= closures[i] != binding.closure;
		if (n < COUNT_MAX)
			closures[n] = binding.closure;
		n++;
		*last = binding;
	}
	return n;
}

static bool bindings_are(int count)
{
	struct spin_ioc_binding_next last;
	bool distinct;

	return bindings(&last, &distinct) == count;
}

static void come(int *fds, int count)
{
	int taken = 0;

	for (int i = 0; i < count; i++) {
		fds[i] = subscriber();
		taken += answered(fds[i], "SUBSCRIBE", 5000);
	}
	check("requests_are_taken_down", taken == count, said(count), "%d", taken);
}

static void serve(int *fds, int count)
{
	struct spin_ioc_binding_next last = {};
	bool distinct;
	int served = 0;
	char text[32];

	check("each_has_a_binding", wait_for(bindings_are(count), 60),
	      said(count), "%d", bindings(&last, &distinct));
	bindings(&last, &distinct);
	check("with_a_closure_of_its_own", distinct, "all different", "not so");
	check("and_a_match", last.match.fields == 7 &&
	      last.match.value[0] == (__u64)port &&
	      last.match.value[2] == htonl(INADDR_LOOPBACK),
	      "port, source port, source address", "fields %x: %lld %lld %llx",
	      last.match.fields, (long long)last.match.value[0],
	      (long long)last.match.value[1], (long long)last.match.value[2]);
	for (int i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "datagram of %d", i);
		served += answered(fds[i], text, 5000);
	}
	check("each_is_served", served == count, said(count), "%d", served);
	bindings(&last, &distinct);
	check("by_its_own_handler", last.run == 1, "1 run of each", "%lld",
	      (long long)last.run);
}

static void stay_and_leave(int count)
{
	struct spin_ioc_binding_next last;
	int fds[COUNT_MAX], stranger = subscriber();
	bool distinct;

	check("strangers_are_not_answered", !answered(stranger, "hello", 200),
	      "nothing", "an answer");
	come(fds, count);
	serve(fds, count);
	check("a_second_subscription_renews", answered(fds[0], "SUBSCRIBE", 5000) &&
	      answered(fds[0], "again", 5000) && bindings_are(count), said(count),
	      "%d bindings", bindings(&last, &distinct));
	check("strangers_are_still_not_answered",
	      !answered(stranger, "hello", 200), "nothing", "an answer");

	check("leaving_is_taken_down", answered(fds[0], "LEAVE", 5000), "LEAVE",
	      "nothing");
	check("those_who_leave_have_none", wait_for(bindings_are(count - 1), 20),
	      said(count - 1), "%d", bindings(&last, &distinct));
	check("and_is_not_served", !answered(fds[0], "hello", 200), "nothing",
	      "an answer");
	check("others_are", answered(fds[1], "hello", 5000), "hello", "nothing");
	check("who_came_again_is_served",
	      answered(fds[0], "SUBSCRIBE", 5000) &&
	      wait_for(answered(fds[0], "hello", 200), 20), "hello", "nothing");
}

/* The closure of the subscriber that sends by @fd; 0: nothing is installed for it. */
static __u64 closure_of(int fd)
{
	struct spin_ioc_binding_next binding = {};
	struct sockaddr_in own;
	socklen_t len = sizeof(own);

	if (getsockname(fd, (void *)&own, &len))
		give_up("getsockname");
	while (!ioctl(spin_device(), SPIN_IOC_BINDING_NEXT, &binding))
		if (!strcmp(binding.ext, "per-subscriber") && binding.slot &&
		    binding.match.value[1] == ntohs(own.sin_port))
			return binding.closure;
	return 0;
}

/*
 * One of three comes again and again, until the two that are silent expire: does
 * it keep the same binding? @silence is the longest time, in milliseconds, that
 * nothing was heard of it: on a busy host it may expire, too.
 */
static bool one_stays(long *silence)
{
	long heard = now_ms(), end = heard + 60000;
	__u64 closure;
	bool stayed;
	int fds[3];

	come(fds, 3);
	wait_for(bindings_are(3), 20);
	closure = closure_of(fds[0]);
	*silence = now_ms() - heard;
	do {
		bool again = answered(fds[0], "SUBSCRIBE", 100);
		long now = now_ms();

		if (now - heard > *silence)
			*silence = now - heard;
		if (again)
			heard = now;
		nap(50);
	} while ((closure_of(fds[1]) || closure_of(fds[2])) && now_ms() < end);
	check("the_silent_expire", !closure_of(fds[1]) && !closure_of(fds[2]),
	      "both", "not so");
	stayed = closure && closure_of(fds[0]) == closure;
	if (now_ms() - heard > *silence)
		*silence = now_ms() - heard;
	for (int i = 0; i < 3; i++)
		close(fds[i]);
	return stayed;
}

static void expire(void)
{
	struct spin_ioc_binding_next last;
	bool distinct, stayed;
	long silence;
	int tries = 0;

	do {
		stayed = one_stays(&silence);
		check("at_the_end_all_are_gone", wait_for(bindings_are(0), 60),
		      "0", "%d", bindings(&last, &distinct));
	} while (!stayed && silence > LEASE_MS / 2 && ++tries < 10);
	check("the_other_does_not", stayed, "the same binding",
	      "another or none, %ld ms after a request", silence);
}

int main(int argc, char **argv)
{
	int count = argc > 2 ? atoi(argv[2]) : 0;

	if (argc != 3)
		give_up("usage: subscribe PORT COUNT|expire");
	port = atoi(argv[1]);
	if (!strcmp(argv[2], "expire"))
		expire();
	else if (count < 2 || count > PLACES)
		give_up("2 to %d subscribers", PLACES);
	else
		stay_and_leave(count);
	return 0;
}
