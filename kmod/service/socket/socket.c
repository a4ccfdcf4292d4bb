// SPDX-License-Identifier: GPL-2.0
/*
 * Capability Socket: a UDP endpoint that the user bound and granted, and what
 * extensions may do with it. Its file is held.
 */
#include <linux/file.h>
#include <linux/in.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <net/inet_sock.h>
#include <net/sock.h>
#include <spin/spin.h>
#include "../../capability/pointer.h"
#include "endpoint.h"

/* ---- granting ---- */

static int socket_check(struct spin_extension *ext, const char *name,
			const struct socket *socket)
{
	const struct sock *sk = socket->sk;

	if (sk->sk_family != AF_INET || sk->sk_type != SOCK_DGRAM ||
	    sk->sk_protocol != IPPROTO_UDP) {
		spin_extension_refuse(ext, "capability '%s': it is not a UDP/IPv4 socket",
				      name);
		return -EPROTOTYPE;
	}
	if (!inet_sk(sk)->inet_num) {
		spin_extension_refuse(ext, "capability '%s': the socket is not bound to a port",
				      name);
		return -EDESTADDRREQ;
	}
	/* Whoever grants it: where the extension is. */
	if (sock_net(sk)->net_cookie != spin_extension_net_cookie(ext)) {
		spin_extension_refuse(ext, "capability '%s': the socket is of another network name space than the extension",
				      name);
		return -EXDEV;
	}
	if (rcu_access_pointer(inet_sk(sk)->inet_opt)) {
		spin_extension_refuse(ext, "capability '%s': the socket has IP options, which are not sent from here",
				      name);
		return -EOPNOTSUPP;
	}
	return 0;
}

static int socket_grant(struct spin_extension *ext,
			const struct spin_ioc_ext_grant *args,
			struct spin_capability *capability)
{
	struct spin_endpoint *endpoint;
	struct socket *socket;
	int err = 0;

	socket = sockfd_lookup(args->fd, &err);
	if (!socket) {
		spin_extension_refuse(ext, "capability '%s': descriptor %d is not a socket",
				      args->name, args->fd);
		return err;
	}
	err = socket_check(ext, args->name, socket);
	if (err)
		goto err_socket;
	endpoint = kvzalloc(sizeof(*endpoint), GFP_KERNEL_ACCOUNT);
	if (!endpoint) {
		err = -ENOMEM;
		goto err_socket;
	}
	endpoint->socket = socket;
	mutex_init(&endpoint->mutex);
	snprintf(capability->what, sizeof(capability->what), "%pI4:%u",
		 &inet_sk(socket->sk)->inet_saddr,
		 inet_sk(socket->sk)->inet_num);
	capability->object = endpoint;
	return 0;

err_socket:
	sockfd_put(socket);
	return err;
}

static void socket_release(struct spin_capability *capability)
{
	struct spin_endpoint *endpoint = capability->object;

	spin_routes_free(endpoint);
	sockfd_put(endpoint->socket);
	mutex_destroy(&endpoint->mutex);
	kvfree(endpoint);
}

SPIN_POINTER_IDS(spin_socket)

static const struct spin_capability_type socket_type = {
	.kind = SPIN_CAP_SOCKET,
	.pointer = spin_socket_pointer,
	.grant = socket_grant,
	.release = socket_release,
};

/* ---- sending ---- */

/*
 * What the device makes of fragments: without scatter-gather, or without
 * checksums of its own (shared pages must not change between the sum and the
 * sending), the stack copies them.
 */
void spin_socket_count(struct spin_capability *capability,
		       netdev_features_t features, u32 len)
{
	bool sums = !(features & (NETIF_F_HW_CSUM | NETIF_F_IP_CSUM));
	bool copies = sums || !(features & NETIF_F_SG);

	if (sums)
		spin_count_add(capability, SPIN_COUNT_CHECKSUMMED, len);
	if (copies) {
		spin_count_add(capability, SPIN_COUNT_COPIED, len);
		set_bit(ilog2(SPIN_CAP_DEVICE_COPIES),
			&capability->root->flags);
	} else {
		spin_count_add(capability, SPIN_COUNT_BY_REFERENCE, len);
	}
}

static bool msg_valid(const struct spin_send *msg, bool file)
{
	if (msg->header_len > SPIN_SEND_HEADER_MAX ||
	    msg->len > SPIN_SEND_LEN_MAX || msg->reserved ||
	    msg->room[0] || msg->room[1] ||
	    file != !!msg->len)
		return false;
	if (!msg->segment)
		return true;
	return !msg->header_len && msg->segment <= msg->len &&
	       DIV_ROUND_UP(msg->len, msg->segment) <= SPIN_SEND_SEGMENTS_MAX;
}

/* The lengths, and whether there is a payload, which is a file's. */
static int payload_check(struct spin_payload *payload, bool file)
{
	struct spin_send *msg = &payload->msg;

	if (!msg_valid(msg, file))
		return -EINVAL;
	payload->segments = msg->segment ?
			    DIV_ROUND_UP(msg->len, msg->segment) : 1;
	if (payload->segments == 1)
		msg->segment = 0;
	return 0;
}

/* The pages of @file, which is in use, or NULL. */
static int payload_get(struct spin_payload *payload, struct spin_capability *file)
{
	const struct spin_send *msg = &payload->msg;
	int count;

	if (!file)
		return 0;
	count = spin_file_fragments_get(file, msg->offset, msg->len,
					payload->fragments, MAX_SKB_FRAGS);
	if (count < 0)
		return count;
	payload->count = count;
	return 0;
}

static bool dests_valid(u32 size)
{
	const u32 one = sizeof(struct spin_udp_dest);

	return size && !(size % one) && size / one <= SPIN_SEND_DEST_MAX;
}

/*
 * Both capabilities are in use, and the lengths were checked. What is sent is
 * charged for, and nothing else: whether there is anything left to send with is
 * asked before.
 */
static int send(struct spin_ctx *ctx, struct spin_capability *socket,
		struct spin_capability *file, struct spin_payload *payload,
		const struct spin_udp_dest *dests, u32 count)
{
	struct spin_extension *ext = spin_ctx_extension(ctx);
	int result = payload_get(payload, file);
	u32 datagrams;

	if (result)
		return result;
	result = spin_quota_charge(ext, SPIN_QUOTA_PACKETS, 0);
	if (!result) {
		result = spin_endpoint_send(socket, dests, count, payload,
					    &datagrams);
		spin_quota_force(ext, SPIN_QUOTA_PACKETS, datagrams);
	}
	spin_file_fragments_put(payload->fragments, payload->count);
	return result;
}

/* The file by its slot; 0: none. The socket is in use. */
static int send_slot(struct spin_ctx *ctx, struct spin_capability *socket,
		     struct spin_payload *payload,
		     const struct spin_udp_dest *dests, u32 size)
{
	u32 slot = payload->msg.file, count = size / sizeof(*dests);
	struct spin_capability *file = NULL;
	int result;

	result = payload_check(payload, slot);
	if (result)
		return result;
	if (slot) {
		file = spin_capability_use(ctx, slot, SPIN_CAP_FILE,
					   SPIN_RIGHT_READ);
		if (IS_ERR(file))
			return PTR_ERR(file);
	}
	result = send(ctx, socket, file, payload, dests, count);
	if (file)
		spin_capability_done(file);
	return result;
}

__bpf_kfunc_start_defs();

__bpf_kfunc int spin_socket_send(struct spin_ctx *ctx, struct spin_send *msg,
				 const struct spin_udp_dest *dests,
				 u32 dests__sz)
{
	/* The extension may share the block with another of its handlers. */
	struct spin_payload payload = { .msg = *msg };
	struct spin_capability *socket;
	int result;

	if (!dests_valid(dests__sz))
		return -EINVAL;
	socket = spin_capability_use(ctx, payload.msg.socket, SPIN_CAP_SOCKET,
				     SPIN_RIGHT_WRITE);
	if (IS_ERR(socket))
		return PTR_ERR(socket);
	result = send_slot(ctx, socket, &payload, dests, dests__sz);
	spin_capability_done(socket);
	return result;
}

__bpf_kfunc int spin_socket_room(struct spin_ctx *ctx, u32 slot,
				 const struct spin_udp_dest *dest)
{
	struct spin_udp_dest to = *(const volatile struct spin_udp_dest *)dest;
	struct spin_capability *socket;
	int result;

	socket = spin_capability_use(ctx, slot, SPIN_CAP_SOCKET,
				     SPIN_RIGHT_WRITE);
	if (IS_ERR(socket))
		return PTR_ERR(socket);
	result = spin_endpoint_room(socket->object, &to);
	spin_capability_done(socket);
	return result;
}

SPIN_POINTER_KFUNCS(spin_socket, SPIN_CAP_SOCKET)

__bpf_kfunc int spin_socket_send_by(struct spin_ctx *ctx,
				    struct spin_socket *socket,
				    struct spin_send *msg,
				    const struct spin_udp_dest *dests,
				    u32 dests__sz)
{
	struct spin_payload payload = { .msg = *msg };
	struct spin_capability *capability;
	int result;

	if (!dests_valid(dests__sz))
		return -EINVAL;
	capability = spin_capability_use_held(ctx, spin_pointer_capability(socket),
					      SPIN_CAP_SOCKET, SPIN_RIGHT_WRITE);
	if (IS_ERR(capability))
		return PTR_ERR(capability);
	result = send_slot(ctx, capability, &payload, dests, dests__sz);
	spin_capability_done(capability);
	return result;
}

__bpf_kfunc int spin_socket_send_file(struct spin_ctx *ctx,
				      struct spin_file *file,
				      struct spin_send *msg,
				      const struct spin_udp_dest *dests,
				      u32 dests__sz)
{
	struct spin_payload payload = { .msg = *msg };
	struct spin_capability *socket, *from;
	int result;

	if (!dests_valid(dests__sz))
		return -EINVAL;
	result = payload_check(&payload, true);
	if (result)
		return result;
	from = spin_capability_use_held(ctx, spin_pointer_capability(file), SPIN_CAP_FILE,
					SPIN_RIGHT_READ);
	if (IS_ERR(from))
		return PTR_ERR(from);
	socket = spin_capability_use(ctx, payload.msg.socket, SPIN_CAP_SOCKET,
				     SPIN_RIGHT_WRITE);
	if (IS_ERR(socket)) {
		result = PTR_ERR(socket);
		goto out;
	}
	result = send(ctx, socket, from, &payload, dests,
		      dests__sz / sizeof(*dests));
	spin_capability_done(socket);
out:
	spin_capability_done(from);
	return result;
}

__bpf_kfunc_end_defs();

/* Sending takes the socket's lock. */
#define SOCKET_KFUNCS(F) \
	F(spin_socket_send, KF_TRUSTED_ARGS | KF_SLEEPABLE, 4000, SPIN_CLASS_SOCKET, 0) \
	F(spin_socket_room, KF_TRUSTED_ARGS | KF_SLEEPABLE, 2000, SPIN_CLASS_SOCKET, 0) \
	F(spin_socket_acquire, KF_TRUSTED_ARGS | KF_ACQUIRE | KF_RET_NULL, \
	  800, SPIN_CLASS_SPINNING, 0) \
	F(spin_socket_release, KF_RELEASE, 100, SPIN_CLASS_SPINNING, 0) \
	F(spin_socket_send_by, KF_TRUSTED_ARGS | KF_SLEEPABLE, 4000, SPIN_CLASS_SOCKET, 0) \
	F(spin_socket_send_file, KF_TRUSTED_ARGS | KF_SLEEPABLE, 4000, SPIN_CLASS_SOCKET, 0)

SPIN_KFUNC_TABLE(socket_kfuncs, SOCKET_KFUNCS);

SPIN_SERVICE(spin_socket_service) = {
	.interface = {
		.name = "Socket",
		.authorize = spin_interface_public,
		.kfuncs = { &socket_kfuncs },
	},
	.kinds = { &socket_type },
};
