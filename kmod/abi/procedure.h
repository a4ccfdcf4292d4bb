/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SPIN_ABI_PROCEDURE_H
#define _SPIN_ABI_PROCEDURE_H

struct spin_extension;

int spin_procedure_declare(struct spin_extension *ext, void __user *arg,
			   bool exports);
int spin_walk_procedures(void __user *arg);
int spin_walk_procedure_links(void __user *arg);

#endif /* _SPIN_ABI_PROCEDURE_H */
