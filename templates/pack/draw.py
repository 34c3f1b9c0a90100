#!/usr/bin/env python3
"""Draws a sample again from the public log, and says whether it is the one in draw.json. Python 3.9 or newer, nothing else.

    python3 draw.py https://sign.example.org     reads the log of the site
    python3 draw.py FOLDER                       reads a copy of it

Which signatures were counted is read from the entries of the campaign, up to the one that draw.json names. Each is known by
the sequence of the entry that first added it; its place in the draw is the SHA-256 of the seed, a line feed and that sequence.
Those with the smallest are drawn. Whether the log itself is whole and signed is for check.py to say, which the site has.
"""

import hashlib
import json
import sys
import urllib.request
from pathlib import Path

WIDTH = 256


def read(place, path):
    if "://" in place:
        with urllib.request.urlopen(f"{place.rstrip('/')}/{path}", timeout=60) as answer:
            return answer.read()
    return (Path(place) / path).read_bytes()


def bundle_path(index, width):
    number, rest = f"{index % 1000:03}", index // 1000
    while rest:
        number, rest = f"x{rest % 1000:03}/{number}", rest // 1000
    return f"log/tile/entries/{number}" + ("" if width == WIDTH else f".p/{width}")


def entries(place):
    size = int(read(place, "log/checkpoint").split(b"\n")[1])
    for index in range((size + WIDTH - 1) // WIDTH):
        data = read(place, bundle_path(index, min(WIDTH, size - index * WIDTH)))
        while data:
            length = int.from_bytes(data[:2], "big")
            yield data[2 : 2 + length].decode().split("\n")
            data = data[2 + length :]


def main():
    claim = json.loads((Path(__file__).parent / "draw.json").read_text(encoding="utf-8"))
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    counted, seen = set(), 0
    for _, campaign, sequence, _, change, _, _, ref, *_ in entries(sys.argv[1]):
        if campaign == claim["campaign"] and int(sequence) <= claim["ledger_entries"]:
            seen += 1
            first = int(ref) or int(sequence)
            counted.add(first) if change == "+1" else counted.discard(first)
    if seen != claim["ledger_entries"]:
        sys.exit(f"The log has {seen} entries of {claim['campaign']}; the sample was drawn after {claim['ledger_entries']}.")
    if len(counted) != claim["population"]:
        sys.exit(f"By the log {len(counted)} signatures were counted; draw.json says {claim['population']}.")
    place = {first: hashlib.sha256(f"{claim['seed']}\n{first}".encode()).hexdigest() for first in counted}
    drawn = sorted(counted, key=place.get)[: claim["size"]]
    if drawn != claim["sequences"]:
        sys.exit("The log and the seed give another sample than draw.json has.")
    print(f"These {len(drawn)} of {len(counted)} signatures are the ones that the seed draws.")


if __name__ == "__main__":
    main()
