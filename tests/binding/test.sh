# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The example that installs a handler for each subscriber at run time.

test_subscriber() {
	load "$EXT/per-subscriber.bpf.o" --set port=7100 --set lease_s=3600
	subscribe 7100 200
	expect there_are 200 "$(var per-subscriber now)"
	expect subscribed 201 "$(var per-subscriber subscribed)"
	expect left 1 "$(var per-subscriber left)"
	expect expired 0 "$(var per-subscriber expired)"
	expect failed 0 "$(var per-subscriber failed)"
	unload per-subscriber
}

test_subscriber_lease() {
	load "$EXT/per-subscriber.bpf.o" --set port=7100 --set lease_s=3
	subscribe 7100 expire
	expect_true expired "3 or more" var_is per-subscriber expired -ge 3
	expect there_are 0 "$(var per-subscriber now)"
	expect failed 0 "$(var per-subscriber failed)"
	unload per-subscriber
}

# Gone with the extension, while datagrams come.
test_subscriber_unload() {
	local i flood
	for i in 1 2 3; do
		load "$EXT/per-subscriber.bpf.o" --set port=7100
		udp flood 127.0.0.1 7100 1000 64 >/dev/null &
		flood=$!
		printf SUBSCRIBE >/dev/udp/127.0.0.1/7100
		eventually 5 var_is per-subscriber now -eq 1 ||
			expect "subscribed_$i" 1 "$(var per-subscriber now)"
		unload per-subscriber
		expect_true flooded_$i "datagrams came all the while" kill $flood
		wait $flood
	done
	expect unloaded '' "$(extensions)"
}
