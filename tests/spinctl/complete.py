# SPDX-License-Identifier: GPL-2.0
"""What the TAB key makes of lines, in an interactive bash.

usage: complete.py COMPLETION [--user UID] [--path PATH] < LINES

For each line of standard input one line: what stands on the command line after a
TAB, or, if that is what stood there before, the words that a second TAB shows.
"""
import os
import pty
import re
import select
import sys

MARK = "@@"


def read_until(fd, mark):
    text = b""
    while mark.encode() not in text:
        if not select.select([fd], [], [], 60)[0]:
            sys.exit(f"bash does not answer: {text!r}")
        text += os.read(fd, 4096)
    return text.decode("utf-8", "replace")


class Shell:
    def __init__(self, completion, user, path):
        pid, self.fd = pty.fork()
        if not pid:
            if user:
                os.setgid(user)
                os.setuid(user)
            os.environ.update(TERM="dumb", PS1="", HOME="/tmp", INPUTRC="/dev/null")
            if path:
                os.environ["PATH"] = path
            os.execlp("bash", "bash", "--norc", "--noprofile", "-i")
        # what the line holds is asked of readline itself
        self.say(f"""
PS1= PS2=
bind 'set bell-style none'
bind 'set page-completions off'
bind 'set completion-query-items 0'
bind 'set enable-bracketed-paste off'
show_line() {{ printf '\\n%s%s%s\\n' "{MARK}" "$READLINE_LINE" "{MARK}."; READLINE_LINE=; }}
bind -x '"\\C-g": show_line'
. '{completion}'
printf 'rea''dy{MARK}.\\n'
""")
        read_until(self.fd, f"ready{MARK}.")

    def say(self, text):
        os.write(self.fd, text.encode())

    def complete(self, line, tabs):
        self.say(line + "\t" * tabs + "\x07")
        text = read_until(self.fd, f"{MARK}.").replace("\r", "")
        shown, _, rest = text.rpartition(f"{MARK}.")[0].rpartition(f"\n{MARK}")
        return rest, shown


def main():
    args = sys.argv[1:]
    options = {"--user": "0", "--path": ""}
    while len(args) > 2:
        options[args[-2]] = args[-1]
        args = args[:-2]
    shell = Shell(args[0], int(options["--user"]), options["--path"])
    for line in sys.stdin.read().splitlines():
        after, _ = shell.complete(line, 1)
        if after == line:
            _, shown = shell.complete(line, 2)
            words = re.split(r"\s{2,}|\n", shown.split("\n", 1)[-1])
            after = " ".join(word.strip() for word in words
                             if word.strip() and word.strip() != line.strip())
        print(after.rstrip(), flush=True)


main()
