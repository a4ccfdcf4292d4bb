// SPDX-License-Identifier: GPL-2.0
/* Opens a file in the directory it is handed; holds none itself. */
#include "../opener.h"

SPIN_EXTENSION("opener");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Directory);
SPIN_IMPORT(File);

SPIN_EXPORT_PUBLIC(Opener, Open);

char name[] = "plain";

SPIN_SLEEPABLE_HANDLER(open, struct spin_call *call)
{
	int error = 1;
	struct spin_file *file =
		spin_directory_open(&call->ctx,
				    SPIN_ARG(call, Opener, Open, folder), name,
				    sizeof(name), &error);

	if (!file)
		return error;
	spin_file_release(file);
	return 1;
}

SPIN_IMPLEMENT(Opener, Open, opening, .handler = open);
