"""Bringing in signatures on paper: sheets to be signed, lists tried and taken in, lines typed in, all of it undone again.

- `printing`: sheets, numbered and tied to the version of the text that is printed on them.
- `checking`: a list read and compared with what there is, without changing anything.
- `taking`: the rows of a checked list taken in, all of them or none.
- `lines`: a sheet typed in, line by line.
- `undoing`: what was taken in together leaves the count together.
"""
