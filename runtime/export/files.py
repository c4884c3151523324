"""The files that a person takes home: weights, code that runs without Layerloom, the project and a model card."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from builder.codegen import generate_model, generate_predict, generate_sample, generate_train
from builder.codegen.model_source import used_networks
from builder.codegen.predict_source import tokenizer_file
from builder.codegen.train_source import START_FILE
from builder.columns import without_tokenizers
from builder.document import Project
from builder.flow import Flow
from builder.planner import PlanError
from builder.shape_flow import infer
from runtime.data.fields import PICTURES
from runtime.export.card import ELSEWHERE_FILE, write_card
from runtime.runs.errors import RunError
from runtime.weights.forking import call_as_elsewhere
from runtime.weights.starting import gather_start, list_starts

Weights = Mapping[str, Mapping[str, Tensor]]
GENERATORS: Mapping[str, Callable[[Project, dict[str, Flow]], str]] = {
    "model.py": generate_model,
    "train.py": generate_train,
    "predict.py": generate_predict,
    "sample.py": generate_sample,
}


def flatten_weights(weights: Weights) -> dict[str, Tensor]:
    """One ``state_dict`` for all networks: keys as they are for one, with the network's name before them for several."""
    if len(weights) == 1:
        return {name: own(tensor) for tensors in weights.values() for name, tensor in tensors.items()}
    return {
        f"{network}.{name}": own(tensor) for network, tensors in weights.items() for name, tensor in tensors.items()
    }


def own(tensor: Tensor) -> Tensor:
    """A tensor on the CPU with storage of its own."""
    return tensor.detach().cpu().clone().contiguous()


def write_elsewhere(project: Project, weights: Weights, out: Path) -> None:
    """Write the weights by the names that they bear elsewhere, where these differ."""
    called = {network: call_as_elsewhere(project, network, tensors)[0] for network, tensors in weights.items()}
    if any(called[network].keys() != tensors.keys() for network, tensors in weights.items()):
        save_file(flatten_weights(called), out / ELSEWHERE_FILE)


def write_start(project: Project, out: Path) -> dict[str, str]:
    """Write the weights that ``train.py`` starts from, where it starts from some. Returns why they could not be written."""
    if not any(list_starts(project)):
        return {}
    networks = used_networks(project)
    try:
        start = {name: tensors for name, tensors in gather_start(project).items() if name in networks}
    except (RunError, PlanError) as error:
        return {START_FILE: str(error)}
    prefix = len(networks) > 1
    flat = {f"{n}.{key}" if prefix else key: own(t) for n, tensors in start.items() for key, t in tensors.items()}
    save_file(flat, out / START_FILE)
    return {}


def write_tokenizers(project: Project, out: Path) -> None:
    """Write what texts are read with, a file for each field."""
    for source in project.data.values():
        for field, facts in source.facts.fields.items() if source.facts else ():
            if facts.tokenizer is not None:
                content = json.dumps(facts.tokenizer.to_json(), ensure_ascii=False)
                (out / tokenizer_file(field)).write_text(content, encoding="utf-8")


def list_requirements(project: Project) -> str:
    """What these files need, in the versions of this run; safetensors writes through numpy."""
    packages = ["torch", "safetensors", "numpy"]
    if any(field.kind in PICTURES for source in project.data.values() for field in source.fields.values()):
        packages.append("pillow")
    return "".join(f"{name}=={version(name).split('+')[0]}\n" for name in packages)


def write_code(project: Project, flows: dict[str, Flow], out: Path) -> dict[str, str]:
    """Write what can be run. Returns why files could not be written; nobody misses what a project has no use for."""
    missing = {}
    for name, generate in GENERATORS.items():
        try:
            (out / name).write_text(generate(project, flows), encoding="utf-8")
        except PlanError as error:
            missing[name] = str(error)
    can_draw = missing.pop("sample.py", None) is None
    if can_draw:
        missing.pop("predict.py", None)
    return missing


def list_names(folder: Path) -> list[str]:
    """The names of the files in a folder."""
    return sorted(file.name for file in folder.iterdir() if file.is_file())


def write_files(project: Project, weights: Weights, report: Mapping[str, Any], out: Path) -> dict[str, str]:
    """Write everything into a folder.

    Args:
        project: as it ran, with the facts of its data.
        weights: tensors by network and name.
        report: what the model card tells of the run.
        out: an empty folder.

    Returns:
        For each file that could not be written, the sentence that says why.
    """
    flows = infer(project)
    flat = flatten_weights(weights)
    save_file(flat, out / "model.safetensors")
    torch.save(flat, out / "model.pt")
    write_elsewhere(project, weights, out)
    (out / "project.json").write_text(
        without_tokenizers(project).model_dump_json(indent=2, by_alias=True), encoding="utf-8"
    )
    (out / "requirements.txt").write_text(list_requirements(project), encoding="utf-8")
    write_tokenizers(project, out)
    missing = {**write_start(project, out), **write_code(project, flows, out)}
    (out / "MODEL_CARD.md").write_text(write_card(project, report, missing, list_names(out)), encoding="utf-8")
    (out / "run.json").write_text(json.dumps(report, indent=2, default=str), encoding="utf-8")
    return missing
