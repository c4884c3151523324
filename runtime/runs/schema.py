"""The tables of ``run.db`` and how it is opened: one writer in WAL mode, any number of readers who block nobody."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

UNSHARED = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL)
UNSHARED_MEMORY = (sqlite3.SQLITE_IOERR_SHMOPEN, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMMAP)
"""What SQLite says where it cannot make the file of shared memory that readers and a writer meet in."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS series (id INTEGER PRIMARY KEY, split TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (split, name));
CREATE TABLE IF NOT EXISTS scalars (
    series INTEGER NOT NULL, point INTEGER NOT NULL, step INTEGER NOT NULL, epoch REAL, seconds REAL, value REAL,
    PRIMARY KEY (series, point)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pyramid (
    series INTEGER NOT NULL, level INTEGER NOT NULL, bucket INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL,
    PRIMARY KEY (series, level, bucket)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tables (
    id INTEGER PRIMARY KEY, step INTEGER NOT NULL, split TEXT NOT NULL, node TEXT NOT NULL, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS samples (
    id INTEGER PRIMARY KEY, step INTEGER NOT NULL, node TEXT NOT NULL, payload TEXT, file TEXT);
CREATE TABLE IF NOT EXISTS looks (id INTEGER PRIMARY KEY, step INTEGER NOT NULL, light TEXT NOT NULL, whole BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS diagnoses (
    key TEXT PRIMARY KEY, change INTEGER NOT NULL, first_step INTEGER NOT NULL, last_step INTEGER NOT NULL,
    is_open INTEGER NOT NULL, finding TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS phases (id INTEGER PRIMARY KEY, at TEXT NOT NULL, name TEXT NOT NULL, detail TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS statuses (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL, advice TEXT NOT NULL,
    metrics TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS notices (id INTEGER PRIMARY KEY, at TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS latest (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


def open_for_writing(path: Path) -> sqlite3.Connection:
    """Open a run's database for its one writer, and make it where there is none yet."""
    connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.executescript(SCHEMA)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Open a run's database to look at it. Raises sqlite3.Error where there is nothing to be read."""
    address = f"file:{quote(str(path))}?mode=ro"
    try:
        return check_readable(sqlite3.connect(address, uri=True, timeout=10, isolation_level=None))
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in UNSHARED and error.sqlite_errorcode not in UNSHARED_MEMORY:
            raise
        return check_readable(open_alone(address))


def open_alone(address: str) -> sqlite3.Connection:
    """Open a database in a folder that takes no shared memory file beside it: on a disc, a mounted backup, a disk that is full.

    Nobody writes there, so nothing is locked and the index of the write-ahead log is kept in memory. Opened as immutable the
    log would not be read at all, and with it what was recorded last.
    """
    connection = sqlite3.connect(f"{address}&vfs=unix-none", uri=True, isolation_level=None)
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    return connection


def check_readable(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Return the connection if a first look works."""
    try:
        connection.execute("SELECT 1 FROM latest LIMIT 1").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection
