// SPDX-License-Identifier: GPL-2.0
/*
 * per-subscriber - a handler for each subscriber, installed when they come and
 * uninstalled when they go.
 *
 * Udp.PacketArrived may not sleep: its handler "requests" only notes the
 * requests, in a queue. Clock.Tick may: it installs, for each new subscriber,
 * a binding from the template "subscriber", with a match on the subscriber's
 * address, so that a datagram finds its handler by hash, however many there are,
 * and with a closure, by which the handler knows whom it serves.
 */
#include <spin/bpf/spin.h>
#include <spin/bpf/clock.h>
#include <spin/bpf/dispatcher.h>
#include <spin/bpf/udp.h>

SPIN_EXTENSION("per-subscriber");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Udp);
SPIN_IMPORT(Clock);
SPIN_IMPORT(Dispatcher);

SPIN_SETTING(__u16, port, 7100);
SPIN_SETTING(__u32, lease_s, 30);	/* without a datagram, till one is gone */

#define SUBSCRIBERS	256		/* a power of two */
#define REQUESTS	32		/* looked at in one tick */
#define TICK_US		10000
#define TICKS_PER_SWEEP	25
#define SEC_NS		1000000000ULL
#define LEASE_MAX	86400		/* seconds */
#define EINVAL		22

/* `spinctl ext show` does not show these. */
#define private static __attribute__((used))

/* `spinctl ext show per-subscriber` prints these. */
__u64 subscribed;	/* bindings installed */
__u64 renewed;
__u64 left;		/* uninstalled: they said so */
__u64 expired;		/* uninstalled: nothing was heard of them */
__u64 now;		/* subscribers there are */
__u64 served;		/* datagrams answered, of all */
__u64 strangers;	/* datagrams of others, dropped */
__u64 overflowed;	/* requests dropped: the queue was full */
__u64 refused;		/* requests dropped: the sender may be a service */
__u64 full;		/* requests refused: so was the table */
__u64 failed;		/* bindings that could not be installed or removed */
__u64 most_served;	/* answered to the busiest subscriber that went */

struct request {
	__be32 addr;
	__u16 port;
	__u16 leave;
};

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 512);
	__type(value, struct request);
} queue SEC(".maps");

/**
 * struct subscriber - one place of the table
 * @number: closure of the binding; 0: the place is free. Never used again, so
 *	that a raise still on its way to the last tenant's handler finds out
 * @id: id of the binding
 * @turns: how many have had the place
 * @seen_ns: when the subscriber was heard of last
 * @served: datagrams answered
 * @addr: where the subscriber's datagrams come from
 * @port: and from which port
 * @reserved: nothing; it keeps the size a multiple of eight
 *
 * The tick owns the table; handlers write @seen_ns and @served.
 */
struct subscriber {
	__u64 number;
	__u64 id;
	__u64 turns;
	__u64 seen_ns;
	__u64 served;
	__be32 addr;
	__u16 port;
	__u16 reserved;
};

private struct subscriber table[SUBSCRIBERS];

/* ---- loading ---- */

SPIN_HANDLER(check_settings, struct spin_initialize *init)
{
	char no_port[] = "port must be 1 to 65535";
	char no_lease[] = "lease_s must be 1 to 86400 seconds";

	if (!port) {
		spin_refuse(init, no_port, sizeof(no_port));
		return -EINVAL;
	}
	if (!lease_s || lease_s > LEASE_MAX) {
		spin_refuse(init, no_lease, sizeof(no_lease));
		return -EINVAL;
	}
	return 0;
}

SPIN_BIND(Domain_Initialize, settings,
	.handler = check_settings);

/* ---- Udp.PacketArrived ---- */

SPIN_GUARD(to_port, struct spin_udp_packet *pkt)
{
	return pkt->dport == port;
}

static __always_inline bool says(const __u8 *text, const char *word, int len)
{
#pragma unroll
	for (int i = 0; i < len; i++)
		if (text[i] != (__u8)word[i])
			return false;
	return true;
}

#define SAYS(PKT, WORD)							\
({									\
	const __u8 *text_ = spin_udp_data(PKT, 0, sizeof(WORD) - 1);	\
	text_ && says(text_, WORD, sizeof(WORD) - 1);			\
})

SPIN_GUARD(is_request, struct spin_udp_packet *pkt)
{
	return SAYS(pkt, "SUBSCRIBE") || SAYS(pkt, "LEAVE");
}

/* A service's port, or our own: two of us would answer each other for ever. */
static __always_inline bool is_service(const struct spin_udp_packet *pkt)
{
	return pkt->sport < 1024 || pkt->sport == port;
}

SPIN_HANDLER(take_down, struct spin_udp_packet *pkt)
{
	struct request request = {
		.addr = pkt->saddr,
		.port = pkt->sport,
		.leave = SAYS(pkt, "LEAVE"),
	};

	if (is_service(pkt)) {
		__sync_fetch_and_add(&refused, 1);
		return SPIN_DROP;
	}
	if (bpf_map_push_elem(&queue, &request, 0)) {
		__sync_fetch_and_add(&overflowed, 1);
		return SPIN_DROP;
	}
	spin_udp_reply(pkt);	/* it has been taken down */
	return SPIN_CONSUME;
}

SPIN_HANDLER(drop, struct spin_udp_packet *pkt)
{
	__sync_fetch_and_add(&strangers, 1);
	return SPIN_DROP;
}

SPIN_BIND(Udp_PacketArrived, requests,
	.guard_fn = to_port, .guard2_fn = is_request,
	.handler = take_down, .order = SPIN_ORDER_FIRST);
SPIN_BIND(Udp_PacketArrived, strangers_end,
	.guard_fn = to_port, .handler = drop,
	.order = SPIN_ORDER_LAST);

/* ---- what each subscriber has one of ---- */

enum slot {
	SUBSCRIBER = 1,
};

SPIN_HANDLER(serve, struct spin_udp_packet *pkt)
{
	__u64 number = pkt->ctx.closure;
	struct subscriber *s = &table[number & (SUBSCRIBERS - 1)];

	if (s->number != number)
		return SPIN_PASS;	/* the subscriber is just going */
	s->seen_ns = bpf_ktime_get_ns();
	if (spin_udp_reply(pkt))
		return SPIN_DROP;
	__sync_fetch_and_add(&s->served, 1);
	__sync_fetch_and_add(&served, 1);
	return SPIN_CONSUME;
}

SPIN_BIND(Udp_PacketArrived, subscriber,
	.slot = SUBSCRIBER, .handler = serve);

/* ---- Clock.Tick ---- */

static void come(struct spin_clock_tick *tick, struct subscriber *s, int place,
		 const struct request *request)
{
	struct spin_install args = {
		.slot = SUBSCRIBER,
		.match = {
			.fields = SPIN_UDP_DPORT | SPIN_UDP_SPORT |
				  SPIN_UDP_SADDR,
			.value = { port, request->port, request->addr },
		},
	};
	__s64 id;

	/* All that the handler needs first: it may run at once. */
	s->turns++;
	s->addr = request->addr;
	s->port = request->port;
	s->seen_ns = tick->now_ns;
	s->served = 0;
	s->number = s->turns * SUBSCRIBERS + place;
	args.closure = s->number;
	id = spin_install(&tick->ctx, &args);
	if (id < 0) {
		s->number = 0;
		failed++;
		return;
	}
	s->id = id;
	subscribed++;
	now++;
}

static void go(struct spin_clock_tick *tick, struct subscriber *s)
{
	if (spin_uninstall(&tick->ctx, s->id))
		failed++;
	if (s->served > most_served)
		most_served = s->served;
	s->number = 0;
	now--;
}

static void answer(struct spin_clock_tick *tick, const struct request *request)
{
	int i, place = -1;

	spin_for(i, 0, SUBSCRIBERS) {
		struct subscriber *s = &table[i];

		if (!s->number) {
			place = place < 0 ? i : place;
			continue;
		}
		if (s->addr != request->addr || s->port != request->port)
			continue;
		if (request->leave) {
			go(tick, s);
			left++;
		} else {
			s->seen_ns = tick->now_ns;
			renewed++;
		}
		return;
	}
	if (request->leave)
		return;
	if (place < 0 || place >= SUBSCRIBERS)
		full++;
	else
		come(tick, &table[place], place, request);
}

static void sweep(struct spin_clock_tick *tick)
{
	int i;

	spin_for(i, 0, SUBSCRIBERS) {
		struct subscriber *s = &table[i];

		/* A datagram may have come since the tick began. */
		if (s->number &&
		    (__s64)(tick->now_ns - s->seen_ns) >
		    (__s64)(lease_s * SEC_NS)) {
			go(tick, s);
			expired++;
		}
	}
}

SPIN_SLEEPABLE_HANDLER(manage, struct spin_clock_tick *tick)
{
	struct request request;
	int i;

	spin_for(i, 0, REQUESTS) {
		if (bpf_map_pop_elem(&queue, &request))
			break;
		answer(tick, &request);
	}
	if (!(tick->tick % TICKS_PER_SWEEP))
		sweep(tick);
	return 0;
}

SPIN_BIND(Clock_Tick, manager,
	.handler = manage, .period_us = TICK_US);
