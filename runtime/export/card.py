"""The model card: what was trained, on what, how, and how well."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from builder.document import Project, Source
from builder.phrases import name_origin

ELSEWHERE_FILE = "model_original_names.safetensors"
"""The weights by the names that they bear in the class or library that a network comes from, where those are others."""
FILES = {
    "model.safetensors": "`model.safetensors`, `model.pt`: the weights, as a plain `state_dict`.",
    ELSEWHERE_FILE: f"`{ELSEWHERE_FILE}`: the weights by the names of the class or library that the network comes from.",
    "model.py": "`model.py`: the networks; needs only torch.",
    "predict.py": "`predict.py`: from a raw sample to an answer.",
    "sample.py": "`sample.py`: draws pictures of noise, `--count` of them from a `--seed`.",
    "train.py": "`train.py`: trains again from `prepared.safetensors`.",
    "requirements.txt": "`requirements.txt`: what the code needs. `project.json`: opens in Layerloom again.",
}
"""What each file that is taken home is for."""


def write_card(
    project: Project, report: Mapping[str, Any], missing: Mapping[str, str], files: Collection[str] = ()
) -> str:
    """The card as Markdown.

    Args:
        project: as it ran.
        report: ``run``, ``status``, ``metrics`` by part, ``environment``, ``verification``, ``step``.
        missing: files that could not be written, and why.
        files: those that were.
    """
    title = " ".join(project.name.split()) or "Untitled"
    sections = [
        f"# {escape(title)}",
        escape(project.description),
        describe_metrics(report),
        describe_data(project),
        describe_settings(project),
    ]
    sections += [describe_environment(report), describe_files(files, missing), describe_verification(report)]
    return "\n\n".join(section for section in sections if section) + "\n"


def escape(text: str) -> str:
    """A person's words, without what Markdown or HTML would act on."""
    return text.replace("\\", "\\\\").replace("<", "&lt;").replace("`", "\\`").replace("|", "\\|")


def table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    """A table."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join(lines + [f"| {' | '.join(escape(str(cell)) for cell in row)} |" for row in rows])


def describe_metrics(report: Mapping[str, Any]) -> str:
    """What was measured with the exported weights, part by part."""
    metrics: Mapping[str, Mapping[str, float]] = report.get("metrics") or {}
    names = list(dict.fromkeys(name for values in metrics.values() for name in values if not name.endswith(".lr")))
    if not names:
        return ""
    rows = [
        (name, *(f"{metrics[part][name]:.4g}" if name in metrics[part] else "" for part in metrics)) for name in names
    ]
    return f"## Results after {report.get('step', '?')} steps\n\n" + table(("", *metrics), rows)


def describe_data(project: Project) -> str:
    """Where the data came from and how it was divided."""
    return "## Data\n\n" + "\n\n".join(describe_source(name, source) for name, source in project.data.items())


def describe_source(name: str, source: Source) -> str:
    """One source."""
    facts = source.facts
    origin = source.stand_in or source.origins[0]
    counts = ", ".join(f"{count:,} {part}" for part, count in (facts.counts if facts else {}).items())
    shapes = {field: "×".join(map(str, known.shape)) for field, known in (facts.fields if facts else {}).items()}
    rows = [(field, m.kind, m.role, m.scaling, shapes.get(field, "")) for field, m in source.fields.items()]
    split = f"split by {source.split.by} with seed {source.split.seed}"
    text = f"`{name}`: {origin.kind} data set {escape(name_origin(origin))}; {counts}; {split}."
    return text + "\n\n" + table(("field", "kind", "role", "scaling", "shape"), rows)


def describe_settings(project: Project) -> str:
    """The run's settings and those of the training graph."""
    rows = [("run." + name, value) for name, value in project.run.model_dump(exclude_none=True).items()]
    rows += [
        (f"{node.id} ({node.kind})", ", ".join(f"{k}={v}" for k, v in node.params.items()) or "defaults")
        for node in project.training.nodes
    ]
    return "## Settings\n\n" + table(("setting", "value"), rows)


def describe_environment(report: Mapping[str, Any]) -> str:
    """Versions and machine."""
    environment: Mapping[str, Any] = report.get("environment") or {}
    return "## Environment\n\n" + table(("", ""), list(environment.items())) if environment else ""


def describe_files(files: Collection[str], missing: Mapping[str, str]) -> str:
    """What is in the folder and how to use it."""
    lines = ["## Files", "", *(f"- {text}" for name, text in FILES.items() if name in files)]
    return "\n".join([*lines, *(f"- `{name}` is missing: {why}" for name, why in missing.items())])


def describe_verification(report: Mapping[str, Any]) -> str:
    """What a fresh process without Layerloom found."""
    found: Mapping[str, Any] = report.get("verification") or {}
    return f"## Verification\n\n{escape(str(found['sentence']))}" if found.get("sentence") else ""
