#!/usr/bin/env python3
"""Checks the count of a petition site without trusting it. Python 3.9 or newer, nothing else.

    python3 check.py https://sign.example.org            checks the whole log and every number shown
    python3 check.py https://sign.example.org --key K    with the key you know (printed on papers and certificates)
    python3 check.py FOLDER                              a copy of the site's files, laid out as its addresses are

It downloads the signed checkpoint, every entry of the public log, and the numbers, histories and texts that the site shows.
It checks that the log is signed and nothing in it was dropped, changed or reordered; that each campaign's entries follow each
other and add up; that no signature is counted twice; and that what the site shows is what the log says. It keeps the checkpoint
it saw in a file beside it: the next time it also checks that the log has only grown since. Exit code: 0 all holds, 1 not.
It cannot tell whether a signatory is a real person who may sign. Nobody can tell that from numbers.
Formats: C2SP tlog-tiles, tlog-checkpoint and signed-note; RFC 6962 and RFC 8032.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

ENTRY = re.compile(
    r"countersign-entry/1\n([a-z0-9-]{1,80})\n([1-9][0-9]*)\n(verify|paper|restore|withdraw|invalidate|undo)\n([+-]1)\n"
    r"(0|[1-9][0-9]*)\n([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}Z)\n(0|[1-9][0-9]*)\n([0-9a-f]{64}|-)\n"
)
ADDING = ("verify", "paper", "restore")
NAMES = "verify verified paper paper restore restored withdraw withdrawn invalidate invalidated undo undone".split()
HISTORY = dict(zip(NAMES[::2], NAMES[1::2]))  # the events of entries, and what histories call them


class FaultError(Exception):
    """Something that cannot be; a sentence for people."""


class MissingError(Exception):
    """The site has no such thing (any more)."""


# Ed25519 (RFC 8032, 5.1), verification only
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def recover_point(data):
    """A point from its 32 octets, as X, Y, Z, T; None where there is none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def add_points(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar, point):
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = add_points(total, point)
        point = add_points(point, point)
        scalar >>= 1
    return total


BASE = recover_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(public_key, message, signature):
    """Whether 64 octets are the signature of a key, 32 octets, over a message."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    a, r = recover_point(public_key), recover_point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % L
    left, right = multiply(s, BASE), add_points(r, multiply(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def read_key(text):
    """The name and the public key of a verifier key: name+id+base64."""
    found = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})", text.strip())
    raw = base64.b64decode(found[3]) if found else b""
    if not found or raw[0] != 1 or hashlib.sha256(found[1].encode() + b"\n" + raw).hexdigest()[:8] != found[2]:
        raise FaultError("The key is not a verifier key, as in example.org/log+1234abcd+AbCd…")
    return found[1], bytes.fromhex(found[2]), raw[1:]


def read_checkpoint(note, key):
    """Size and root of a checkpoint that the key has signed."""
    name, number, public_key = read_key(key)
    text, blank, lines = note.rpartition("\n\n")
    parts = text.split("\n")
    if not blank or len(parts) < 3 or not re.fullmatch("0|[1-9][0-9]*", parts[1]):
        raise FaultError("The checkpoint is not one: it is broken or cut off.")
    if parts[0] != name:
        raise FaultError(f"The key is that of {name}, but the checkpoint is of {parts[0]}: a wrong key, or another log.")
    found = False
    for line in lines.splitlines():
        words = line.split(" ")
        raw = base64.b64decode(words[2]) if len(words) == 3 and words[:2] == ["—", name] else b""
        if raw[:4] == number:
            if not is_signed(public_key, (text + "\n").encode(), raw[4:]):
                raise FaultError("The signature of the checkpoint is forged, or the checkpoint was changed.")
            found = True
    if not found:
        raise FaultError("The checkpoint is not signed with the key that was expected: a wrong key, or a log of somebody else.")
    return int(parts[1]), base64.b64decode(parts[2])


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


class Tree:
    """A tree that grows leaf by leaf; it keeps the roots of its perfect subtrees, the largest first."""

    def __init__(self, leaves=()):
        self.size, self.subtrees = 0, []
        for leaf in leaves:
            self.add(leaf)

    def add(self, leaf):
        self.size += 1
        self.subtrees.append(leaf)
        number = self.size
        while number % 2 == 0:
            right = self.subtrees.pop()
            self.subtrees[-1] = node_hash(self.subtrees[-1], right)
            number //= 2

    def root(self):
        if not self.subtrees:
            return hashlib.sha256().digest()
        root = self.subtrees[-1]
        for left in reversed(self.subtrees[:-1]):
            root = node_hash(left, root)
        return root


def tile_path(level, index, width):
    elements = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        elements.insert(0, f"x{index % 1000:03}")
    return f"log/tile/{level}/{'/'.join(elements)}" + ("" if width == 256 else f".p/{width}")


class Campaign:
    """The count of one campaign, taken from its entries one by one."""

    def __init__(self, name):
        self.name, self.total = name, 0
        self.entries = []  # event, hour, total, size of the log with it
        self.counts = {}  # the first entry of each signature, and whether it counts now

    def add(self, sequence, event, change, total, hour, ref, commitment, size):
        sequence, change, total, ref = int(sequence), int(change), int(total), int(ref)
        where = f"Entry {sequence} of {self.name}"
        if sequence != len(self.entries) + 1:
            raise FaultError(f"{where} follows entry {len(self.entries)}: an entry was dropped, put in, or two were swapped.")
        if (change > 0) != (event in ADDING) or (change > 0) == (commitment == "-"):
            raise FaultError(f"{where} says {event} and {change:+}: the two do not go together.")
        if total != self.total + change:
            expected = f"{self.total} {change:+} is {self.total + change}"
            raise FaultError(f"{where} says the total is {total}, but {expected}: the total does not add up.")
        if change > 0 and ref and self.counts.get(ref) is not False:
            raise FaultError(f"{where} adds a signature that is counted already: it would be counted twice.")
        if change < 0 and not self.counts.get(ref):
            raise FaultError(f"{where} removes a signature that is not in the count: a removal of nothing.")
        self.counts[ref or sequence] = change > 0
        self.total = total
        self.entries.append((event, hour, total, size))


class Site:
    """A site at an address, or a copy of its files in a folder."""

    def __init__(self, place):
        self.place = place.rstrip("/")
        self.is_remote = place.startswith(("http://", "https://"))

    def read(self, path):
        if not self.is_remote:
            try:
                return Path(self.place, path).read_bytes()
            except OSError:
                raise MissingError(path) from None
        request = urllib.request.Request(f"{self.place}/{path}", headers={"User-Agent": "countersign-check/1"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.read(2**25)
        except urllib.error.HTTPError as error:
            if error.code in (404, 410):
                raise MissingError(path) from None
            raise FaultError(f"{self.place}/{path} answered {error.code}; try again later.") from None
        except OSError as error:
            raise FaultError(f"{self.place} cannot be reached ({error}); try again later.") from None

    def read_json(self, path):
        return json.loads(self.read(path))


class Log:
    """The log of a site as far as it was read; every octet of it checked."""

    def __init__(self, site, key, remembered):
        self.site, self.key, self.remembered = site, key, remembered
        self.tree, self.campaigns, self.note = Tree(), {}, ""
        self.tile_roots = {}  # of the full tiles of each level

    def update(self):
        """Read what has come, and check it."""
        note = self.site.read("log/checkpoint").decode()
        size, root = read_checkpoint(note, self.key)
        old = read_checkpoint(self.remembered, self.key) if self.remembered else (0, None)
        before = max(old[0], self.tree.size)
        if size < before:
            raise FaultError(f"The checkpoint is an old one: the log had {before:,} entries before, now {size:,}.")
        while self.tree.size < size:
            self._read_bundle(size, old)
        if old[0] == size and old[1] not in (None, root):
            raise FaultError("History was rewritten: at the same size, the log has another root than when you last looked.")
        if self.tree.root() != root:
            raise FaultError("The entries are not those that were signed: one was dropped, changed, or two were swapped.")
        self.note = note

    def _read_bundle(self, size, old):
        index, have = divmod(self.tree.size, 256)
        width = min(256, size - index * 256)
        entries = unpack(self.site.read(tile_path("entries", index, width)), width, index)
        hashes = [leaf_hash(entry) for entry in entries]
        self._check_tile(0, index, hashes)
        for number in range(have, width):
            self.tree.add(hashes[number])
            found = ENTRY.fullmatch(entries[number].decode("utf-8", "replace"))
            if not found:
                raise FaultError(f"Entry {self.tree.size - 1} of the log is not an entry of a count.")
            self.campaigns.setdefault(found[1], Campaign(found[1])).add(*found.groups()[1:], self.tree.size)
            if self.tree.size == old[0] and self.tree.root() != old[1]:
                raise FaultError("History was rewritten: the log does not begin with the entries it had when you last looked.")

    def _check_tile(self, level, index, hashes):
        data = self.site.read(tile_path(level, index, len(hashes)))
        if len(data) != 32 * len(hashes):
            raise FaultError(f"Tile {index} of level {level} is cut off: {len(data)} octets, not {32 * len(hashes)}.")
        if data != b"".join(hashes):
            raise FaultError(f"Tile {index} of level {level} is not that of its entries: one was changed, or two swapped.")
        if len(hashes) == 256:
            roots = self.tile_roots.setdefault(level, [])
            roots.append(Tree(hashes).root())
            if len(roots) % 256 == 0:
                self._check_tile(level + 1, len(roots) // 256 - 1, roots[-256:])


def unpack(data, width, index):
    """The entries of a bundle: each after its length in two octets."""
    entries, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        entries.append(data[at + 2 : end])
        at = end
    if at != len(data) or len(entries) != width:
        raise FaultError(f"Bundle {index} of entries is cut off: {len(entries)} entries, not {width}.")
    return entries


def check_campaign(site, log, campaign):
    """Compare what is shown of a campaign with the log; returns sentences."""
    try:
        for attempt in range(4):
            count = site.read_json(f"c/{campaign.name}/count.json")
            history = site.read_json(f"c/{campaign.name}/history.json")
            if max(count["ledger_entries"], history["ledger_entries"]) <= len(campaign.entries):
                break
            if not site.is_remote or attempt == 3:
                numbers = f"{count['ledger_entries']:,} entries, but the log has only {len(campaign.entries):,}"
                raise FaultError(f"{campaign.name}: the site has counted {numbers}: the log does not keep up with the count.")
            time.sleep(2)
            log.update()
    except MissingError:
        return f"{campaign.name}: not shown on the site any more; the log has {campaign.total:,}."
    certified = history.get("certified")
    sequence = (certified or count)["ledger_entries"]
    expected = campaign.entries[sequence - 1][2] if sequence else 0
    if certified and certified["total"] != expected:
        raise FaultError(f"{campaign.name}: {certified['total']:,} are certified as final, but the log says {expected:,}.")
    if count["signatures"] != expected:
        raise FaultError(f"{campaign.name}: the site shows {count['signatures']:,}, but the log says {expected:,}.")
    check_history(campaign, history)
    check_texts(site, campaign)
    number = Counter(event for event, _, _, _ in campaign.entries)
    before = history.get("entries_from_before")
    return (
        f"{campaign.name}: the site shows {count['signatures']:,}{' (final)' if certified else ''}, and so does the log. "
        f"{number['verify']:,} were confirmed by email, {number['paper']:,} came on paper; {number['withdraw']:,} withdrew, "
        f"{number['invalidate']:,} removed, {number['restore']:,} put back, {number['undo']:,} taken back with their paper. "
        "No signature is counted twice."
        + (f" The first {before:,} entries are from before the log: nobody watched those being made." if before else "")
    )


def check_history(campaign, history):
    length = 10 if history["resolution"] == "day" else 13
    expected = {}
    for event, hour, total, size in campaign.entries[: history["ledger_entries"]]:
        period = expected.setdefault(hour[:length], dict.fromkeys(HISTORY.values(), 0))
        period[HISTORY[event]] += 1
        period.update(total=total, log_size=size)
    told = {each.pop("from")[:length]: each for each in history["periods"]}
    for period in sorted(set(expected) | set(told)):
        if expected.get(period) != told.get(period):
            raise FaultError(f"{campaign.name}: the history of {period} is not what the log says.")


def check_texts(site, campaign):
    """Each text that is signed has the hash that signatures are bound to."""
    shown = site.read_json(f"c/{campaign.name}.json")["data"]["attributes"]
    for text in [shown, *shown.get("translations", [])]:
        parts = [text[name] for name in ("text_slug", "action", "recipient", "background", "additional_details")]
        encoded = json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()
        if hashlib.sha256(encoded).hexdigest() != text["text_hash"]:
            raise FaultError(f"{campaign.name}: the text on the page is not the one that its hash says people signed.")


def check(site, given, memory):
    seen = json.loads(memory.read_text(encoding="utf-8")) if memory.exists() else {}
    key = given.key or seen.get("key") or site.read("log/key").decode().strip()
    log = Log(site, key, seen.get("checkpoint"))
    log.update()
    print(f"The log of {read_key(key)[0]} has {log.tree.size:,} entries (campaigns: {len(log.campaigns)}), signed with the key")
    print(f"  {key}")
    if seen:
        print(f"Nothing was dropped, changed or reordered since you last looked ({seen['when']}).")
    elif not given.key:
        print("  You see this key for the first time: compare it with the one on papers, certificates, or a friend's screen.")
    failed = False
    for name in given.campaigns or sorted(log.campaigns):
        try:
            if name not in log.campaigns:
                raise FaultError(f"{name}: the log has no campaign of this name.")
            print(check_campaign(site, log, log.campaigns[name]))
        except FaultError as fault:
            failed = True
            print(f"FAILED: {fault}")
    now = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
    memory.write_text(json.dumps({"key": key, "checkpoint": log.note, "when": now}), encoding="utf-8")
    print("This shows that the count is kept honestly. It cannot show that each signatory is a real person who may sign.")
    return int(failed)


def main(arguments=None):
    options = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    options.add_argument("site", help="address of the site, or a folder with a copy of its files")
    options.add_argument("campaigns", nargs="*", help="names of campaigns to compare; all without")
    options.add_argument("--key", help="the key of the log, as printed on papers and certificates")
    options.add_argument("--memory", type=Path, help="the file that keeps what was seen; beside this program without")
    given = options.parse_args(arguments)
    site = Site(given.site)
    name = re.sub("[^a-z0-9.]+", "-", site.place.lower()).strip("-")
    try:
        return check(site, given, given.memory or Path(__file__).resolve().with_name(f"check-{name}.json"))
    except MissingError as missing:
        print(f"FAILED: The site has no {missing}; is it an address of Countersign?")
    except FaultError as fault:
        print(f"FAILED: {fault}")
    except (ValueError, LookupError, TypeError):
        print("FAILED: Something that the site has sent is broken; it is not what the specification of the log says.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
