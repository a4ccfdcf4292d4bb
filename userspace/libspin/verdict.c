// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Why the module refused: its own sentence, and the source line it is about. */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "internal.h"

#define NO_INSN	(~0U)

static bool ask(int fd, unsigned long request,
		struct spin_ioc_verdict *verdict)
{
	size_t len;

	*verdict = (struct spin_ioc_verdict){};
	if (ioctl(fd, request, verdict) < 0)
		return false;
	verdict->text[sizeof(verdict->text) - 1] = '\0';
	len = strlen(verdict->text);
	if (len && verdict->text[len - 1] == '.')
		verdict->text[len - 1] = '\0';
	return verdict->text[0];
}

/**
 * spin_verdict_text - ask the module for its sentence
 * @ext_fd: the extension
 * @verdict: filled in
 *
 * Return: whether there is one.
 */
bool spin_verdict_text(int ext_fd, struct spin_ioc_verdict *verdict)
{
	return ask(ext_fd, SPIN_IOC_VERDICT, verdict);
}

/**
 * spin_verdict_device - fail with the sentence of a refusal on /dev/spin itself
 * @spin: the handle, whose descriptor is open
 * @err: negative errno of the call that failed; no other was made since
 *
 * Return: whether the module has one.
 */
bool spin_verdict_device(struct spin *spin, int err)
{
	struct spin_ioc_verdict verdict;

	if (!ask(spin->fd, SPIN_IOC_VERDICT, &verdict))
		return false;
	spin_fail(spin, err, "%s", verdict.text);
	return true;
}

/**
 * spin_verdict - turn a refusal into a sentence
 * @spin: the handle
 * @ext_fd: the extension
 * @ext: its name
 * @err: negative errno of the call that failed
 * @doing: what was being done, if the module does not say
 *
 * Return: @err.
 */
int spin_verdict(struct spin *spin, int ext_fd, const char *ext, int err,
		 const char *doing)
{
	struct spin_ioc_verdict verdict;
	char source[sizeof(spin->source)];

	if (!spin_verdict_text(ext_fd, &verdict))
		return spin_fail(spin, err, "%s: the module refused %s: %s",
				 ext, doing, spin_strerror(err));
	spin_fail(spin, err, "%s: %s", ext, verdict.text);
	if (verdict.prog_id && verdict.insn != NO_INSN &&
	    spin_program_source(verdict.prog_id, verdict.insn, source,
				sizeof(source)))
		spin_fail_source(spin, "%s", source);
	return err;
}
