"""Invisible characters that come along with pasted text: dropped, not refused, as nobody can take out what nobody sees."""

INVISIBLE_CHARACTERS = "\u00ad\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
"""Soft hyphen, marks, isolates and overrides of direction, zero-width space, word joiner, byte-order mark.

Khmer is typed with the zero-width space on the space bar.
"""
WITHOUT_INVISIBLE = dict.fromkeys(map(ord, INVISIBLE_CHARACTERS))
"""The same for `str.translate`, which drops them."""
JOINERS = "\u200c\u200d"
"""Joiners that Persian, Indic scripts and emoji families need: part of a name, and of no address."""
