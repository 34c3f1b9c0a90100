"""The memory: the only folder that speaks SQL or Redis keys.

Its functions take a connection (and the time, where it matters) and never commit: the caller decides what belongs
together. One text of SQL serves SQLite and PostgreSQL; where the two must differ, `dialect` says so once.
"""
