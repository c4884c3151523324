"""Makes the corpus of hostile files: one folder for each class of attack. Nothing of it is kept in the repository.

``python -m tests.hostile.make OUT`` writes it; the tests write it into a folder of their own.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.hostile.attacks import documents, packed, pictures, tables, weights

CLASSES = {
    **documents.ATTACKS,
    **packed.ATTACKS,
    **pictures.ATTACKS,
    **weights.ATTACKS,
    **tables.ATTACKS,
}
FILES = [f"{kind}/{name}" for kind, files in CLASSES.items() for name in files]


def make(out: Path) -> None:
    """Write every file."""
    for kind, files in CLASSES.items():
        folder = out / kind
        folder.mkdir(parents=True)
        for name, content in files.items():
            (folder / name).write_bytes(content if isinstance(content, bytes) else content(folder))


if __name__ == "__main__":
    make(Path(sys.argv[1]))
