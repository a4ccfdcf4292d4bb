// SPDX-License-Identifier: GPL-2.0
/*
 * spin-clip - make a clip that video-source can stream as raw video, out of
 * the bare pixels that ffmpeg writes with "-f rawvideo -pix_fmt rgb24".
 */
#include <argp.h>
#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "video-protocol.h"
#include "clean.h"

#ifndef SPIN_VERSION
#define SPIN_VERSION "0"
#endif

#define RGB 3	/* bytes in a pixel */

const char *argp_program_version = "spin-clip " SPIN_VERSION;

struct options {
	uint32_t width, height;
	uint32_t rate_num, rate_den;
	const char *input;	/* NULL: standard input */
	const char *output;
	bool force, quiet;
};

/* What is being written, to be removed if we fail or are stopped. */
static char *unfinished;

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *fmt, ...)
{
	char text[8192];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	clean_text(text);
	fprintf(stderr, "spin-clip: %s\n", text);
	if (unfinished)
		unlink(unfinished);
	exit(1);
}

static void on_signal(int number)
{
	if (unfinished)
		unlink(unfinished);
	signal(number, SIG_DFL);
	raise(number);
}

/* "A<separator>B", or just "A" if @optional; both fit 32 bits and are not 0. */
static bool parse_pair(const char *text, char separator, bool optional,
		       uint32_t *a, uint32_t *b)
{
	unsigned long first, second = 1;
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	first = strtoul(text, &end, 10);
	if (*end == separator && isdigit((unsigned char)end[1]))
		second = strtoul(end + 1, &end, 10);
	else if (!optional)
		return false;
	if (*end || errno || !first || !second || first > UINT32_MAX ||
	    second > UINT32_MAX)
		return false;
	*a = first;
	*b = second;
	return true;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *opt = state->input;

	switch (key) {
	case 's':
		if (!parse_pair(arg, 'x', false, &opt->width, &opt->height) ||
		    opt->width > VIDEO_CLIP_SIDE_MAX ||
		    opt->height > VIDEO_CLIP_SIDE_MAX)
			argp_error(state, "'%s' is no size: say WIDTHxHEIGHT, each 1 to %d",
				   clean(arg), VIDEO_CLIP_SIDE_MAX);
		break;
	case 'r':
		if (!parse_pair(arg, '/', true, &opt->rate_num, &opt->rate_den) ||
		    opt->rate_num > 1000000 || opt->rate_den > 1000000 ||
		    opt->rate_num > (uint64_t)VIDEO_CLIP_RATE_MAX * opt->rate_den ||
		    opt->rate_num < opt->rate_den)
			argp_error(state, "'%s' is no rate: say N or N/D frames per second, 1 to %d",
				   clean(arg), VIDEO_CLIP_RATE_MAX);
		break;
	case 'f':
		opt->force = true;
		break;
	case 'q':
		opt->quiet = true;
		break;
	case ARGP_KEY_ARG:
		if (state->arg_num > 1)
			argp_error(state, "too many arguments: '%s'", clean(arg));
		/* The last one is the output. */
		if (opt->output)
			opt->input = opt->output;
		opt->output = arg;
		break;
	case ARGP_KEY_END:
		if (!opt->width)
			argp_error(state, "the picture's size is missing: say --size WIDTHxHEIGHT");
		if (!opt->rate_num)
			argp_error(state, "the frame rate is missing: say --rate N");
		if (!opt->output)
			argp_error(state, "the name of the clip to write is missing");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_option option_table[] = {
	{ "size", 's', "WxH", 0, "Size of the pictures, in pixels", 0 },
	{ "rate", 'r', "N[/D]", 0, "Frames per second, such as 25 or 30000/1001", 0 },
	{ "force", 'f', NULL, 0, "Write over a clip that is there already", 0 },
	{ "quiet", 'q', NULL, 0, "Say nothing if all is well", 0 },
	{ 0 }
};

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.args_doc = "[INPUT] OUTPUT",
	.doc = "Make a clip that the extension video-source can stream as raw video.\v"
	       "INPUT holds nothing but pixels of three bytes (red, green, blue), line by "
	       "line, frame by frame; without it, or if it is -, they come from standard "
	       "input:\n\n"
	       "  ffmpeg -i film.mp4 -vf scale=320:240 -r 25 -pix_fmt rgb24 -f rawvideo - |\n"
	       "  spin-clip --size 320x240 --rate 25 film.raw",
};

static void write_all(int fd, const void *data, size_t len, off_t offset,
		      const char *name)
{
	const char *from = data;

	while (len) {
		ssize_t n = pwrite(fd, from, len, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die("cannot write '%s': %s", name, strerror(errno));
		from += n;
		offset += n;
		len -= n;
	}
}

static FILE *open_input(struct options *opt, struct stat *in_stat)
{
	FILE *in;

	if (!opt->input || !strcmp(opt->input, "-")) {
		in = stdin;
		opt->input = "standard input";
		if (isatty(0))
			die("standard input is a terminal: name a file, or let ffmpeg write into a pipe");
	} else {
		in = fopen(opt->input, "re");
		if (!in)
			die("cannot open '%s': %s", opt->input, strerror(errno));
	}
	if (fstat(fileno(in), in_stat))
		die("cannot look at %s: %s", opt->input, strerror(errno));
	if (S_ISDIR(in_stat->st_mode))
		die("'%s' is a directory: name a file of raw video", opt->input);
	return in;
}

/*
 * A file beside the output, which takes its name when it is whole: a clip that
 * is there stays as it is until then, also for those it is streamed to.
 */
static int open_output(const struct options *opt, const struct stat *in_stat)
{
	struct stat out_stat;
	mode_t mask;
	int fd;

	if (!stat(opt->output, &out_stat)) {
		if (!S_ISREG(out_stat.st_mode))
			die("'%s' is no regular file: a clip's first page is written last, so name one",
			    opt->output);
		if (in_stat->st_dev == out_stat.st_dev &&
		    in_stat->st_ino == out_stat.st_ino)
			die("'%s' is the input: name another output", opt->output);
		if (!opt->force)
			die("'%s' is there already: say --force to write over it",
			    opt->output);
	}
	if (asprintf(&unfinished, "%s.XXXXXX", opt->output) < 0) {
		unfinished = NULL;
		die("no memory");
	}
	fd = mkostemp(unfinished, O_CLOEXEC);
	if (fd < 0) {
		unfinished = NULL;
		die("cannot make '%s': %s", opt->output, strerror(errno));
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	signal(SIGHUP, on_signal);
	mask = umask(0);
	umask(mask);
	if (fchmod(fd, 0666 & ~mask))
		die("cannot make '%s': %s", opt->output, strerror(errno));
	return fd;
}

/* Without --force, a clip that somebody else made in the meantime stays. */
static void take_name(const struct options *opt)
{
	if (renameat2(AT_FDCWD, unfinished, AT_FDCWD, opt->output,
		      opt->force ? 0 : RENAME_NOREPLACE)) {
		if (errno == EEXIST)
			die("'%s' is there now: say --force to write over it",
			    opt->output);
		die("cannot make '%s': %s", opt->output, strerror(errno));
	}
	unfinished = NULL;
}

int main(int argc, char **argv)
{
	struct options opt = { 0 };
	struct video_clip head = { .magic = VIDEO_CLIP_MAGIC };
	size_t frame_bytes, stride;
	uint64_t frames = 0;
	struct stat in_stat;
	char *frame;
	FILE *in;
	int fd;

	if (unclean_option(argc, argv))
		die("there is no option '%s'", unclean_option(argc, argv));
	if (argp_parse(&argp, argc, argv, 0, NULL, &opt))
		return 1;

	in = open_input(&opt, &in_stat);
	fd = open_output(&opt, &in_stat);
	frame_bytes = (size_t)opt.width * opt.height * RGB;
	stride = (frame_bytes + VIDEO_CLIP_PAGE - 1) & ~(size_t)(VIDEO_CLIP_PAGE - 1);
	frame = calloc(1, stride);
	if (!frame)
		die("no memory for a frame of %zu bytes", stride);

	for (;;) {
		size_t got = fread(frame, 1, frame_bytes, in);

		if (ferror(in))
			die("cannot read %s: %s", opt.input, strerror(errno));
		if (!got)
			break;
		if (got < frame_bytes)
			die("%s ends within frame %" PRIu64 " (%zu of %zu bytes): is it %ux%u, and rgb24?",
			    opt.input, frames, got, frame_bytes, opt.width,
			    opt.height);
		if (frames == UINT32_MAX)
			die("too many frames for one clip");
		write_all(fd, frame, stride, VIDEO_CLIP_PAGE + frames * stride,
			  opt.output);
		frames++;
	}
	if (!frames)
		die("%s has no frame in it", opt.input);

	/* Last: until now, nobody takes the file for a clip. */
	head.width = htole32(opt.width);
	head.height = htole32(opt.height);
	head.rate_num = htole32(opt.rate_num);
	head.rate_den = htole32(opt.rate_den);
	head.frames = htole32(frames);
	head.line_bytes = htole32(opt.width * RGB);
	head.frame_stride = htole64(stride);
	write_all(fd, &head, sizeof(head), 0, opt.output);
	if (close(fd))
		die("cannot write '%s': %s", opt.output, strerror(errno));
	take_name(&opt);
	if (!opt.quiet)
		printf("%s: %" PRIu64 " frames of %ux%u at %u/%u per second, %" PRIu64 " bytes\n",
		       clean(opt.output), frames, opt.width, opt.height, opt.rate_num,
		       opt.rate_den, VIDEO_CLIP_PAGE + frames * stride);
	return 0;
}
