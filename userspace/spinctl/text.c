// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Text that may hold anything: names of files, processes and variables come from
 * whom it pleases. What is printed is UTF-8, and nothing in it commands a
 * terminal.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "spinctl.h"

#define REPLACEMENT	0xfffd

static unsigned int bytes_of(unsigned char lead, uint32_t *code, uint32_t *least)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} forms[] = {
		{ 0x80, 0x00, 0 }, { 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 }, { 0xf8, 0xf0, 0x10000 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(forms); i++)
		if ((lead & forms[i].mask) == forms[i].lead) {
			*code = lead & (unsigned char)~forms[i].mask;
			*least = forms[i].least;
			return i + 1;
		}
	return 0;
}

/**
 * text_next - take the next character off a text
 * @text: moved behind it
 * @code: set to its number; of a byte that is no part of UTF-8, or of a character
 *	that was cut, to the replacement character
 *
 * Return: whether there was one.
 */
bool text_next(const char **text, uint32_t *code)
{
	const unsigned char *at = (const unsigned char *)*text;
	uint32_t value, least;
	unsigned int bytes, i;

	if (!*at)
		return false;
	bytes = bytes_of(*at, &value, &least);
	for (i = 1; i < bytes && (at[i] & 0xc0) == 0x80; i++)
		value = value << 6 | (at[i] & 0x3f);
	if (!bytes || i < bytes || value < least || value > 0x10ffff ||
	    (value >= 0xd800 && value < 0xe000)) {
		/* what begins the next character is not swallowed */
		*text += i > 1 ? i : 1;
		*code = REPLACEMENT;
	} else {
		*text += bytes;
		*code = value;
	}
	return true;
}

/**
 * text_commands - may a character command a terminal, or hide what is printed?
 * @code: its number
 *
 * The controls of ASCII and of ISO 6429, and those of Unicode that turn the
 * direction of writing, break lines or take no room.
 *
 * Return: whether it may.
 */
bool text_commands(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xad ||
	       code == 0x61c || (code >= 0x200b && code <= 0x200f) ||
	       (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2060 && code <= 0x206f) || code == 0xfeff ||
	       (code >= 0xfff9 && code <= 0xfffb) ||
	       (code >= 0xe0000 && code <= 0xe007f);
}

/** text_put - write a character as UTF-8; returns its bytes, at most 4 */
size_t text_put(char *out, uint32_t code)
{
	unsigned int more = code < 0x80 ? 0 : code < 0x800 ? 1 :
			    code < 0x10000 ? 2 : 3, i;

	if (!more) {
		*out = code;
		return 1;
	}
	*out = (0xff00 >> (more + 1) & 0xff) | code >> 6 * more;
	for (i = 1; i <= more; i++)
		out[i] = 0x80 | (code >> 6 * (more - i) & 0x3f);
	return more + 1;
}

/** text_utf8 - a copy in which all is UTF-8, to be freed; NULL: no memory */
char *text_utf8(const char *text)
{
	char *copy = malloc(3 * strlen(text) + 1), *out = copy;
	uint32_t code;

	if (!copy)
		return NULL;
	while (text_next(&text, &code))
		out += text_put(out, code);
	*out = '\0';
	return copy;
}
