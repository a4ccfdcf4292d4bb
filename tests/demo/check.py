# SPDX-License-Identifier: GPL-2.0
"""Compare what the demo's receivers show with the frames of the clip.

A picture is right if it is a frame of the clip, byte by byte. Which one is
found out by looking all of them up, so that no receiver's own count is
trusted. Writes checks.json; says on standard output what it found.
"""

import argparse
import hashlib
import json
import math
import struct


def read(name):
    with open(name, "rb") as file:
        return file.read()


def cut(data, size):
    return [data[i:i + size] for i in range(0, len(data) - size + 1, size)]


def raw_clip(name):
    """Width, height and frames of a clip that spin-clip made."""
    data = read(name)
    magic, width, height, _, _, count, _, stride = struct.unpack(
        "<8s6IQ", data[:40])
    if magic != b"SPINRAW1":
        raise SystemExit(f"{name}: not a raw clip")
    size = width * height * 3
    return width, height, [data[4096 + i * stride:4096 + i * stride + size]
                           for i in range(count)]


def psnr(picture, frames):
    """Of the frame that is most like it: its number, and how like in dB."""
    # every 7th byte is enough to find it; then all of them
    def error(a, b, step):
        return sum((x - y) ** 2 for x, y in zip(a[::step], b[::step]))

    best = min(range(len(frames)), key=lambda i: error(picture, frames[i], 7))
    total = error(picture, frames[best], 1)
    if not total:
        return best, math.inf
    return best, 10 * math.log10(255 ** 2 * len(picture) / total)


def check_stream(received, frames, wanted):
    """Are these frames of the clip, one after the other?"""
    where = {}
    for i, frame in enumerate(frames):
        where.setdefault(hashlib.md5(frame).digest(), set()).add(i)
    exact = jumps = 0
    at = None       # the places the last one may have been at
    last = None
    for picture in received:
        found = where.get(hashlib.md5(picture).digest())
        last = min(found) if found else None
        if not found:
            at = None
            continue
        exact += 1
        follows = found if at is None else \
            {i for i in found if (i - 1) % len(frames) in at}
        jumps += not follows
        at = follows or found
    result = {
        "frames": len(received), "exact": exact, "jumps": jumps,
        "last_is_source_frame": last,
    }
    if received and last is None:
        result["last_is_most_like"], result["last_psnr_db"] = \
            psnr(received[-1], frames)
    result["ok"] = len(received) == wanted == exact and not jumps
    return result


def ppm(name):
    data = read(name)
    magic, width, height, depth = data.split(maxsplit=4)[:4]
    if magic != b"P6" or depth != b"255":
        raise SystemExit(f"{name}: not a picture as expected")
    width, height = int(width), int(height)
    return width, cut(data[-width * height * 3:], width * 3)


def identify(lines, frames):
    """Which frame this is, or which two that follow each other."""
    best = None
    for i, frame in enumerate(frames):
        after = frames[(i + 1) % len(frames)]
        old = [a == b for a, b in zip(lines, frame)]
        new = [a == b for a, b in zip(lines, after)]
        if all(old):
            return {"source_frame": i, "lines_of_next_frame": 0,
                    "lines_wrong": 0}
        right = sum(a or b for a, b in zip(old, new))
        if best is None or right > best[0]:
            best = right, {
                "source_frame": i,
                "lines_of_next_frame": sum(b > a for a, b in zip(old, new)),
                "lines_wrong": len(lines) - right}
    return best[1]


def check_screen(names, clip, x, y):
    """Each line is that of one of two frames that follow each other: the
    picture may have been taken while a frame was drawn over the last. Not so
    the last one: it was taken when the client had stopped."""
    width, height, frames = clip
    frames = [cut(frame, width * 3) for frame in frames]
    shots = []
    for name in names:
        _, lines = ppm(name)
        lines = [line[x * 3:(x + width) * 3] for line in lines[y:y + height]]
        shots.append(identify(lines, frames))
    return {
        "pictures": shots,
        "moving": len({s["source_frame"] for s in shots}) > 1,
        "ok": all(not s["lines_wrong"] for s in shots) and
              not shots[-1]["lines_of_next_frame"],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", required=True)
    parser.add_argument("--raw-clip", required=True)
    parser.add_argument("--ts-size", required=True)
    parser.add_argument("--ts-frames", type=int, required=True)
    parser.add_argument("--raw-frames", type=int, required=True)
    parser.add_argument("--screen-at", required=True)
    args = parser.parse_args()

    clip = raw_clip(args.raw_clip)
    width, height = map(int, args.ts_size.split("x"))
    size = width * height * 3 // 2
    x, y = map(int, args.screen_at.split(","))
    checks = {
        "screen": check_screen(
            [f"{args.work}/screen{i}.ppm" for i in range(3)], clip, x, y),
        "ffmpeg-ts": check_stream(
            cut(read(f"{args.work}/ts.yuv"), size),
            cut(read(f"{args.work}/source.yuv"), size), args.ts_frames),
        "ffmpeg-raw": check_stream(
            cut(read(f"{args.work}/raw.rgb"), clip[0] * clip[1] * 3),
            clip[2], args.raw_frames),
    }
    with open(f"{args.work}/checks.json", "w", encoding="utf-8") as file:
        json.dump(checks, file, indent=1)
    print(json.dumps(checks, indent=1))


if __name__ == "__main__":
    main()
