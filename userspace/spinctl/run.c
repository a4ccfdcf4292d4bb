// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Asking another program something. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spinctl.h"

extern char **environ;

static bool spawn(char *const argv[], int output, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	bool ok;

	if (posix_spawn_file_actions_init(&actions))
		return false;
	ok = !posix_spawn_file_actions_adddup2(&actions, output, 1) &&
	     !posix_spawn_file_actions_addopen(&actions, 0, "/dev/null",
					       O_RDONLY, 0) &&
	     !posix_spawn_file_actions_addopen(&actions, 2, "/dev/null",
					       O_WRONLY, 0) &&
	     !posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return ok;
}

/* Read all; keep what fits. */
static void read_output(int fd, char *output, size_t size)
{
	char rest[512];
	size_t len = 0;
	ssize_t n;

	for (;;) {
		n = len + 1 < size ? read(fd, output + len, size - len - 1) :
				     read(fd, rest, sizeof(rest));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		if (len + 1 < size)
			len += n;
	}
	output[len] = '\0';
}

/**
 * run_program - run a program and read what it prints
 * @argv: name and arguments
 * @output: filled in
 * @size: its size
 *
 * Return: whether it is there and succeeded.
 */
bool run_program(char *const argv[], char *output, size_t size)
{
	int fds[2], status;
	bool started;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return false;
	started = spawn(argv, fds[1], &pid);
	close(fds[1]);
	if (started)
		read_output(fds[0], output, size);
	close(fds[0]);
	if (!started)
		return false;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && !WEXITSTATUS(status);
}
