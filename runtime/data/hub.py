"""Data sets of the Hugging Face hub: the local copy first, then one download that becomes the local copy."""

from __future__ import annotations

import os
import re
import shutil
import time
from pathlib import Path
from typing import Any

from builder.document import Origin
from runtime.data.errors import DataError
from runtime.data.folders import PICTURES, TABLES, locate_directory
from runtime.data.home import find_dataset, holds_files, open_folder, shorten_path
from runtime.data.located import Located, Report

NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
PATTERNS = [*(f"*{ending}" for ending in sorted(PICTURES | TABLES)), "README.md"]
MOST_BYTES = 20 * 2**30
SECONDS_TO_ANSWER = 3.0
SECONDS_UNTIL_ASKED_AGAIN = 300.0


def locate_hub(origin: Origin, report: Report | None = None) -> Located:
    """Find a data set of the hub by its name, on disk or on the hub.

    Raises:
        DataError: it is not on disk and cannot be had now; the message tells the local choices.
    """
    if not NAME.fullmatch(origin.name) or ".." in origin.name:
        raise DataError(f'"{origin.name}" is no name of a data set on the hub. Names look like owner/name.')
    folder = find_dataset(origin.name)
    if not holds_files(folder):
        download(origin.name, folder, report)
    return locate_directory(folder, origin)


def download(name: str, folder: Path, report: Report | None) -> None:
    """Download a data set's files, whole or not at all. Scripts are never fetched.

    Raises:
        DataError: no network, no such data set, or it is too large.
    """
    check_network(name, folder)
    from huggingface_hub import HfApi

    api = HfApi(endpoint=find_hub())
    try:
        info = api.dataset_info(name, files_metadata=True, timeout=SECONDS_TO_ANSWER)
    except Exception as error:
        raise _explain(error, name, folder) from error
    size = sum(file.size or 0 for file in info.siblings or [])
    if size > MOST_BYTES:
        reason = (
            f"{name} has {size / 2**30:.0f} GiB on the hub; {MOST_BYTES // 2**30} GiB is the most fetched by itself."
        )
        raise DataError(reason, _suggest(folder))
    if report:
        report(f"downloading {name} ({size / 2**20:.0f} MB)", 0.0)
    _fetch_files(api, name, folder)


def find_hub() -> str | None:
    """Address of the hub: the one that ``HF_ENDPOINT`` names, else the public one (None)."""
    return os.environ.get("HF_ENDPOINT") or None


def _fetch_files(api: Any, name: str, folder: Path) -> None:
    incoming = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        api.snapshot_download(name, repo_type="dataset", local_dir=incoming, allow_patterns=PATTERNS)
        shutil.rmtree(incoming / ".cache", ignore_errors=True)
        if folder.is_dir():
            folder.rmdir()
        incoming.rename(folder)
    except Exception as error:
        raise _explain(error, name, folder) from error
    finally:
        shutil.rmtree(incoming, ignore_errors=True)


def check_network(name: str, folder: Path) -> None:
    """Raise DataError at once where the hub is switched off or did not answer a short while ago."""
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "TRUE", "YES", "ON"):
        raise DataError(f"{name} is not on this machine and HF_HUB_OFFLINE is set.", _suggest(folder))
    mark = _unreachable_mark()
    if mark.exists() and 0 <= time.time() - mark.stat().st_mtime < SECONDS_UNTIL_ASKED_AGAIN:
        raise DataError(f"{name} is not on this machine and the hub did not answer.", _suggest(folder))


def forget_unreachable() -> None:
    """Ask the hub again at the next try, whatever it answered before."""
    _unreachable_mark().unlink(missing_ok=True)


def _unreachable_mark() -> Path:
    return open_folder("prepared") / "hub-unreachable"


def _explain(error: Exception, name: str, folder: Path) -> DataError:
    kind = type(error).__name__
    if kind in ("RepositoryNotFoundError", "HFValidationError"):
        return DataError(f"The hub has no public data set called {name}.", "Check the spelling, owner first.")
    if kind == "GatedRepoError":
        return DataError(f"{name} is given only to people who agreed to its terms on the hub.", _suggest(folder))
    _unreachable_mark().touch()
    return DataError(f"{name} is not on this machine and the hub cannot be reached.", _suggest(folder))


def _suggest(folder: Path) -> str:
    return f"Put its files under {shorten_path(folder)}, choose an embedded set, or open a file of your own."
