/* SPDX-License-Identifier: GPL-2.0 */
/* The requests that list what there is, one thing a call. */
#ifndef _SPIN_WALK_H
#define _SPIN_WALK_H

int spin_walk_extensions(void __user *arg);
int spin_walk_events(void __user *arg);
int spin_walk_bindings(void __user *arg);
int spin_walk_templates(void __user *arg);
int spin_walk_capabilities(void __user *arg);

#endif /* _SPIN_WALK_H */
