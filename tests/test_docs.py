"""What the README and the documentation say is so: files they name are there, commands they show are understood."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

import builder.__main__
import runtime.__main__

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = [README, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
RECORDS = sorted((ROOT / "docs" / "adr").glob("*.md"))
ENDINGS = {".py", ".ts", ".tsx", ".json", ".md", ".toml", ".txt", ".db", ".safetensors", ".pt", ".csv"}
MADE_BY_RUNS = {
    *("model.py", "train.py", "predict.py", "sample.py", "project.json"),
    *("model.safetensors", "model.pt", "prepared.safetensors"),
    *("run.db", "my_project.json", ".streamlit/secrets.toml"),
}
LONGEST_RECORD = 15


def find_code(text: str) -> list[str]:
    """The pieces of a page that are set as code within a line."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def is_path(code: str) -> bool:
    """Whether a piece of code names a file or a folder of the project."""
    if not re.fullmatch(r"[\w.][\w./-]*", code) or code in MADE_BY_RUNS:
        return False
    return (ROOT / code.split("/", maxsplit=1)[0]).exists() if "/" in code else Path(code).suffix in ENDINGS


def find_commands(language: str = "sh") -> list[str]:
    """The lines of the README's shell blocks, without comments."""
    blocks = re.findall(rf"```{language}\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [line.split("#")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


def find_arguments(module: str) -> list[list[str]]:
    """The arguments of every ``python -m MODULE`` in the README."""
    start = f"python -m {module} "
    return [shlex.split(line.removeprefix(start)) for line in find_commands() if line.startswith(start)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page):
    text = page.read_text(encoding="utf-8")
    assert not [code for code in find_code(text) if is_path(code) and not (ROOT / code).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    targets = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert not [to for to in targets if "://" not in to and not (page.parent / to).exists()]


def test_the_search_sees_the_paths_of_a_page():
    found = [
        code
        for code in find_code("`builder/nowhere.py`, `app.py` and `x = 5`, `model.py`, `GET /api`")
        if is_path(code)
    ]
    assert found == ["builder/nowhere.py", "app.py"]
    assert (
        sum(is_path(code) for code in find_code((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))) > 30
    )


def test_the_first_two_commands_start_the_application_and_test_it():
    lines = [line for line in find_commands() if line.startswith("pip ")]
    assert lines == [
        "pip install -r requirements.txt && streamlit run app.py",
        "pip install -r requirements-dev.txt && pytest",
    ]


def test_the_builder_understands_every_command_shown():
    shown = find_arguments("builder")
    assert {arguments[0] for arguments in shown} == {"check", "summary", "code", "import"}
    for arguments in shown:
        builder.__main__.make_parser().parse_args(arguments)


def test_the_runtime_understands_every_command_shown():
    shown = find_arguments("runtime")
    assert {arguments[0] for arguments in shown} == {"train", "estimate", "resume", "runs", "queue", "trash", "export"}
    for arguments in shown:
        runtime.__main__.make_parser().parse_args(arguments)


def test_records_are_numbered_without_gaps_and_short():
    assert [int(path.name[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))
    for path in RECORDS:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(path.name[:4])}. ")
        assert len(text.splitlines()) <= LONGEST_RECORD
        assert all(word in text for word in ("**Question.**", "**Decision.**", "**Because**", "**Cost.**"))
