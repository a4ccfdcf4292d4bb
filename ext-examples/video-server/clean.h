/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names that come from elsewhere, in messages: what is no letter to a terminal
 * must not reach it.
 */
#ifndef _SPIN_EXAMPLES_CLEAN_H
#define _SPIN_EXAMPLES_CLEAN_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of the UTF-8 sequence at @text; 0: there is none, or a control character. */
static inline size_t clean_letter(const unsigned char *text)
{
	size_t len, i;
	uint32_t code;

	if (text[0] < 0x80)
		return text[0] >= 0x20 && text[0] != 0x7f;
	len = text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
	if (text[0] < 0xc2 || text[0] > 0xf4)
		return 0;
	code = text[0] & (0x7f >> len);
	for (i = 1; i < len; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (text[i] & 0x3f);
	}
	/* C1, what is longer than need be, surrogates, and the last of all */
	if (code < 0xa0 || (len == 3 && code < 0x800) ||
	    (len == 4 && code < 0x10000) || (code >= 0xd800 && code < 0xe000) ||
	    code > 0x10ffff)
		return 0;
	/* line and paragraph ends, and what turns the direction of text */
	if ((code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069))
		return 0;
	return len;
}

/* Put a '?' in the place of each byte that is no part of a letter. */
static inline void clean_text(char *text)
{
	unsigned char *at = (unsigned char *)text;

	while (*at) {
		size_t len = clean_letter(at);

		if (!len)
			*at = '?';
		at += len ? len : 1;
	}
}

/* A copy to be shown; never freed: programs that show one end soon. */
static inline const char *clean(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		return "?";
	clean_text(copy);
	return copy;
}

/* The first of the options that getopt would show as it is, or NULL. */
static inline const char *unclean_option(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1]; i++)
		if (strcmp(clean(argv[i]), argv[i]))
			return clean(argv[i]);
	return NULL;
}

#endif /* _SPIN_EXAMPLES_CLEAN_H */
