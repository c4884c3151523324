"""Verifies ``sample.py``: a fresh process that cannot import Layerloom draws the pictures that the run's network draws."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from builder.answering import preparations
from builder.compiler import build_network
from builder.document import Project
from builder.parts.sheets import lay_out
from builder.sampling import draw_samples, find_sampler
from runtime.data.prepare import PreparedSource
from runtime.draws import OwnDraws
from runtime.export.verification import (
    FAILURES,
    SAMPLES,
    Answers,
    Verification,
    compare_answers,
    explain_failure,
    run_alone,
    verify_files,
)

SEED = 1
DRAWING = """
import sample
pictures = sample.draw(sample.load_model(), int(sys.argv[2]), int(sys.argv[3]))
sheet = sample.PICTURE.draw(sample.lay_out(pictures))
print(json.dumps({"outputs": pictures.flatten(1).tolist(), "answers": [f"{sheet.mode} {sheet.size}"]}))
"""
Weights = Mapping[str, Mapping[str, Tensor]]


def verify_scripts(
    folder: Path, project: Project, weights: Weights, prepared: Mapping[str, PreparedSource]
) -> Verification:
    """What came of all scripts that a project left with: of what is asked, of what draws, or why there is neither."""
    found = [verify_samples(folder, project, weights)] if (folder / "sample.py").is_file() else []
    if (folder / "predict.py").is_file() or not found:
        found.insert(0, verify_files(folder, project, weights, prepared))
    differences = [each.largest_difference for each in found if each.largest_difference is not None]
    return Verification(
        all(each.verified for each in found),
        " ".join(each.sentence for each in found),
        sum(each.samples for each in found),
        max(differences, default=None),
    )


def verify_samples(folder: Path, project: Project, weights: Weights) -> Verification:
    """Draw with the take-home files in ``folder``, and compare with what the run's network makes of the same noise."""
    expected = expect_samples(project, weights)
    try:
        found = run_alone(DRAWING, folder, SAMPLES, SEED)
    except FAILURES as error:
        return explain_failure("sample.py", error, SAMPLES)
    return compare_answers(expected, found, "drew {count} pictures with sample.py")


def expect_samples(project: Project, weights: Weights) -> Answers:
    """What the run's own network draws."""
    sampler = find_sampler(project)
    with OwnDraws():
        network = build_network(project, sampler.network)
    network.load_state_dict({name: tensor.cpu() for name, tensor in weights[sampler.network].items()})
    network.eval()
    with torch.no_grad():
        pictures = draw_samples(sampler, network, SAMPLES, SEED)
    sheet = preparations(project, sampler.source)[sampler.image].draw(lay_out(pictures))
    return Answers(pictures.flatten(1).tolist(), [f"{sheet.mode} {sheet.size}"])
