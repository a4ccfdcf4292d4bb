/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SPIN_DEVICE_H
#define _SPIN_DEVICE_H

int spin_device_init(void);
void spin_device_exit(void);

#endif /* _SPIN_DEVICE_H */
