# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Udp.PacketArrived obeys what a socket obeys: name spaces, IPsec, connection
# tracking, routes.

echo_down() {
	unload udp-echo
	peer_down
}

test_packet_name_spaces() {
	name-spaces
}
