// SPDX-License-Identifier: GPL-2.0
/*
 * Open files hold the module. Who waits for what else holds it has to know how
 * many there are.
 */
#include "services.h"

atomic_t spin_open_files = ATOMIC_INIT(0);
