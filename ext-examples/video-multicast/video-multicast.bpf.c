// SPDX-License-Identifier: GPL-2.0
/*
 * video-multicast - makes one send of video-sender many: to each client that
 * has subscribed to the stream.
 *
 * Its handler of VideoSender.SendPacket takes the place of the sender's own.
 * Udp.PacketArrived takes the requests of clients; it may not sleep, so it only
 * checks them and puts them in queues. VideoSender.Tick, in the source's thread,
 * answers them. Documentation/video.rst has the protocol.
 */
#include <spin/bpf/spin.h>
#include <spin/bpf/console.h>
#include <spin/bpf/socket.h>
#include <spin/bpf/udp.h>
#include <linux/errno.h>
#include "../video-server/text.h"
#include "../video-server/video-protocol.h"
#include "../video-sender/video-sender.h"
#include "../video-source/video-source.h"

SPIN_EXTENSION("video-multicast");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Console);
SPIN_IMPORT(Udp);
SPIN_IMPORT(Socket);
SPIN_IMPORT_PROCEDURE(VideoSender, SendPacket);
SPIN_IMPORT_PROCEDURE(VideoSender, Tick);
SPIN_IMPORT_PROCEDURE(VideoSource, Describe);

SPIN_CAPABILITY(spin_socket_t, net);		/* bound to `port` */

SPIN_SETTING(__u16, port, VIDEO_SERVER_PORT);
SPIN_SETTING(__u32, lease_s, 10);
SPIN_SETTING(__u32, clients, 64);	/* of each format */
SPIN_SETTING(__u32, per_address, 64);	/* of those, from one address */

#define SEC_NS		1000000000ULL
#define CLIENTS		128		/* a table's room */
#define EPOCH_NS	(60 * SEC_NS)	/* a cookie lives for one or two */
#define SWEEP_NS	(SEC_NS / 4)	/* how often leases are looked at */
#define PROVEN_MAX	256		/* requests answered in one call of Tick */
#define STRANGERS_MAX	128

/*
 * `spinctl ext show` does not show these, and the compiler leaves structures whole:
 * BTF has no words for half of one.
 */
#define private static __attribute__((used))

/* Counters; `spinctl ext show video-multicast` prints them. */
__u64 requests;		/* that made sense */
__u64 malformed;	/* that did not, and were dropped */
__u64 overflowed;	/* dropped because a queue was full */
__u64 challenged;	/* asked to prove their address */
__u64 accepted;		/* new subscriptions */
__u64 renewed;
__u64 described;
__u64 left;
__u64 expired;
__u64 refused;		/* all refusals; these five are the reasons: */
__u64 refused_full;
__u64 refused_format;
__u64 refused_port;
__u64 refused_size;
__u64 refused_route;
__u64 ts_clients;	/* now */
__u64 raw_clients;	/* now */
__u64 ts_datagrams;	/* one for each that it was sent to */
__u64 raw_datagrams;
__u64 failed;		/* datagrams a client could not be sent */
__u64 errors;		/* sends that failed for all: the file, or no memory */
__u64 busy;		/* calls refused: another was being served */

/* A request on its way from the packet handler to the tick; host byte order. */
struct request {
	__be32 addr;
	__be32 asked;		/* the address it came to; network byte order */
	__u32 ifindex;		/* the device or VRF that it came by */
	__u16 sport;
	__u16 port;		/* where the stream is to go */
	__u32 nonce;
	__u8 type;
	__u8 format;
	__u16 reserved;
};

/*
 * Clients that have shown that they can read what is sent to their address
 * wait in a queue of their own: a flood from forged addresses cannot crowd
 * them out.
 */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 512);
	__type(value, struct request);
} proven SEC(".maps"), strangers SEC(".maps");

/*
 * The subscribers of one format. Those that get the datagram being sent are
 * the first `sending`, in the shape spin_socket_send() takes; behind them wait
 * those that are to start with the next frame.
 */
struct table {
	struct spin_udp_dest dest[CLIENTS];
	__u64 expires[CLIENTS];
	__u32 count;
	__u32 sending;
};
private struct table ts_table, raw_table;
private struct spin_send burst, answer;
private __u64 next_sweep_ns;
private __u64 secret[2];

/* --- cookies ------------------------------------------------------------- */

#define ROTATE(X, N) (((X) << (N)) | ((X) >> (64 - (N))))
#define SIP_ROUND					\
	do {						\
		v0 += v1; v1 = ROTATE(v1, 13);		\
		v1 ^= v0; v0 = ROTATE(v0, 32);		\
		v2 += v3; v3 = ROTATE(v3, 16);		\
		v3 ^= v2;				\
		v0 += v3; v3 = ROTATE(v3, 21);		\
		v3 ^= v0;				\
		v2 += v1; v1 = ROTATE(v1, 17);		\
		v1 ^= v2; v2 = ROTATE(v2, 32);		\
	} while (0)
#define SIP_WORD(W)					\
	do {						\
		__u64 word = (W);			\
							\
		v3 ^= word;				\
		SIP_ROUND;				\
		SIP_ROUND;				\
		v0 ^= word;				\
	} while (0)

/*
 * A cookie is SipHash-2-4 of all that a subscription depends on, and of the
 * time in minutes. The server keeps nothing for clients that do not come back
 * with it.
 */
static __noinline __u64 cookie_of(const struct request *req, __u64 epoch)
{
	__u64 v0 = secret[0] ^ 0x736f6d6570736575ULL;
	__u64 v1 = secret[1] ^ 0x646f72616e646f6dULL;
	__u64 v2 = secret[0] ^ 0x6c7967656e657261ULL;
	__u64 v3 = secret[1] ^ 0x7465646279746573ULL;
	__u64 hash;

	SIP_WORD((__u64)req->addr | (__u64)req->sport << 32 |
		 (__u64)req->port << 48);
	SIP_WORD(epoch << 8 | req->format);
	SIP_WORD(16ULL << 56);
	v2 ^= 0xff;
	SIP_ROUND;
	SIP_ROUND;
	SIP_ROUND;
	SIP_ROUND;
	hash = v0 ^ v1 ^ v2 ^ v3;
	return hash ? hash : 1;		/* 0 says "no cookie" */
}

/* --- requests: in the softirq -------------------------------------------- */

SPIN_GUARD(to_server, struct spin_udp_packet *pkt)
{
	return pkt->dport == port;
}

/* An address that a datagram can come from, and go back to. */
static __always_inline bool is_unicast(__be32 addr)
{
	__u32 top = bpf_ntohl(addr) >> 24;

	return top && top < 224;
}

SPIN_HANDLER(take_request, struct spin_udp_packet *pkt)
{
	const struct video_request *in;
	struct request req = {};
	__u64 cookie, epoch;
	const __u64 *pad;
	long full;

	in = (const void *)spin_udp_data(pkt, 0, sizeof(*in));
	if (!in || pkt->len != sizeof(*in) || !pkt->sport ||
	    !is_unicast(pkt->saddr))
		goto malformed;
	pad = (const __u64 *)in->pad;
	if (in->magic != bpf_htonl(VIDEO_MAGIC) || in->version != VIDEO_VERSION ||
	    in->zero || in->zero2 || pad[0] || pad[1] || pad[2])
		goto malformed;

	req.addr = pkt->saddr;
	req.asked = pkt->daddr;
	req.ifindex = pkt->ifindex;
	req.sport = pkt->sport;
	req.port = in->port ? bpf_ntohs(in->port) : req.sport;
	req.nonce = bpf_ntohl(in->nonce);
	req.type = in->type;
	req.format = in->format;
	if (req.type < VIDEO_SUBSCRIBE || req.type > VIDEO_DESCRIBE ||
	    req.format < VIDEO_TS || req.format > VIDEO_RAW)
		goto malformed;
	__sync_fetch_and_add(&requests, 1);

	cookie = bpf_be64_to_cpu(in->cookie);
	epoch = bpf_ktime_get_ns() / EPOCH_NS;
	if (cookie && (cookie == cookie_of(&req, epoch) ||
		       cookie == cookie_of(&req, epoch - 1)))
		full = bpf_map_push_elem(&proven, &req, 0);
	else
		full = bpf_map_push_elem(&strangers, &req, 0);
	if (full)
		__sync_fetch_and_add(&overflowed, 1);
	return SPIN_CONSUME;

malformed:
	__sync_fetch_and_add(&malformed, 1);
	return SPIN_DROP;
}

/* --- tables -------------------------------------------------------------- */

static __always_inline void table_move(struct table *table, __u32 to, __u32 from)
{
	to &= CLIENTS - 1;
	from &= CLIENTS - 1;
	table->dest[to] = table->dest[from];
	table->expires[to] = table->expires[from];
}

static __always_inline void table_remove(struct table *table, __u32 i)
{
	/* Those that are sent to now stay in front. */
	if (i < table->sending) {
		table->sending--;
		table_move(table, i, table->sending);
		i = table->sending;
	}
	table->count--;
	table_move(table, i, table->count);
}

static __always_inline void table_sweep(struct table *table, __u64 now)
{
	__u32 n = table->count;
	int i;

	/*
	 * It goes from the end, so the one that takes the place of a removed one was
	 * looked at before.
	 */
	spin_for(i, 0, CLIENTS) {
		__u32 k = n - 1 - i;

		if (i >= n)
			break;
		if (k >= table->count || table->expires[k & (CLIENTS - 1)] > now)
			continue;
		table_remove(table, k);
		expired++;
	}
}

/* --- sending ------------------------------------------------------------- */

/*
 * The tables have one user at a time: the thread that serves a call. A second
 * caller is turned away; it would be a second source.
 */
private __u32 taken;

static __always_inline bool take(void)
{
	if (!__sync_lock_test_and_set(&taken, 1))
		return true;
	__sync_fetch_and_add(&busy, 1);
	return false;
}

static __always_inline void give_back(void)
{
	__sync_lock_test_and_set(&taken, 0);
}

static __always_inline int send_to_all(struct spin_ctx *ctx,
				       const struct VideoSender_SendPacket *in,
				       struct table *table)
{
	__u32 n, datagrams = 1;
	int sent;

	/* Clients that came during the last frame get this one whole. */
	if (in->flags & VIDEO_SENDER_START)
		table->sending = table->count;
	n = table->sending;
	if (!n || n > CLIENTS)
		return 0;
	barrier_var(n);

	burst.file = in->file;
	burst.offset = in->offset;
	burst.len = in->len;
	burst.segment = in->segment;
	burst.header_len = in->header_len;
	if (in->header_len)
		__builtin_memcpy(burst.header, in->header, sizeof(in->header));
	if (in->segment)
		datagrams = (in->len + in->segment - 1) / in->segment;
	sent = spin_socket_send(ctx, &burst, table->dest,
				n * sizeof(table->dest[0]));
	if (sent < 0) {
		errors++;
		return sent;
	}
	failed += (__u64)(n - sent) * datagrams;
	if (table == &raw_table)
		raw_datagrams += sent * datagrams;
	else
		ts_datagrams += sent * datagrams;
	return n;
}

/* It runs in place of the sender's own. */
SPIN_SLEEPABLE_HANDLER(send_packet, struct spin_call *call)
{
	const struct VideoSender_SendPacket *in =
		SPIN_ARGS(call, VideoSender, SendPacket);
	int sent;

	if (in->header_len > VIDEO_SENDER_HEADER_MAX ||
	    in->format < VIDEO_TS || in->format > VIDEO_RAW)
		return -EINVAL;
	if (!take())
		return -EBUSY;
	if (in->format == VIDEO_RAW)
		sent = send_to_all(&call->ctx, in, &raw_table);
	else
		sent = send_to_all(&call->ctx, in, &ts_table);
	give_back();
	return sent;
}

/* --- requests: in the source's tick --------------------------------------- */

/* The values of the stream that the present request is about. */
private struct VideoSource_Describe stream;

/* Where a request came from, and by which way: what answers it goes there. */
private struct spin_udp_dest way;

/* Sets `way`. Returns how large a datagram may be, or why there is no way. */
static __noinline int way_back(struct spin_call *call, struct request *req)
{
	int room;

	way.addr = req->addr;
	way.port = req->sport;
	way.reserved = 0;
	way.saddr = req->asked;
	way.ifindex = req->ifindex;
	room = spin_socket_room(&call->ctx, net, &way);
	if (room == -EADDRNOTAVAIL) {
		/* Asked by broadcast, or the socket has another address. */
		way.saddr = 0;
		room = spin_socket_room(&call->ctx, net, &way);
	}
	return room;
}

/* --- a line in the log ---------------------------------------------------- */

private __u64 said_ns;

/* Log why a subscriber gets no stream; a line a second for all of them. */
static __noinline int say_refused(struct spin_call *call, int room)
{
	__u32 addr = bpf_ntohl(way.addr);
	__u64 now = bpf_ktime_get_ns();
	__u32 len;

	if (now - said_ns < SEC_NS)
		return 0;
	said_ns = now;
	text_len = 0;
	say("no stream for ");
	say_number(addr >> 24);
	say(".");
	say_number(addr >> 16 & 255);
	say(".");
	say_number(addr >> 8 & 255);
	say(".");
	say_number(addr & 255);
	if (room < 0) {
		say(": it cannot be sent to, error ");
		say_number(-room);
	} else {
		say(": its datagrams have ");
		say_number(stream.datagram);
		say(" bytes, and the route takes ");
		say_number(room);
	}
	len = text_len;
	if (len > sizeof(text))
		return 0;
	barrier_var(len);	/* two comparisons: the verifier understands them */
	if (len)
		spin_console_write(&call->ctx, text, len);
	return 0;
}

static __noinline int reply(struct spin_call *call, struct request *req,
			    __u32 type, __u32 reason)
{
	struct video_reply *out = (struct video_reply *)answer.header;

	way_back(call, req);
	__builtin_memset(answer.header, 0, sizeof(answer.header));
	out->magic = bpf_htonl(VIDEO_MAGIC);
	out->version = VIDEO_VERSION;
	out->type = type;
	out->format = req->format;
	out->reason = reason;
	out->port = bpf_htons(req->port);
	out->nonce = bpf_htonl(req->nonce);
	if (type != VIDEO_REFUSED && type != VIDEO_LEFT)
		out->cookie = bpf_cpu_to_be64(
			cookie_of(req, bpf_ktime_get_ns() / EPOCH_NS));
	if (type == VIDEO_ACCEPTED || type == VIDEO_DESCRIPTION) {
		out->lease_s = bpf_htons(lease_s);
		out->width = bpf_htonl(stream.width);
		out->height = bpf_htonl(stream.height);
		out->rate_num = bpf_htonl(stream.rate_num);
		out->rate_den = bpf_htonl(stream.rate_den);
		out->bit_rate = bpf_cpu_to_be64(stream.bit_rate);
	}
	answer.header_len = sizeof(*out);
	if (spin_socket_send(&call->ctx, &answer, &way, sizeof(way)) != 1)
		failed++;
	return 0;
}

static int refuse(struct spin_call *call, struct request *req,
		  __u32 reason)
{
	refused++;
	return reply(call, req, VIDEO_REFUSED, reason);
}

/*
 * What a search in a table has found. In memory: the verifier would follow a
 * count that is kept in a register through every turn of the loop.
 */
private volatile struct {
	__u32 at;		/* CLIENTS: not there */
	__u32 neighbours;	/* of the same address */
} search;

static __noinline int table_search(struct table *table, struct request *req)
{
	int i;

	search.at = CLIENTS;
	search.neighbours = 0;
	spin_for(i, 0, CLIENTS) {
		if (i >= table->count)
			break;
		if (table->dest[i].addr != req->addr)
			continue;
		search.neighbours++;
		if (table->dest[i].port == req->port)
			search.at = i;
	}
	return 0;
}

/* The stream takes the way that the request asks for. */
static __always_inline void table_enter(struct table *table, __u32 i,
					const struct request *req, __u64 now)
{
	i &= CLIENTS - 1;
	table->dest[i] = way;
	table->dest[i].port = req->port;
	table->expires[i] = now + lease_s * SEC_NS;
}

/* The stream cannot get there: not any more, if it did before. */
static __noinline int refuse_way(struct spin_call *call, struct request *req,
				 struct table *table, int room)
{
	table_search(table, req);
	if (search.at < CLIENTS)
		table_remove(table, search.at);
	say_refused(call, room);
	if (room < 0) {
		refused_route++;
		return refuse(call, req, VIDEO_NO_ROUTE);
	}
	refused_size++;
	return refuse(call, req, VIDEO_TOO_BIG);
}

/* A request from a client that has proved its address. */
static __noinline int serve(struct spin_call *call, struct request *req,
			    struct table *table, __u64 now)
{
	__u32 found, end;
	int room;

	if (req->port < 1024) {
		refused_port++;
		return refuse(call, req, VIDEO_BAD_PORT);
	}
	stream.format = req->format;
	if (SPIN_CALL_BLOCK(&call->ctx, VideoSource, Describe, &stream)) {
		refused_format++;
		return refuse(call, req, VIDEO_NO_FORMAT);
	}
	room = way_back(call, req);
	if (req->type != VIDEO_LEAVE &&
	    (room < 0 || room < (int)stream.datagram))
		return refuse_way(call, req, table, room);
	if (req->type == VIDEO_DESCRIBE) {
		described++;
		return reply(call, req, VIDEO_DESCRIPTION, 0);
	}

	table_search(table, req);
	found = search.at;
	if (req->type == VIDEO_LEAVE) {
		if (found < CLIENTS) {
			table_remove(table, found);
			left++;
		}
		return reply(call, req, VIDEO_LEFT, 0);
	}
	if (found < CLIENTS) {
		table_enter(table, found, req, now);
		renewed++;
		return reply(call, req, VIDEO_ACCEPTED, 0);
	}
	end = table->count;
	if (end >= CLIENTS || end >= clients || search.neighbours >= per_address) {
		refused_full++;
		return refuse(call, req, VIDEO_FULL);
	}
	table_enter(table, end, req, now);
	table->count = end + 1;
	accepted++;
	return reply(call, req, VIDEO_ACCEPTED, 0);
}
static __always_inline void serve_all(struct spin_call *call, __u64 now)
{
	struct request req;
	int i;

	spin_for(i, 0, PROVEN_MAX) {
		if (bpf_map_pop_elem(&proven, &req))
			break;
		if (req.format == VIDEO_RAW)
			serve(call, &req, &raw_table, now);
		else
			serve(call, &req, &ts_table, now);
	}
	spin_for(i, 0, STRANGERS_MAX) {
		if (bpf_map_pop_elem(&strangers, &req))
			break;
		challenged++;
		reply(call, &req, VIDEO_CHALLENGE, 0);
	}
	if (now >= next_sweep_ns) {
		next_sweep_ns = now + SWEEP_NS;
		table_sweep(&ts_table, now);
		table_sweep(&raw_table, now);
	}
	ts_clients = ts_table.count;
	raw_clients = raw_table.count;
}

SPIN_SLEEPABLE_HANDLER(tick, struct spin_call *call)
{
	__u64 now = SPIN_ARG(call, VideoSender, Tick, now_ns);

	if (!take())
		return -EBUSY;
	serve_all(call, now);
	give_back();
	return 0;
}

/* --- loading ------------------------------------------------------------- */

SPIN_SLEEPABLE_HANDLER(check_settings, struct spin_initialize *init)
{
	char no_port[] = "port is 0: set it to the port of the socket granted as net";
	char no_lease[] = "lease_s must be 1 to 3600 seconds";
	char no_clients[] = "clients must be 1 to 128, and per_address at least 1";

	if (!port) {
		spin_refuse(init, no_port, sizeof(no_port));
		return -EINVAL;
	}
	if (!lease_s || lease_s > 3600) {
		spin_refuse(init, no_lease, sizeof(no_lease));
		return -EINVAL;
	}
	if (!clients || clients > CLIENTS || !per_address) {
		spin_refuse(init, no_clients, sizeof(no_clients));
		return -EINVAL;
	}
	secret[0] = (__u64)bpf_get_prandom_u32() << 32 | bpf_get_prandom_u32();
	secret[1] = ((__u64)bpf_get_prandom_u32() << 32 | bpf_get_prandom_u32()) ^
		    bpf_ktime_get_ns();
	burst.socket = net;
	answer.socket = net;
	return 0;
}

SPIN_BIND(Domain_Initialize, settings,
	.handler = check_settings);

SPIN_BIND(Udp_PacketArrived, requests_in,
	.guard_fn = to_server,
	.handler = take_request);

SPIN_HANDLE(VideoSender, SendPacket, many,
	.handler = send_packet,
	.order = SPIN_ORDER_FIRST, .flags = SPIN_BIND_CANCEL);

SPIN_HANDLE(VideoSender, Tick, requests_served,
	.handler = tick);
