// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Commands that go on until they are told to end, and then end in order. */
#include <signal.h>
#include <sys/select.h>
#include <time.h>

#include "spinctl.h"

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

/** stop_on_signals - from now on, signals that would end the process ask it to */
void stop_on_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = stop };
	size_t i;

	sigemptyset(&action.sa_mask);
	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &action, NULL);
	/* finish_output() sees a reader that has gone. */
	signal(SIGPIPE, SIG_IGN);
}

/** stop_requested - has a signal come? */
bool stop_requested(void)
{
	return stopped;
}

/** stop_wait - sleep, but not beyond a signal */
void stop_wait(double seconds)
{
	struct timespec left = {
		.tv_sec = seconds,
		.tv_nsec = (seconds - (time_t)seconds) * 1e9,
	};
	sigset_t all, before;

	/*
	 * Signals are blocked except while it sleeps, so that none comes right
	 * before that.
	 */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	if (!stopped)
		pselect(0, NULL, NULL, NULL, &left, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
}
