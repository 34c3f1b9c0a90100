"""Invisible characters that come along with pasted text: dropped, not refused, as nobody can take out what nobody sees."""

import re

INVISIBLE_CHARACTERS = (
    "\u00ad\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064"
    "\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\ufff9\ufffa\ufffb\ufeff"
)
"""Soft hyphen, marks, isolates and overrides of direction, zero-width space, word joiner, operators and annotations that
have no shape, byte-order mark.

Khmer is typed with the zero-width space on the space bar.
"""
WITHOUT_INVISIBLE = dict.fromkeys(map(ord, INVISIBLE_CHARACTERS))
"""The same for `str.translate`, which drops them."""
JOINERS = "\u200c\u200d"
"""Joiners that Persian, Indic scripts and emoji families need: part of a name, and of no address."""
_NOT_IN_HTML = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef" + "".join(
    chr(plane + 0xFFFE) + chr(plane + 0xFFFF) for plane in range(0, 0x110000, 0x10000)
)
NOT_IN_HTML = re.compile(f"[{_NOT_IN_HTML}]")
"""Control characters but tab and line feed, halves of surrogate pairs, and what Unicode will never assign."""
UNSHOWABLE = re.compile(f"[{_NOT_IN_HTML}\ue000-\uf8ff\U000f0000-\U0010ffff]")
"""The same and private use, which no font of ours has.

All of it is fixed for good. What is only not assigned yet is not in it: a letter or an emoji may be younger than the tables of
the interpreter that reads it.
"""
