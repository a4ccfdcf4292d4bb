/* SPDX-License-Identifier: GPL-2.0 */
/* The services that main.c starts, in this order, and stops in the reverse. */
#ifndef _SPIN_SERVICES_H
#define _SPIN_SERVICES_H

#include <linux/init.h>
#include <spin/spin.h>

int spin_dispatcher_init(void);
void spin_dispatcher_exit(void);
int spin_console_init(void);
void spin_console_exit(void);
extern const struct spin_kfunc_table spin_terminal_kfuncs;
int spin_terminal_init(void);
void spin_terminal_exit(void);
int spin_clock_init(void);
void spin_clock_exit(void);
int spin_hook_init(void);
void spin_hook_exit(void);
int spin_udp_init(void);
void spin_udp_exit(void);
int spin_strand_init(void);
void spin_strand_exit(void);
int spin_file_init(void);
void spin_file_exit(void);
int spin_socket_init(void);
void spin_socket_exit(void);
int spin_directory_init(void);
void spin_directory_exit(void);
int spin_stream_init(void);
void spin_stream_exit(void);
int spin_framebuffer_init(void);
void spin_framebuffer_exit(void);
int spin_translation_init(void);
void spin_translation_exit(void);
int spin_trap_init(void);
void spin_trap_exit(void);
int spin_reference_init(void);
void spin_reference_exit(void);

#endif /* _SPIN_SERVICES_H */
