#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What documents quote is what really happens.

quotes.py sources DOCUMENT FOLDER
    Write each extension whose whole source DOCUMENT shows to FOLDER/NAME.bpf.c.
quotes.py run DOCUMENT [--skip REGEX]...
    Run the commands that DOCUMENT shows, those behind '# ' and '$ ' in its literal
    blocks, one after the other in one shell, and compare what they print with what
    stands below each. Numbers may differ, and how wide a column is; so may lines
    for which the document has '…', and of what ends with '^C' each line is to be
    seen somewhere. Where nothing stands below it, a command has to succeed. One that
    matches REGEX is not run.
"""

import os
import re
import select
import signal
import subprocess
import sys
import textwrap
import time

SECONDS = 100  # that a command may take


def blocks(path):
    """The literal blocks of a document: lists of lines."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    literal = path.endswith(".md")
    block, prose = [], ""
    for line in text.split("\n") + ["end"]:
        if line.startswith("    ") or (not line.strip() and block):
            block.append(line)
            continue
        if block and (literal or prose.endswith("::")):
            yield textwrap.dedent("\n".join(block)).strip("\n").split("\n")
        if block:
            prose = ""
        block = []
        prose = line.rstrip() or prose


def sources(path, folder):
    for block in blocks(path):
        name = re.search(r'^SPIN_EXTENSION\("([^"]+)"\)', "\n".join(block), re.M)
        if name and block[0].startswith("// SPDX"):
            with open(f"{folder}/{name[1]}.bpf.c", "w", encoding="utf-8") as file:
                file.write("\n".join(block) + "\n")


def commands(block):
    """(command, lines below it) of a block; [] if it is no session."""
    found = []
    for line in block:
        if found and found[-1][0].endswith("\\"):
            found[-1][0] += "\n" + line
        elif re.match(r"[#$] ", line):
            found.append([line[2:], []])
        elif found:
            found[-1][1].append(line)
        else:
            return []
    return found


def shape(line):
    line = re.sub(r"\d+(\.\d+)*", "0", line)
    return re.sub(r"[\s-]+", " ", line).strip()


def shapes(lines):
    return [s for s in map(shape, lines) if s]


def fits(quoted, seen):
    """None, or the first quoted line that is not there, and the line seen there."""
    quoted, seen = shapes(quoted), shapes(seen)
    if quoted[-1:] == ["^C"]:
        missing = [line for line in quoted[:-1] if line not in seen]
        return (missing[0], seen[0] if seen else "") if missing else None
    for i, line in enumerate(quoted):
        if line == "…":
            return None
        if i >= len(seen) or line != seen[i]:
            return line, seen[i] if i < len(seen) else "(nothing)"
    return ("(nothing)", seen[len(quoted)]) if len(seen) > len(quoted) else None


class Shell:
    def __init__(self):
        self.bash = subprocess.Popen(
            ["bash", "--norc"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, bufsize=0)
        self.run("shopt -s expand_aliases")

    def run(self, command, quoted=()):
        """What it prints; if that is quoted up to ^C: until all of it is there."""
        interrupt = quoted[-1:] == ["^C"]
        if interrupt:
            command = f"timeout -s INT {SECONDS // 2} {command} & echo $!; wait $!"
        end = f"end-{time.monotonic_ns()}"
        self.bash.stdin.write(
            f"{{ {command}\n}} </dev/null; status=$?; echo; echo $status; echo {end}\n".encode())
        seen, until = b"", time.monotonic() + SECONDS
        while not seen.endswith(f"\n{end}\n".encode()):
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.bash.stdout], [], [], left)[0]:
                return seen.decode(errors="replace").split("\n") + ["(it does not end)"]
            more = os.read(self.bash.stdout.fileno(), 65536)
            if not more:
                return seen.decode(errors="replace").split("\n") + ["(the shell ended)"]
            seen += more
            if interrupt and not fits(quoted, seen.decode(errors="replace").split("\n")):
                # as if its time were over
                os.kill(int(seen.split()[0]), signal.SIGALRM)
                interrupt = False
        return seen.decode(errors="replace").split("\n")[:-2]


def run(path, skips):
    shell, ran, bad = Shell(), 0, []
    for block in blocks(path):
        for command, quoted in commands(block):
            if any(re.search(skip, command) for skip in skips):
                continue
            seen = shell.run(command, quoted)
            ran += 1
            if os.environ.get("SPIN_TEST_SHOW"):
                print("#", command, *seen, sep="\n# ")
            status = seen.pop()
            if shapes(quoted):
                wrong = fits(quoted, seen)
            else:
                wrong = status != "0" and ("success", "\n".join(seen))
            if wrong:
                bad.append((command, *wrong))
    if not ran:
        bad.append(("(none)", "commands", "none was found"))
    for command, line, seen in bad:
        print(f"{command}: quoted: {line} seen: {seen}")
    return bool(bad)


if __name__ == "__main__":
    if sys.argv[1] == "sources":
        sources(*sys.argv[2:])
    else:
        sys.exit(run(sys.argv[2], [arg for arg in sys.argv[3:] if arg != "--skip"]))
