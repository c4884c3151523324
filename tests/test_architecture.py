"""What may know what, and that nothing a person hands in can make code run: both read from the source, line by line."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("builder", "runtime", "ui", "presets")
FILES = sorted([ROOT / "app.py", *(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))])
FILES = [path for path in FILES if "node_modules" not in path.parts]

UNKNOWN_TO = {
    "builder": {"runtime", "ui", "app", "streamlit", "datasets", "pandas", "sklearn", "pyarrow", "sqlite3"},
    "runtime": {"ui", "app", "streamlit"},
    "presets": {"builder", "runtime", "ui", "app", "streamlit"},
}
RUNNING_MODULES = {
    *("pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"),
    *("importlib", "imp", "runpy", "code", "codeop", "ctypes", "pty"),
}
HARMLESS = {"importlib.metadata", "importlib.resources"}
RUNNING_NAMES = {"eval", "exec", "compile", "__import__", "breakpoint"}
RUNNING_ATTRIBUTES = {
    *("torch.load", "torch.jit.load", "torch.hub.load", "torch.compile", "torch.package.PackageImporter"),
    *("pd.read_pickle", "pandas.read_pickle", "np.load", "numpy.load", "yaml.load", "yaml.unsafe_load"),
    *("os.system", "os.popen", "os.execv", "os.execvp", "os.spawnv"),
}
ALLOWED = {
    ("runtime/compiling/beside.py", "subprocess"): "compiles a run's networks beside it, from our own words",
    (
        "runtime/compiling/kernels.py",
        "torch.compile",
    ): "compiles planned networks, into a cache that nothing else is put into",
    ("runtime/export/verification.py", "subprocess"): "verifies take-home files in a fresh process, from our own words",
    ("runtime/forecast/process.py", "subprocess"): "measures a few steps beside the server, in a folder of ours",
    ("runtime/runs/executors.py", "subprocess"): "starts the worker, whose command names no file of a person",
    ("builder/training/formula.py", "getattr(torch)"): "a table made once from the names that a formula may use",
    ("builder/probing.py", "getattr(torch)"): "the name of a dtype that a port has accepted",
    ("builder/parts/preparation.py", "getattr(torch)"): "the name of a dtype, float32 or int64",
}


def find_imports(tree: ast.AST) -> Iterator[str]:
    """The dotted names of everything that is imported, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def find_dangers(tree: ast.AST) -> Iterator[str]:
    """Everything that could run what it is given, as the word for it in ``ALLOWED``."""
    for name in find_imports(tree):
        top = name.split(".")[0]
        if top in RUNNING_MODULES and not any(name == safe or name.startswith(f"{safe}.") for safe in HARMLESS):
            yield top
        if top == "subprocess":
            yield "subprocess"
        if name in RUNNING_ATTRIBUTES:
            yield name
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in RUNNING_NAMES:
            yield node.id
        if isinstance(node, ast.Attribute) and ast.unparse(node) in RUNNING_ATTRIBUTES:
            yield ast.unparse(node)
        if isinstance(node, ast.Call):
            yield from find_dangerous_calls(node)


def find_dangerous_calls(call: ast.Call) -> Iterator[str]:
    """Calls that are dangerous by what they are given: shells, pickled arrays, attributes of a module by name."""
    settings = {keyword.arg: keyword.value for keyword in call.keywords}
    for name in ("shell", "allow_pickle", "trust_remote_code"):
        if name in settings and not (isinstance(settings[name], ast.Constant) and not settings[name].value):
            yield name
    is_getattr = isinstance(call.func, ast.Name) and call.func.id == "getattr" and len(call.args) > 1
    if is_getattr and not isinstance(call.args[1], ast.Constant) and ast.unparse(call.args[0]) in ("torch", "nn", "F"):
        yield f"getattr({ast.unparse(call.args[0])})"


@cache
def parse(path: Path) -> ast.AST:
    """The source of a file as a tree."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def name_of(path: Path) -> str:
    """A file's path in the project."""
    return path.relative_to(ROOT).as_posix()


def test_nobody_imports_what_lies_above():
    found = {
        (name_of(path), name)
        for path in FILES
        for name in find_imports(parse(path))
        if name.split(".")[0] in UNKNOWN_TO.get(name_of(path).split("/")[0], set())
    }
    assert not found


def test_nothing_that_runs_what_it_is_given_is_used():
    assert not {(name_of(path), danger) for path in FILES for danger in find_dangers(parse(path))} - set(ALLOWED)


def test_every_exception_is_still_needed():
    found = {(name_of(path), danger) for path in FILES for danger in find_dangers(parse(path))}
    assert set(ALLOWED) <= found


@pytest.mark.parametrize(
    ("source", "danger"),
    [
        ("import pickle", "pickle"),
        ("def f():\n    from joblib import load", "joblib"),
        ("import importlib", "importlib"),
        ("from importlib import import_module", "importlib"),
        ("import importlib.util", "importlib"),
        ("eval(text)", "eval"),
        ("run = exec", "exec"),
        ("torch.load(path)", "torch.load"),
        ("from torch import load", "torch.load"),
        ("import subprocess", "subprocess"),
        ("run(command, shell=True)", "shell"),
        ("read(path, allow_pickle=wish)", "allow_pickle"),
        ("getattr(torch, name)", "getattr(torch)"),
    ],
)
def test_the_search_finds(source, danger):
    assert danger in set(find_dangers(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    ["network.eval()", "from importlib.metadata import version", "re.compile(text)", 'getattr(torch, "float32")'],
)
def test_the_search_leaves_alone(source):
    assert not set(find_dangers(ast.parse(source)))


def test_parts_that_are_copied_into_exported_code_need_only_torch_and_the_standard_library():
    known = {*sys.stdlib_module_names, "torch", "PIL", "builder"}
    for path in sorted((ROOT / "builder" / "parts").glob("*.py")):
        names = {name for name in find_imports(parse(path)) if name.split(".")[0] not in known}
        assert not names, path.name
        own = {name for name in find_imports(parse(path)) if name.startswith("builder.")}
        assert all(name.startswith("builder.parts.") for name in own), path.name


@pytest.mark.parametrize("module", ["builder.analysis", "builder.codegen", "builder.edits", "builder.loading"])
def test_the_builder_really_loads_without_the_rest(module):
    blocked = sorted(UNKNOWN_TO["builder"] - {"pandas", "pyarrow"})
    code = f"import sys, {module}; print([n for n in {blocked!r} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_file_is_longer_than_four_hundred_lines():
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert not {name: length for name, length in lengths.items() if length > 400}
