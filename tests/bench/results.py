#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the benchmarks measured: kept, compared with a second boot, shown.

usage: results.py show RUN               the rows of one boot
       results.py merge RUN RUN RESULTS  those of two, into a file of results
       results.py table RESULTS          a file of results
       results.py compare OLD NEW        what became dearer, and what cheaper

A run has lines "env NAME VALUE" and "row BENCH CASE SYSTEM UNIT MEDIAN MIN MAX
RUNS", separated by tabs. `show` and `merge` fail if a figure is over its bar
(file `bars`), `merge` too if the second boot measured something else: then
that row stays as it was, and the others are kept. `compare` fails if a figure
became dearer by more than two boots of the same may differ.
"""
import os
import re
import sys

COLUMNS = ["bench", "case", "system", "unit", "median", "min", "max", "runs"]

# How far the medians of two boots may be apart: so many units, or this part of
# them. Documentation/benchmarks.rst gives the reasons. Units that are not
# here (ns) are not compared.
REPEATS = {
    "insn": (2, 0),
    "insn-mean": (0, 0.10),
    "bytes": (16, 0),
}
# These take memory where it is found, which is no two boots the same; and keys
# share the slots of an index by a hash that is random.
REPEATS_OF = {
    ("dispatch", "g1000indexed"): (15, 0),
    ("install", "insn"): (0, 0.005),
    ("install", "n1"): (1000, 0),
    ("install", "k1"): (1000, 0),
    # By how much an interrupt is late depends on where the periods of its timer fall.
    ("revoke", "insn"): (20011, 0),
    # Two processes in turn: what they find when they are woken differs from
    # boot to boot, and no figure of SPIN's own is compared with these two.
    ("call", "null", "pipe"): (0, 0.10),
    ("call", "null", "unix"): (0, 0.10),
}


def tolerance(row):
    """(units, part) by which its median may differ, or None: not compared."""
    if row.unit not in REPEATS:
        return None
    for key in ((row.bench, row.case, row.system), (row.bench, row.case),
                (row.bench, row.unit)):
        if key in REPEATS_OF:
            return REPEATS_OF[key]
    return REPEATS[row.unit]


def apart(row, other):
    """Whether two medians of a row differ by more than its tolerance."""
    units, part = tolerance(row)
    return abs(row.median - other.median) > max(units, part * row.median)


class Row:
    def __init__(self, fields):
        if len(fields) != len(COLUMNS):
            raise ValueError(f"{len(fields)} columns, not {len(COLUMNS)}: {fields}")
        self.fields = fields
        self.bench, self.case, self.system, self.unit = fields[:4]
        self.median, self.min, self.max = map(float, fields[4:7])
        self.runs = int(fields[7])

    def key(self):
        return self.bench, self.case, self.system, self.unit

    def order(self):
        """n2 before n10; SPIN first among the systems."""
        parts = [[int(p) if p.isdigit() else p for p in re.split(r"(\d+)", name)]
                 for name in (self.bench, self.case)]
        return parts, self.unit, not self.system.startswith("spin"), self.system


def read_run(path):
    rows, env = [], {}
    for line in open(path, encoding="utf-8"):
        kind, *fields = line.rstrip("\n").split("\t")
        if kind == "row":
            rows.append(Row(fields))
        else:
            env[fields[0]] = fields[1]
    if not rows:
        sys.exit(f"{path}: no rows: nothing was measured")
    if len({row.key() for row in rows}) != len(rows):
        sys.exit(f"{path}: the same row twice")
    return sorted(rows, key=Row.order), env


def read_results(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        head, *lines = file.read().splitlines()
    if head.split("\t") != COLUMNS:
        sys.exit(f"{path}: these are no results: the first line is '{head}'")
    return [Row(line.split("\t")) for line in lines]


def write_lines(path, lines):
    with open(path + ".new", "w", encoding="utf-8") as file:
        for fields in lines:
            file.write("\t".join(fields) + "\n")
    os.replace(path + ".new", path)


def write_results(path, rows):
    write_lines(path, [COLUMNS] + [row.fields for row in sorted(rows, key=Row.order)])


def write_env(path, benches, env):
    """Beside the results: what each benchmark was measured with."""
    kept = []
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            kept = [line.split("\t") for line in file.read().splitlines()]
    kept = [fields for fields in kept if fields[0] not in benches]
    new = [[bench, *item] for bench in benches for item in env.items()]
    write_lines(path, sorted(kept + new))


def case_and_system(text, default):
    """"CASE" or "CASE/SYSTEM"."""
    case, _, system = text.partition("/")
    return case, system or default


def read_bars():
    bars = {}
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bars")
    for line in open(path, encoding="utf-8"):
        if line.strip() and not line.startswith("#"):
            bench, case, unit, bar = line.split()
            bars[bench, *case_and_system(case, "spin"), unit] = bar
    return bars


def bar_of(row, bars, medians):
    """The number that a row's median may be at most, and how it is made up."""
    bar = bars.get(row.key())
    if bar is None:
        return None, ""
    if "*" not in bar:
        return float(bar), bar
    factor, other = bar.split("*")
    base = medians.get((row.bench, *case_and_system(other, row.system), row.unit))
    if base is None:
        sys.exit(f"bar of {row.bench} {row.case}: no median of {other}")
    return float(factor) * base, f"{float(factor) * base:g} = {factor} x {other}"


def number(value):
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}"


def print_columns(table, numbers):
    """Lines of cells; those of the columns @numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*table)]
    for line in table:
        print("  ".join(
            cell.rjust(width) if i in numbers else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(line, widths))).rstrip())


def show(rows):
    """Print a table; return the number of figures over their bars."""
    bars, medians = read_bars(), {row.key(): row.median for row in rows}
    for key in bars:
        if key not in medians and key[0] in {row.bench for row in rows}:
            sys.exit(f"{' '.join(key)}: has a bar, but was not measured")
    table, over, bench = [COLUMNS + ["at most", ""]], 0, None
    for row in rows:
        limit, text = bar_of(row, bars, medians)
        verdict = "" if limit is None else "ok" if row.median <= limit else "OVER"
        over += verdict == "OVER"
        if bench not in (None, row.bench):
            table.append([""] * len(table[0]))
        bench = row.bench
        table.append([*row.key(), number(row.median), number(row.min),
                      number(row.max), str(row.runs), text, verdict])
    print_columns(table, range(4, 8))
    return over


def show_env(env):
    print()
    for name, value in env.items():
        print(f"{name + ':':<12}{value}")


def differences(first, second):
    """Of rows of which a second boot says something else: key and sentence."""
    there = {row.key(): row for row in second}
    for row in first:
        name = " ".join(row.key())
        other = there.pop(row.key(), None)
        if other is None:
            yield row.key(), f"{name}: only the first boot measured it"
        elif tolerance(row) and apart(row, other):
            yield row.key(), (f"{name}: {number(row.median)}, and in the second "
                              f"boot {number(other.median)}")
    for key in there:
        yield key, f"{' '.join(key)}: only the second boot measured it"


def judge(over):
    if over:
        sys.exit(f"{over} figure{'s' if over > 1 else ''} over the bar")


def command_show(run):
    rows, env = read_run(run)
    show_env(env)
    print()
    judge(show(rows))


def command_merge(run, again, results):
    rows, env = read_run(run)
    second, env_again = read_run(again)
    if env != env_again:
        sys.exit(f"the guests are not alike: {env} and {env_again}: nothing is kept")
    differing = dict(differences(rows, second))
    show_env(env)
    print()
    over = show(rows)
    print()
    compared = [row for row in rows if tolerance(row)]
    repeated = [row for row in compared if row.key() not in differing]
    print(f"repeated in a second boot: {len(repeated)} of {len(compared)} rows,"
          f" and {len(rows) - len(compared)} that are not compared")
    benches = {row.bench for row in rows}
    fresh = [row for row in rows if row.key() not in differing]
    kept = [row for row in read_results(results)
            if row.bench not in benches or row.key() in differing]
    write_results(results, kept + fresh)
    write_env(results.removesuffix(".tsv") + ".env", benches, env)
    print(f"kept in {os.path.relpath(results)}")
    if differing:
        print("not kept, as they do not repeat:", *differing.values(), sep="\n  ")
    judge(over)
    if differing:
        sys.exit(f"{len(differing)} figure{'s' if len(differing) > 1 else ''}"
                 " not repeated")


def compared_rows(old, new):
    """A line for each row whose figure changed, and how many became dearer."""
    was = {row.key(): row for row in old}
    lines, dearer = [["", *COLUMNS[:4], "was", "is", "change"]], 0
    for row in new:
        before = was.pop(row.key(), None)
        if before is None:
            lines.append(["new", *row.key(), "", number(row.median), ""])
        elif tolerance(row) and apart(before, row):
            worse = row.median > before.median
            dearer += worse
            change = row.median / before.median - 1 if before.median else 1
            lines.append(["DEARER" if worse else "cheaper", *row.key(),
                          number(before.median), number(row.median),
                          f"{change:+.1%}"])
    for row in was.values():
        lines.append(["gone", *row.key(), number(row.median), "", ""])
    return lines, dearer


def command_compare(old, new):
    rows = read_results(old), read_results(new)
    for path, found in zip((old, new), rows):
        if not found:
            sys.exit(f"{path}: no results")
    lines, dearer = compared_rows(*rows)
    if len(lines) == 1:
        print(f"nothing changed: {len(rows[1])} rows")
    else:
        print_columns(lines, range(5, 8))
    if dearer:
        sys.exit(f"{dearer} figure{'s' if dearer > 1 else ''} dearer than in {old}")


def command_table(results):
    rows = read_results(results)
    if not rows:
        sys.exit(f"{results}: no results")
    show(rows)


def main(args):
    commands = {"show": (command_show, 1), "merge": (command_merge, 3),
                "table": (command_table, 1), "compare": (command_compare, 2)}
    if not args or args[0] not in commands or len(args) != commands[args[0]][1] + 1:
        sys.exit(__doc__.strip())
    commands[args[0]][0](*args[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
