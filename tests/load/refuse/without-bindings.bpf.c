// SPDX-License-Identifier: GPL-2.0
/* An extension that binds nothing. */
#include "extension.h"

HOSTILE("no-bindings", "bind|handle");
SPIN_IMPORT(Udp);
