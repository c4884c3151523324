"""What a run trained with, in a few words: its own settings, whatever the project says today."""

from __future__ import annotations

from html import escape

from builder.document import Project
from builder.training.optimizers import Optimizer
from runtime.runs.environment import ADAPTED
from ui.training.fields import find_nodes, list_settings, write_value
from ui.training.settings import CHOICES

Fact = tuple[str, str]


def list_facts(project: Project, device: str) -> list[Fact]:
    """Optimizer, learning rate, batch size, length, seed, device and where it ran, each with its name.

    How it used its device stands beside its progress, where that is not the plain way.
    """
    kinds = [node.kind for node in find_nodes(project, lambda kind: issubclass(kind, Optimizer))]
    facts = [("Optimizer", ", ".join(kinds))] if kinds else []
    for key, setting in list_settings(project).items():
        if key in ADAPTED:
            continue
        words = CHOICES.get(key)
        value = device if key == "device" else words[setting.value] if words else write_value(setting.value)
        facts.append((setting.label, value))
    return facts


def write_facts(facts: list[Fact]) -> str:
    """The facts as a line of HTML."""
    items = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)
    return f'<dl class="ll-settings">{items}</dl>'
