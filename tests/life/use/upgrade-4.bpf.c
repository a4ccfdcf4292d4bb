// SPDX-License-Identifier: GPL-2.0
/* A version to which the same name is another kind of thing. */
#define VERSION 4
#include "../upgrade.h"

SPIN_IMPORT(Socket);

SPIN_CAPABILITY(spin_socket_t, clip);
