# SPDX-License-Identifier: GPL-2.0
"""Make report.json, figure.svg and a table of what the demo's parts logged.

Exits with 1, and says why, if a picture is wrong, if the server in the kernel
copied payload or failed to send it, or if at 15 clients it takes more of the
processor than its bars allow: in instructions for each datagram, and as a part
of what a server that reads and sends takes, and the best one of user space.
"""

import argparse
import json
import os
import sys

RATE = 3000000          # bits per second of a stream that is measured
UNIT = 1316             # bytes in a datagram of it
MOST = 15               # clients at which servers are compared

# At MOST clients, at most: by kernel, instructions for each datagram; and parts.
PER_DATAGRAM = {"stock": 2500, "bpo": 2700}
OF_SENDTO, OF_BEST = 0.41, 0.52

HOW = {
    "sendto": "read() and sendto() copy",
    "sendmmsg": "read() and sendmmsg() copy",
    "sendfile": "sendfile() passes pages; the device gathers",
    "sendfile-gso": "sendfile() passes pages; the device gathers",
    "gso": "send() from the mapped file copies",
    "gso-zerocopy": "MSG_ZEROCOPY pins pages; its notifications say whether "
                    "the kernel copied after all",
    "uring-zc": "IORING_OP_SEND_ZC from registered memory; its notifications "
                "say whether the kernel copied after all",
    "spin": "counters of the Socket capability: their shares of what the "
            "sink received",
}

COLOURS = {
    "spin": "#c00", "sendto": "#333", "sendmmsg": "#888", "sendfile": "#06c",
    "sendfile-gso": "#39c", "gso": "#080", "gso-zerocopy": "#6a2",
    "uring-zc": "#a3c",
}


def lines_of(name):
    try:
        with open(name, encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()
    except FileNotFoundError:
        return []


def tagged(lines, tag):
    """The JSON behind a keyword at the start of a line."""
    return [json.loads(line[len(tag) + 1:]) for line in lines
            if line.startswith(tag + " ")]


def text_after(lines, tag):
    return next((line[len(tag) + 1:].strip() for line in lines
                 if line.startswith(tag + " ")), "")


def counters(show, kind):
    """Sums of the counters of an extension's capabilities of one kind."""
    total = {}
    for cap in show["capabilities"]:
        if cap["kind"].lower() == kind:
            for key, value in cap["counters"].items():
                total[key] = total.get(key, 0) + value
    return total


def user_bytes(count, offloads):
    """By reference, copied, checksummed: null where it is not known."""
    reference, copied = count["bytes_by_reference"], count["bytes_copied"]
    if count["copied_after_all"] or "scatter-gather: on" not in offloads:
        reference = copied = None
    checked = 0 if "tx-checksum-ip-generic: on" in offloads else None
    return reference, copied, checked


def spin_bytes(count, received):
    """The same of the server in the kernel. Its counters were read some time
    before and after the sink's, so they give shares; but what was copied or
    summed at any time is not made smaller."""
    reference, copied = count["by_reference"], count["copied"]
    share = reference / max(reference + copied, 1)
    return round(received * share), copied, count["checksummed"]


def video_rows(logs):
    lines = lines_of(f"{logs}/measure.log")
    results = tagged(lines, "RESULT")
    sinks = [json.loads(line) for line in lines_of(f"{logs}/sink.log")
             if line.startswith("{")]
    if len(results) != len(sinks):
        raise SystemExit(f"demo: {len(results)} measurements, but the sink "
                         f"saw {len(sinks)}: see {logs}/sink.log")
    if not results:
        return [], None, 0
    offloads = text_after(lines, "OFFLOADS")
    user = {(c["server"], c["clients"]): c for c in tagged(lines, "COUNTERS")}
    before, after = tagged(lines, "BEFORE"), tagged(lines, "AFTER")
    idle = min(r["busy_insn"] / r["seconds"] for r in results
               if r["server"] == "idle")
    rows = []
    for result, sink in zip(results, sinks):
        name, clients = result["server"], result["clients"]
        if (sink["server"], sink["clients"]) != (name, clients):
            raise SystemExit("demo: the sink's lines are not those of the guest")
        if name == "idle":
            continue
        count = user.get((name, clients))
        if name == "spin":
            first, last = (counters(s.pop(0), "socket") for s in (before, after))
            count = {key: last[key] - first[key] for key in last}
            reference, copied, checked = spin_bytes(count, sink["bytes"])
        else:
            if not count:
                raise SystemExit(f"demo: {name} with {clients} clients gave no "
                                 f"counters: see {logs}/measure.log")
            reference, copied, checked = user_bytes(count, offloads)
        net = result["busy_insn"] - idle * result["seconds"]
        # what was lost on the way was sent all the same
        sent = max(sink["datagrams"] + sink["lost"], 1)
        streamed = sent * UNIT * 8 / RATE
        rows.append({
            "server": name, "clients": clients,
            "cpu_per_stream": round(net / streamed),
            "unit": "instructions per streamed second",
            "cpu_per_datagram": round(net / sent),
            "cpu_total": round(net / result["seconds"]),
            "seconds": round(result["seconds"], 3),
            "datagrams": sink["datagrams"], "lost": sink["lost"],
            "wrong": sink["bad"],
            "rate": round(sent * UNIT * 8 / result["seconds"] / clients),
            "bytes_by_reference": reference, "bytes_copied": copied,
            "bytes_checksummed": checked,
            "bytes_known_from": HOW[name],
            "counters": count,
        })
    return rows, round(idle), int(text_after(lines, "TICK") or 0)


def server_of_pictures(logs):
    lines = lines_of(f"{logs}/server.log")
    stats = {s["name"]: s for s in tagged(lines, "STATS")}
    if not stats:
        return None
    disk = tagged(lines, "DISK")[0]
    return {
        "socket": counters(stats["video-multicast"], "socket"),
        "file": counters(stats["video-source"], "file"),
        "bytes_of_clips": disk["clip_bytes"],
        "bytes_read_from_disk": disk["bytes_read"],
        "variables": {name: s.get("variables") for name, s in stats.items()},
    }


def client_of_pictures(logs):
    stats = tagged(lines_of(f"{logs}/client.log"), "STATS")
    if not stats:
        return None
    return {"framebuffer": counters(stats[0], "framebuffer"),
            "variables": stats[0].get("variables")}


def faults(report, only):
    """What is not as it should be, a sentence each."""
    found = []
    if only != "cost":
        for name, check in report["checks"].items():
            if not check["ok"]:
                found.append(f"the picture of {name} is not the clip's: {check}")
        if not report["checks"]["screen"]["moving"]:
            found.append("the client's display does not move")
        copied = report["server"]["socket"]["copied"]
        if copied:
            found.append(f"the server of the pictures copied {copied} bytes")
        if not report["server"]["socket"]["by_reference"]:
            found.append("the server of the pictures sent nothing by reference")
    if only == "pictures":
        return found
    for row in report["video"]:
        who = f"{row['server']} with {row['clients']} clients"
        if row["rate"] < RATE * 0.98:
            found.append(f"{who} fell behind: {row['rate']} bit/s per stream")
        if row["wrong"]:
            found.append(f"{who} sent {row['wrong']} datagrams that are wrong")
        if row["server"] != "spin":
            continue
        if row["bytes_copied"]:
            found.append(f"{who} copied {row['bytes_copied']} bytes of payload")
        if row["counters"]["failed"]:
            found.append(f"{who} failed to send {row['counters']['failed']} "
                         "datagrams")
        if row["bytes_by_reference"] < row["datagrams"] * UNIT * 0.99:
            found.append(f"{who} sent only {row['bytes_by_reference']} bytes "
                         "by reference")
    return found + bars_missed(report["video"], report["kernel"])


def at_most_clients(rows):
    """Instructions for each datagram with MOST clients, by server."""
    return {row["server"]: row["cpu_per_datagram"] for row in rows
            if row["clients"] == MOST}


def bars_missed(rows, kernel):
    cost = at_most_clients(rows)
    spin = cost.pop("spin", None)
    if spin is None:
        return ["spin was not measured"]
    found = []
    bars = [(f"{kernel}'s bar", PER_DATAGRAM.get(kernel))]
    if "sendto" in cost:
        bars.append((f"{OF_SENDTO} of sendto", OF_SENDTO * cost["sendto"]))
    if cost:
        best = min(cost, key=cost.get)
        bars.append((f"{OF_BEST} of {best}", OF_BEST * cost[best]))
    for name, bar in bars:
        if bar and spin > bar:
            found.append(f"at {MOST} clients spin takes {spin} instructions "
                         f"for each datagram, more than {bar:.0f}, {name}")
    return found


def print_shares(rows):
    cost = at_most_clients(rows)
    spin = cost.pop("spin", None)
    if spin is None or not cost:
        return
    best = min(cost, key=cost.get)
    shares = [f"{spin / cost[name]:.2f} of {name}"
              for name in dict.fromkeys(["sendto", best]) if name in cost]
    print(f"\nAt {MOST} clients spin takes {' and '.join(shares)}"
          f"{', the best of user space' if best in cost else ''}.")


def number(value):
    return "unknown" if value is None else f"{value:,}"


def print_pictures(report):
    for name, check in report["checks"].items():
        if name == "screen":
            text = "frames " + ", ".join(
                str(p["source_frame"]) for p in check["pictures"]) + \
                " of the clip were on the display, the last of them whole"
        else:
            text = f"{check['exact']} of {check['frames']} frames are the " \
                f"clip's, the last one is its {check['last_is_source_frame']}."
        print(f"{name:10}  {'right' if check['ok'] else 'WRONG'}  {text}")
    if report.get("server"):
        sent = report["server"]["socket"]
        print(f"{'server':10}  {number(sent['by_reference'])} bytes of payload "
              f"sent by reference, {number(sent['copied'])} copied; "
              f"{number(report['server']['bytes_read_from_disk'])} bytes read "
              f"from the disk, which has "
              f"{number(report['server']['bytes_of_clips'])}")


def print_table(rows):
    spin = {r["clients"]: r["cpu_per_stream"] for r in rows
            if r["server"] == "spin"}
    head = ("server", "clients", "insn/stream/s", "x spin", "insn/datagram",
            "datagrams", "lost", "by reference", "copied", "checksummed")
    cells = [head]
    for r in sorted(rows, key=lambda r: (r["clients"], r["cpu_per_stream"])):
        times = spin.get(r["clients"])
        cells.append((
            r["server"], str(r["clients"]), number(r["cpu_per_stream"]),
            f"{r['cpu_per_stream'] / times:.2f}" if times else "",
            number(r["cpu_per_datagram"]), number(r["datagrams"]),
            number(r["lost"]), number(r["bytes_by_reference"]),
            number(r["bytes_copied"]), number(r["bytes_checksummed"])))
    width = [max(len(c[i]) for c in cells) for i in range(len(head))]
    for i, row in enumerate(cells):
        if i and row[1] != cells[i - 1][1]:
            print()
        print("  ".join(c.rjust(w) if j else c.ljust(w)
                        for j, (c, w) in enumerate(zip(row, width))))


def svg(rows, kernel, tick_us):
    """SPIN's Figure 6: processor time against the number of clients."""
    left, top, wide, high = 70, 50, 420, 300
    most = max(r["cpu_total"] for r in rows) / 1e6 * 1.05
    names = sorted({r["server"] for r in rows}, key=lambda n: -max(
        r["cpu_total"] for r in rows if r["server"] == n))

    def at(clients, cpu):
        return (left + wide * clients / MOST,
                top + high * (1 - cpu / 1e6 / most))

    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500) if most / s < 8)
    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="660" height="420" '
           'font-family="sans-serif" font-size="12">',
           '<rect width="660" height="420" fill="white"/>',
           f'<text x="{left}" y="24" font-size="15">What a video server costs'
           '</text>',
           f'<text x="{left}" y="40" fill="#666">{RATE // 1000000} Mb/s per '
           f'stream, tick {tick_us / 1000:g} ms, {kernel} kernel; an idle '
           'machine is subtracted</text>']
    for i in range(int(most // step) + 1):
        _, y = at(0, i * step * 1e6)
        out.append(f'<path d="M{left} {y:.1f}h{wide}" stroke="#ddd"/>'
                   f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">'
                   f'{i * step}</text>')
    for clients in (1, 5, 10, 15):
        x, _ = at(clients, 0)
        out.append(f'<text x="{x:.1f}" y="{top + high + 18}" '
                   f'text-anchor="middle">{clients}</text>')
    out.append(f'<text x="{left + wide / 2}" y="{top + high + 40}" '
               'text-anchor="middle">clients</text>')
    out.append(f'<text transform="translate(20 {top + high / 2}) rotate(-90)" '
               'text-anchor="middle">million instructions per second</text>')
    label = 0
    for name in names:
        points = [at(r["clients"], r["cpu_total"]) for r in sorted(
            (r for r in rows if r["server"] == name),
            key=lambda r: r["clients"])]
        colour = COLOURS.get(name, "#555")
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" '
                   f'stroke-width="{3 if name == "spin" else 1.5}"/>')
        out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
                for x, y in points]
        label = max(points[-1][1] + 4, label + 15)
        out.append(f'<text x="{points[-1][0] + 10:.1f}" y="{label:.1f}" '
                   f'fill="{colour}">{name}</text>')
    return "\n".join(out + ["</svg>", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kernel", required=True)
    parser.add_argument("--only", default="all")
    parser.add_argument("folder")
    args = parser.parse_args()
    logs = f"{args.folder}/logs"

    rows, idle, tick_us = video_rows(logs)
    report = {"kernel": args.kernel, "checks": {}, "video": rows}
    release = text_after(lines_of(f"{logs}/measure.log"), "KERNEL")
    if release:
        report["kernel_release"] = release
    if rows:
        report["idle_guest"] = {"cpu_total": idle,
                                "unit": "instructions per second"}
        report["tick_us"] = tick_us
    if os.path.exists(f"{logs}/checks.json"):
        with open(f"{logs}/checks.json", encoding="utf-8") as file:
            report["checks"] = json.load(file)
        report["server"] = server_of_pictures(logs)
        report["client"] = client_of_pictures(logs)
    report["faults"] = faults(report, args.only)
    report["ok"] = not report["faults"]
    with open(f"{args.folder}/report.json", "w", encoding="utf-8") as file:
        json.dump(report, file, indent=1)
        file.write("\n")
    if rows:
        with open(f"{args.folder}/figure.svg", "w", encoding="utf-8") as file:
            file.write(svg(rows, args.kernel, tick_us))

    print_pictures(report)
    if rows:
        print()
        print_table(rows)
        print_shares(rows)
        print(f"\nAn idle guest takes {idle:,} instructions per second; that "
              "is subtracted.")
        lost = sum(r["lost"] for r in rows)
        if lost:
            print(f"{lost:,} datagrams were lost between the emulated card and "
                  "the sink: this host was too busy.")
    for fault in report["faults"]:
        print(f"demo: {fault}", file=sys.stderr)
    return 1 if report["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
