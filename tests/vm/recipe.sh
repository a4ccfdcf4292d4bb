# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0
#
# What the Debian root of the virtual machine is made of. A hash of this file
# names the cached root, so that a change here makes a new one and nothing
# else does.

readonly RECIPE_SUITE=trixie
readonly RECIPE_BACKPORTS=trixie-backports

readonly RECIPE_PACKAGES=(
	# the toolchain of the module, the extensions and the user programs
	bc bison bpftool clang flex gcc libbpf-dev libc6-dev libdrm-dev libelf-dev
	libjson-c-dev llvm make pahole pkgconf python3-docutils sparse zlib1g-dev
	# what runs in the guest
	bash busybox-static e2fsprogs ethtool ffmpeg fonts-dejavu-core iproute2
	iputils-ping jq kmod libcap2-bin mount procps strace util-linux xz-utils
	# what the tests meet SPIN with: packet filters, file systems, other
	# makers of video, other ways to send, a shell's completion
	bash-completion conntrack gstreamer1.0-plugins-base
	gstreamer1.0-plugins-good gstreamer1.0-tools liburing-dev nftables xfsprogs
	# satisfies the kernel packages' need of an initramfs maker; never run
	tiny-initramfs
	linux-headers-amd64 linux-image-amd64
)

# The backports kernel is added to the stable one, not put in its place: the
# packages of each ABI have names of their own.
readonly RECIPE_BACKPORTS_PACKAGES=(linux-headers-amd64 linux-image-amd64)

readonly RECIPE_EXCLUDE=(
	'/usr/share/doc/*' '/usr/share/info/*' '/usr/share/locale/*'
	'/usr/share/man/*'
	# the hooks that would make an initramfs nobody boots
	'/etc/kernel/*'
)
