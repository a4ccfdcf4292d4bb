// SPDX-License-Identifier: GPL-2.0
/*
 * Capability Stream: a TCP connection that the user made and granted.
 *
 * Handlers send and receive by it without ever waiting for the peer, nor for
 * another process that has a descriptor of the socket: that could hold its lock
 * for as long as it likes (sending from memory whose pages do not come), and an
 * unload waits for handlers. So the lock is only tried, and TCP's own functions
 * are used, which want it held.
 */
#include <linux/bvec.h>
#include <linux/file.h>
#include <linux/net.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/uio.h>
#include <net/inet_sock.h>
#include <net/sock.h>
#include <net/tcp.h>
#include <spin/spin.h>
#include "../io.h"

#define RECEIVE_MAX	SZ_64K
#define PACKET		1448	/* bytes of payload that fit into a packet, usually */
#define SEND_FLAGS	(MSG_DONTWAIT | MSG_NOSIGNAL)

/**
 * struct stream - a granted connection
 * @socket: its file is held
 * @mutex: one handler at a time: they wait for each other, and for nobody else
 */
struct stream {
	struct socket *socket;
	struct mutex mutex;
};

/* ---- granting ---- */

/* A layer above TCP, such as TLS, puts functions of its own in the place of TCP's. */
static bool is_plain_tcp(const struct sock *sk)
{
	return READ_ONCE(sk->sk_prot) == &tcp_prot;
}

static int stream_check(struct spin_extension *ext, const char *name,
			const struct socket *socket)
{
	const struct sock *sk = socket->sk;
	int state = READ_ONCE(sk->sk_state);

	if (sk->sk_family != AF_INET || sk->sk_type != SOCK_STREAM ||
	    sk->sk_protocol != IPPROTO_TCP || !is_plain_tcp(sk)) {
		spin_extension_refuse(ext, "capability '%s': it is not a plain TCP/IPv4 socket",
				      name);
		return -EPROTOTYPE;
	}
	if (state != TCP_ESTABLISHED && state != TCP_CLOSE_WAIT) {
		spin_extension_refuse(ext, "capability '%s': the socket is not connected; connect it first",
				      name);
		return -ENOTCONN;
	}
	/* It must be where the extension is, no matter where the granter is. */
	if (sock_net(sk)->net_cookie != spin_extension_net_cookie(ext)) {
		spin_extension_refuse(ext, "capability '%s': the socket is of another network name space than the extension",
				      name);
		return -EXDEV;
	}
	return 0;
}

static int stream_grant(struct spin_extension *ext,
			const struct spin_ioc_ext_grant *args,
			struct spin_capability *capability)
{
	struct socket *socket;
	struct stream *stream;
	int err = 0;

	socket = sockfd_lookup(args->fd, &err);
	if (!socket) {
		spin_extension_refuse(ext, "capability '%s': descriptor %d is not a socket",
				      args->name, args->fd);
		return err;
	}
	err = stream_check(ext, args->name, socket);
	if (err)
		goto err_socket;
	stream = kzalloc(sizeof(*stream), GFP_KERNEL_ACCOUNT);
	if (!stream) {
		err = -ENOMEM;
		goto err_socket;
	}
	stream->socket = socket;
	mutex_init(&stream->mutex);
	snprintf(capability->what, sizeof(capability->what), "%pI4:%u",
		 &inet_sk(socket->sk)->inet_daddr,
		 ntohs(inet_sk(socket->sk)->inet_dport));
	capability->object = stream;
	return 0;

err_socket:
	sockfd_put(socket);
	return err;
}

/* ---- the socket's lock ---- */

/* As lock_sock(), for process context, but without waiting; release_sock() undoes it. */
static bool sock_trylock(struct sock *sk)
{
	bool locked;

	spin_lock_bh(&sk->sk_lock.slock);
	locked = !sk->sk_lock.owned;
	if (locked) {
		sk->sk_lock.owned = 1;
		mutex_acquire(&sk->sk_lock.dep_map, 0, 1, _RET_IP_);
	}
	spin_unlock_bh(&sk->sk_lock.slock);
	return locked;
}

static int stream_lock(struct stream *stream)
{
	struct sock *sk = stream->socket->sk;

	mutex_lock(&stream->mutex);
	if (!sock_trylock(sk)) {
		mutex_unlock(&stream->mutex);
		return -EAGAIN;
	}
	if (is_plain_tcp(sk))
		return 0;
	release_sock(sk);
	mutex_unlock(&stream->mutex);
	return -EPROTOTYPE;
}

static void stream_unlock(struct stream *stream)
{
	release_sock(stream->socket->sk);
	mutex_unlock(&stream->mutex);
}

/*
 * The last close must not wait for the peer (SO_LINGER). If somebody has the lock
 * now, they have a descriptor, and this close is not the last.
 */
static void stream_release(struct spin_capability *capability)
{
	struct stream *stream = capability->object;
	struct sock *sk = stream->socket->sk;

	if (sock_flag(sk, SOCK_LINGER) && sock_trylock(sk)) {
		sock_reset_flag(sk, SOCK_LINGER);
		release_sock(sk);
	}
	sockfd_put(stream->socket);
	mutex_destroy(&stream->mutex);
	kfree(stream);
}

static const struct spin_capability_type stream_type = {
	.kind = SPIN_CAP_STREAM,
	.grant = stream_grant,
	.release = stream_release,
};

/* ---- sending ---- */

/* About how many packets that many bytes are. */
static u32 packet_count(u32 len)
{
	return DIV_ROUND_UP(len, PACKET);
}

/*
 * Only what TCP is going to take is charged: it takes nothing while as much is
 * under way as the socket may have. The socket's lock is held.
 */
static int send_locked(struct spin_extension *ext, struct sock *sk,
		       struct msghdr *msg)
{
	int err;

	if (!sk->sk_err && !(sk->sk_shutdown & SEND_SHUTDOWN) &&
	    !sk_stream_memory_free(sk))
		return -EAGAIN;
	err = spin_quota_charge(ext, SPIN_QUOTA_PACKETS,
				packet_count(msg_data_left(msg)));
	return err ?: tcp_sendmsg_locked(sk, msg, msg_data_left(msg));
}

/* Returns the bytes that TCP has taken, at least one, or an errno. */
static int stream_send(struct spin_extension *ext,
		       struct spin_capability *capability, struct msghdr *msg)
{
	struct stream *stream = capability->object;
	netdev_features_t features;
	int sent;

	sent = stream_lock(stream);
	if (!sent) {
		features = stream->socket->sk->sk_route_caps;
		sent = send_locked(ext, stream->socket->sk, msg);
		stream_unlock(stream);
	}
	if (sent <= 0) {
		spin_count_add(capability, SPIN_COUNT_FAILED, 1);
		return sent ?: -EAGAIN;
	}
	spin_count_add(capability, SPIN_COUNT_SENT, sent);
	if (msg->msg_flags & MSG_SPLICE_PAGES)
		spin_socket_count(capability, features, sent);
	else
		spin_count_add(capability, SPIN_COUNT_COPIED, sent);
	return sent;
}

static int stream_send_file(struct spin_extension *ext,
			    struct spin_capability *stream,
			    struct spin_capability *file, u64 offset, u32 len)
{
	struct spin_fragment fragments[MAX_SKB_FRAGS];
	struct bio_vec pages[MAX_SKB_FRAGS];
	struct msghdr msg = { .msg_flags = SEND_FLAGS | MSG_SPLICE_PAGES };
	int count, i, sent;

	count = spin_file_fragments_get(file, offset, len, fragments,
					ARRAY_SIZE(fragments));
	if (count < 0)
		return count;
	for (i = 0; i < count; i++)
		bvec_set_folio(&pages[i], fragments[i].folio, fragments[i].len,
			       fragments[i].offset);
	iov_iter_bvec(&msg.msg_iter, ITER_SOURCE, pages, count, len);
	sent = stream_send(ext, stream, &msg);
	spin_file_fragments_put(fragments, count);
	return sent;
}

/* ---- receiving ---- */

static int receive_some(read_descriptor_t *desc, struct sk_buff *skb,
			unsigned int offset, size_t len)
{
	char *to = desc->arg.data;
	size_t some = min(len, desc->count);
	int err;

	err = skb_copy_bits(skb, offset, to, some);
	if (err)
		return err;
	desc->arg.data = to + some;
	desc->count -= some;
	return some;
}

/* Why there is nothing, as recv() says it. */
static int nothing_there(struct sock *sk)
{
	if (sk->sk_err)
		return sock_error(sk);
	if (sock_flag(sk, SOCK_DONE) || sk->sk_shutdown & RCV_SHUTDOWN)
		return 0;
	return sk->sk_state == TCP_CLOSE ? -ENOTCONN : -EAGAIN;
}

/*
 * Urgent data stops tcp_read_sock(). As with recv(), who reads on does without it,
 * unless it is to be in line (SO_OOBINLINE). Returns whether there was some.
 */
static bool urgent_pass(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb;
	u32 offset;

	if (!tp->urg_data || tp->urg_seq != tp->copied_seq)
		return false;
	/* It may have been announced, and not have come. */
	skb = tcp_recv_skb(sk, tp->copied_seq, &offset);
	if (!skb || offset >= skb->len)
		return false;
	if (!sock_flag(sk, SOCK_URGINLINE))
		WRITE_ONCE(tp->copied_seq, tp->copied_seq + 1);
	WRITE_ONCE(tp->urg_data, 0);
	tcp_fast_path_check(sk);
	return true;
}

static int stream_receive(struct stream *stream, void *to, u32 len)
{
	struct sock *sk = stream->socket->sk;
	read_descriptor_t desc = { .arg.data = to, .count = len };
	int done;

	done = stream_lock(stream);
	if (done)
		return done;
	done = tcp_read_sock(sk, &desc, receive_some);
	if (!done && urgent_pass(sk))
		done = tcp_read_sock(sk, &desc, receive_some);
	if (!done)
		done = nothing_there(sk);
	stream_unlock(stream);
	return done;
}

__bpf_kfunc_start_defs();

__bpf_kfunc int spin_stream_send(struct spin_ctx *ctx, u32 stream,
				 const void *buf, u32 buf__sz)
{
	struct msghdr msg = { .msg_flags = SEND_FLAGS };
	struct kvec bytes = { .iov_base = (void *)buf, .iov_len = buf__sz };
	struct spin_capability *capability;
	int sent;

	if (!buf__sz || buf__sz > SPIN_SEND_LEN_MAX)
		return -EINVAL;
	capability = spin_capability_use(ctx, stream, SPIN_CAP_STREAM,
					 SPIN_RIGHT_WRITE);
	if (IS_ERR(capability))
		return PTR_ERR(capability);
	iov_iter_kvec(&msg.msg_iter, ITER_SOURCE, &bytes, 1, buf__sz);
	sent = stream_send(spin_ctx_extension(ctx), capability, &msg);
	spin_capability_done(capability);
	return sent;
}

__bpf_kfunc int spin_stream_send_file(struct spin_ctx *ctx, u32 stream,
				      u32 file, u64 offset, u32 len)
{
	struct spin_capability *to, *from;
	int sent;

	if (!len || len > SPIN_SEND_LEN_MAX)
		return -EINVAL;
	to = spin_capability_use(ctx, stream, SPIN_CAP_STREAM,
				 SPIN_RIGHT_WRITE);
	if (IS_ERR(to))
		return PTR_ERR(to);
	from = spin_capability_use(ctx, file, SPIN_CAP_FILE, SPIN_RIGHT_READ);
	if (IS_ERR(from)) {
		sent = PTR_ERR(from);
		goto done;
	}
	sent = stream_send_file(spin_ctx_extension(ctx), to, from, offset, len);
	spin_capability_done(from);
done:
	spin_capability_done(to);
	return sent;
}

__bpf_kfunc int spin_stream_receive(struct spin_ctx *ctx, u32 stream, void *buf,
				    u32 buf__sz)
{
	struct spin_capability *capability;
	int done;

	if (!buf__sz || buf__sz > RECEIVE_MAX)
		return -EINVAL;
	capability = spin_capability_use(ctx, stream, SPIN_CAP_STREAM,
					 SPIN_RIGHT_READ);
	if (IS_ERR(capability))
		return PTR_ERR(capability);
	done = stream_receive(capability->object, buf, buf__sz);
	if (done > 0)
		spin_count_add(capability, SPIN_COUNT_RECEIVED, done);
	spin_capability_done(capability);
	return done;
}

__bpf_kfunc_end_defs();

/* Only tried is the socket's lock; for each other they wait. */
#define STREAM_KFUNCS(F) \
	F(spin_stream_send, KF_TRUSTED_ARGS | KF_SLEEPABLE, 4000, SPIN_CLASS_SOCKET, 0) \
	F(spin_stream_send_file, KF_TRUSTED_ARGS | KF_SLEEPABLE, 6000, SPIN_CLASS_SOCKET, 0) \
	F(spin_stream_receive, KF_TRUSTED_ARGS | KF_SLEEPABLE, 4000, SPIN_CLASS_SOCKET, 0)

SPIN_KFUNC_TABLE(stream_kfuncs, STREAM_KFUNCS);

SPIN_SERVICE(spin_stream_service) = {
	.interface = {
		.name = "Stream",
		.authorize = spin_interface_public,
		.kfuncs = { &stream_kfuncs },
	},
	.kinds = { &stream_type },
};
