"""The builder's command line: ``check``, ``summary`` and ``code`` of a project or a preset, ``import`` of PyTorch source."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from builder.document import NETWORKS, Project
from builder.loading import LoadError, load_project
from builder.phrases import quote

PRESETS = Path(__file__).parents[1] / "presets"


class CommandError(Exception):
    """A command cannot be done. The text is a sentence for people."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status: 0 when all is well, 1 when there are errors, 2 for a wrong use."""
    options = make_parser().parse_args(arguments)
    try:
        return int(options.run(options.open(options.file), options))
    except (CommandError, LoadError) as error:
        print(error, file=sys.stderr)
        return 1


def make_parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    parser = argparse.ArgumentParser(prog="python -m builder", description="Check, sum up or print a project.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, words in (
        ("check", run_check, "list what is wrong; exit with 1 if there are errors"),
        ("summary", run_summary, "list nodes, shapes, parameters and multiply-adds"),
        ("code", run_code, "print the project as PyTorch"),
    ):
        command = commands.add_parser(name, help=words, description=words.capitalize() + ".")
        command.add_argument("file", metavar="FILE", help="a project file, or the name of a preset")
        command.set_defaults(run=run, open=open_project)
        if name == "check":
            command.add_argument("--json", action="store_true", help="print the findings as JSON")
        if name == "code":
            command.add_argument("--train", action="store_true", help="print train.py instead of model.py")
    words = "read PyTorch source into a project, without running it"
    command = commands.add_parser("import", help=words, description=words.capitalize() + ".")
    command.add_argument("file", metavar="FILE", help="a Python file with a class of nn.Module or an nn.Sequential")
    command.add_argument("--name", help="the class that is meant, where there are several")
    command.add_argument("--out", metavar="PROJECT", help="the project file to write")
    command.set_defaults(run=run_import, open=open_source)
    return parser


def open_source(name: str) -> str:
    """Read a file of PyTorch source as text. Raises CommandError."""
    try:
        return Path(name).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CommandError(f"The file {quote(name)} cannot be read: {reason}.") from None


def open_project(name: str) -> Project:
    """Open a project file, or a preset by its name. Raises CommandError or LoadError."""
    path = Path(name)
    if not path.exists() and (PRESETS / f"{path.name}.json").exists() and path.name == name:
        path = PRESETS / f"{name}.json"
    try:
        return load_project(path.read_bytes())
    except FileNotFoundError:
        presets = ", ".join(sorted(preset.stem for preset in PRESETS.glob("*.json")))
        raise CommandError(f"There is no file {quote(name)}, and no preset of that name. Presets: {presets}.") from None
    except OSError as error:
        raise CommandError(
            f"The file {quote(name)} cannot be read: {(error.strerror or str(error)).lower()}."
        ) from None


def run_check(project: Project, options: argparse.Namespace) -> int:
    """Print the findings; 1 if there are errors."""
    from builder.analysis import describe_finding
    from builder.rules import check

    findings = check(project)
    if options.json:
        print(json.dumps([describe_finding(finding) for finding in findings], indent=2, ensure_ascii=False))
    for finding in () if options.json else findings:
        where = ".".join(part for part in (finding.graph, finding.node) if part) or "project"
        print(f"{where}: {finding.severity} {finding.code}: {finding.message}")
    errors = sum(finding.severity == "error" for finding in findings)
    if not options.json:
        print(f"{count(errors, 'error')}, {count(len(findings) - errors, 'other finding')}.")
    return int(errors > 0)


def count(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def run_summary(project: Project, options: argparse.Namespace) -> int:
    """Print a table of each network."""
    from builder.shape_flow import infer
    from builder.summary import summarise

    flows = infer(project)
    for name, graph in project.networks.items():
        rows = [("node", "kind", "output shape", "parameters", "multiply-adds")]
        for row in summarise(graph, flows[NETWORKS + name]):
            rows.append((row.node, row.kind, row.shape, f"{row.parameters:,}", f"{row.multiply_adds:,}"))
        print(f"network {name}", *format_table(rows), "", sep="\n")
    return 0


def format_table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Lines of a table: text to the left, numbers to the right, a rule under the head and above the total."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.rjust(width) if i >= 3 else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    rule = "  ".join("-" * width for width in widths)
    return [lines[0], rule, *lines[1:-1], rule, lines[-1]]


def run_code(project: Project, options: argparse.Namespace) -> int:
    """Print the source of the model or of its training."""
    from builder.codegen import generate_model, generate_train
    from builder.planner import PlanError

    try:
        print((generate_train if options.train else generate_model)(project), end="")
    except PlanError as error:
        raise CommandError(f"{error} See: python -m builder check {options.file}") from None
    return 0


def run_import(source: str, options: argparse.Namespace) -> int:
    """Read PyTorch source, say what could not be taken, and write the project."""
    from builder.importer import ImportRefused, import_source
    from builder.loading import dump_project

    try:
        imported = import_source(source, options.name)
    except ImportRefused as error:
        raise CommandError(str(error)) from None
    for remark in imported.notes:
        print(remark)
    for name, graph in imported.networks.items():
        print(f"network {name}: {count(len(graph.nodes), 'node')}, {count(len(graph.edges), 'link')}")
    if options.out:
        try:
            text = dump_project(imported.make_project(Path(options.file).stem))
            Path(options.out).write_text(text, encoding="utf-8")
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise CommandError(f"The project {quote(options.out)} cannot be written: {reason}.") from None
    return 0


if __name__ == "__main__":
    sys.exit(main())
