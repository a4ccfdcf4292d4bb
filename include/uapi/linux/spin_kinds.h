/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Kinds of capability, a row for each. From the rows are made: the constants of
 * enum spin_cap_kind, the types of <spin/bpf/spin.h>, the rights that the kernel
 * knows of a kind, what libspin understands as a grant, and what spinctl says in its
 * help, its completion and its listings.
 */
#ifndef _UAPI_LINUX_SPIN_KINDS_H
#define _UAPI_LINUX_SPIN_KINDS_H

/*
 * SPIN_KINDS(K) - K(CONSTANT, NUMBER, NAME, WORD, WHAT, TEXT, USUAL, MORE, COUNTERS...)
 *	for each kind
 * @CONSTANT: of enum spin_cap_kind
 * @NUMBER: its value, of the ABI: never given to another kind
 * @NAME: for people: of the interface whose functions take it
 * @WORD: the same in small letters: grants and listings have it; spin_WORD_t is the
 *	type of a variable that names a capability
 * @WHAT: what comes after "WORD:" in a grant. Completion knows PATH, DIRECTORY,
 *	DOMAIN and /dev/dri/
 * @TEXT: what such a thing is, for help
 * @USUAL: SPIN_RIGHT_*, given by a grant that names none
 * @MORE: the others that mean something for it. Without SPIN_RIGHT_PASS it cannot
 *	be handed to another extension at all
 * @COUNTERS: { SPIN_COUNT_*, "word" }: what is counted of it, as listings have it
 */
#define SPIN_KINDS(K) \
	K(SPIN_CAP_FILE, 1, File, file, \
	  "PATH", "a regular file, to read", \
	  SPIN_RIGHT_READ | SPIN_RIGHT_PASS, \
	  SPIN_RIGHT_KEEP | SPIN_RIGHT_EXTERNALIZE, \
	  { SPIN_COUNT_READ, "read" }, \
	  { SPIN_COUNT_COPIED, "copied" }) \
	K(SPIN_CAP_SOCKET, 2, Socket, socket, \
	  "[ADDRESS:]PORT", "a UDP socket, to send from", \
	  SPIN_RIGHT_WRITE | SPIN_RIGHT_PASS, \
	  SPIN_RIGHT_KEEP | SPIN_RIGHT_EXTERNALIZE, \
	  { SPIN_COUNT_SENT, "sent" }, \
	  { SPIN_COUNT_FAILED, "failed" }, \
	  { SPIN_COUNT_BY_REFERENCE, "by_reference" }, \
	  { SPIN_COUNT_COPIED, "copied" }, \
	  { SPIN_COUNT_CHECKSUMMED, "checksummed" }, \
	  { SPIN_COUNT_BULK, "in_bulk" }) \
	K(SPIN_CAP_FRAMEBUFFER, 3, FrameBuffer, framebuffer, \
	  "/dev/dri/cardN[:WxH]", "a display", \
	  SPIN_RIGHT_READ | SPIN_RIGHT_WRITE | SPIN_RIGHT_PASS, \
	  SPIN_RIGHT_KEEP | SPIN_RIGHT_EXTERNALIZE, \
	  { SPIN_COUNT_BLITS, "blits" }, \
	  { SPIN_COUNT_REFUSED, "refused" }, \
	  { SPIN_COUNT_FLUSHES, "flushes" }) \
	K(SPIN_CAP_DIRECTORY, 4, Directory, directory, \
	  "DIRECTORY", "a directory, to open files in", \
	  SPIN_RIGHT_READ | SPIN_RIGHT_PASS, \
	  SPIN_RIGHT_KEEP | SPIN_RIGHT_EXTERNALIZE, \
	  { SPIN_COUNT_OPENED, "opened" }, \
	  { SPIN_COUNT_FAILED, "failed" }) \
	K(SPIN_CAP_STREAM, 5, Stream, stream, \
	  "ADDRESS:PORT", "a TCP connection", \
	  SPIN_RIGHT_READ | SPIN_RIGHT_WRITE | SPIN_RIGHT_PASS, \
	  SPIN_RIGHT_EXTERNALIZE, \
	  { SPIN_COUNT_SENT, "sent" }, \
	  { SPIN_COUNT_FAILED, "failed" }, \
	  { SPIN_COUNT_RECEIVED, "received" }, \
	  { SPIN_COUNT_BY_REFERENCE, "by_reference" }, \
	  { SPIN_COUNT_COPIED, "copied" }, \
	  { SPIN_COUNT_CHECKSUMMED, "checksummed" }) \
	K(SPIN_CAP_CONSOLE, 6, Console, console, \
	  "PATH", "a terminal, to write to", \
	  SPIN_RIGHT_WRITE | SPIN_RIGHT_PASS, SPIN_RIGHT_EXTERNALIZE, \
	  { SPIN_COUNT_WRITTEN, "written" }, \
	  { SPIN_COUNT_FAILED, "failed" }) \
	K(SPIN_CAP_CLOCK, 7, Clock, clock, \
	  "PERIOD", "ticks, at most one each 100us", 0, 0) \
	K(SPIN_CAP_TRANSLATION, 8, Translation, translation, \
	  "[PID/]FD", "a range of memory of a process", \
	  SPIN_RIGHT_READ | SPIN_RIGHT_WRITE | SPIN_RIGHT_PASS, \
	  SPIN_RIGHT_EXTERNALIZE, \
	  { SPIN_COUNT_DISCARDED, "discarded" }) \
	K(SPIN_CAP_STRAND, 9, Strand, strand, \
	  "[PID/]FD", "a registered thread", \
	  SPIN_RIGHT_READ | SPIN_RIGHT_PASS, SPIN_RIGHT_EXTERNALIZE) \
	K(SPIN_CAP_INTERFACE, 10, Interface, interface, \
	  "DOMAIN", "to import what a domain exports", 0, 0)

#endif /* _UAPI_LINUX_SPIN_KINDS_H */
