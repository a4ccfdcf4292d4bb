// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The application of Documentation/system-calls.rst, "A buffer". */
#include <stdio.h>
#include <string.h>
#include <spin/libspin.h>

#define MIRROR	1

int main(void)
{
	char text[16] = "0123456789abcdef";
	struct spin_ioc_call call = {
		.number = MIRROR,
		.flags = SPIN_CALL_IN | SPIN_CALL_OUT,
		.buffer = (unsigned long)text,
		.len = sizeof(text),
	};
	struct spin *spin = spin_open();
	int fd, err;

	if (!spin)
		return 1;
	fd = spin_connect(spin, "mirror");
	err = fd < 0 ? fd : spin_call_block(fd, &call);
	if (fd >= 0 && err)
		spin_call_fail(spin, "mirror", MIRROR, err);
	if (err)
		fprintf(stderr, "%s\n", spin_error(spin));
	else
		printf("%.16s: %llu bytes\n", text, call.result);
	spin_close(spin);
	return err ? 1 : 0;
}
