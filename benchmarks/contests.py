"""What the doctor says of whole runs of networks that train against each other, which all end well.

``python -m benchmarks.contests [NAME ...]`` with the names of presets, all of them unless told otherwise.
"""

from __future__ import annotations

import json
from typing import Any

import torch

from benchmarks.learning import open_preset
from benchmarks.record import record_each
from runtime.data.prepare import prepare
from runtime.events import Look, Sample
from runtime.insight.doctor import Doctor
from runtime.insight.doctor.contests import ALIKE, STEPS
from runtime.loop import train
from runtime.session import Session

PRESETS = ("gan", "dcgan", "lsgan", "wgan", "wgan_gp", "conditional_gan", "pix2pix", "cyclegan", "super_resolution_gan")
EXPLANATION = (
    "Each preset with its own settings from its first step to its last, one seed, under the eyes of the run's doctor, with looks "
    "and previews when a run has them. *Findings* are all that were told at any time, each with the step; a healthy run has "
    "none. *Variety* is how much the pictures of fixed noise differ, as a part of how much those of the data do, of which D014 "
    f"says that a few shapes are left where it stays below {ALIKE}: the smallest from step {STEPS} on, and the last. Pictures "
    "that are made of pictures have none. `benchmarks/results/generative.md` and `pictures.md` tell how well these runs end."
)


def follow(name: str) -> dict[str, Any]:
    """Train a preset to its end, and tell what was said on the way."""
    project = open_preset(name)
    session = Session.create(project, prepare(project), torch.device("cpu"))
    doctor, looks = Doctor(session.project), 0
    told: list[tuple[int, str]] = []
    variety: list[tuple[int, float]] = []
    for event in train(session, lambda: "run"):
        told += [(found.step, found.finding["code"]) for found in doctor.hear(event) if found.is_open]
        if isinstance(event, Sample):
            seen = [shares[-1] for shares in doctor.patient.diversities.values() if shares]
            variety += [(event.step, made / real) for made, real in seen if real > 0]
        looks += isinstance(event, Look)
    grown = [share for step, share in variety if step >= STEPS]
    first = {code: step for step, code in reversed(told)}
    return {
        "preset": name,
        "steps": session.step,
        "findings": ", ".join(f"{code} at step {step:,}" for code, step in sorted(first.items())) or "none",
        "looks": looks,
        "smallest variety": round(min(grown), 3) if grown else "",
        "last variety": round(grown[-1], 3) if grown else "",
    }


def follow_aloud(name: str) -> list[dict[str, Any]]:
    """The row of a preset, also printed."""
    row = follow(name)
    print(json.dumps(row), flush=True)
    return [row]


def main() -> None:
    """Follow what was asked for, and write each down as soon as it is known."""
    about = "What the doctor says of whole runs of networks against each other."
    record_each("contests", follow_aloud, PRESETS, about, EXPLANATION, key="preset")


if __name__ == "__main__":
    main()
