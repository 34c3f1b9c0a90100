"""Residue of deleted rows in the files of SQLite: what is destroyed is to be in none of them.

A row that was overwritten may still stand in a free part of a page, and in the write-ahead log until that is begun anew.
`secure_delete` (set for each connection by `engine`) fills freed parts with zeros; some that pages leave behind as they are
split are not, so after the end of a campaign's data the file is written anew. PostgreSQL gives the room of dead rows to new
ones by itself.
"""

from sqlalchemy import Connection


def rewrite_file(connection: Connection) -> None:
    """Write SQLite's file anew without anything that was ever deleted (VACUUM): writers wait, readers do not.

    `connection` must be one for statements that stand alone.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("VACUUM")


def empty_write_ahead_log(connection: Connection) -> bool:
    """Bring SQLite's write-ahead log into the file and cut it to nothing; False where a reader was in the way."""
    if connection.dialect.name != "sqlite":
        return True
    is_busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    return not is_busy
