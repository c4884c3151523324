"""What a project can be asked: a target that is a picture is one to make, or a mask to lay over another."""

from __future__ import annotations

import pytest

from builder.answering import find_question
from builder.document import Project
from builder.planner import PlanError
from runtime.runs.project_file import change_project, read_project


@pytest.mark.parametrize("preset", ["unet_masks", "unet"])
def test_a_network_that_learns_scores_of_pixels_answers_with_a_mask(preset: str) -> None:
    question = find_question(read_project(preset))
    assert (question.meaning, question.picture, question.target, question.scores) == ("mask", "image", "mask", "logit")


def test_a_class_is_left_out_where_one_of_several_losses_leaves_it_out() -> None:
    project = change_project(read_project("unet_masks"), ["networks.model.head.out_channels=2"]).model_dump()
    mask = project["data"]["main"]["facts"]["fields"]["mask"]
    mask.update(dtype="int64", shape=mask["shape"][1:])
    nodes = {node["id"]: node for node in project["training"]["nodes"]}
    nodes["pixels"]["kind"] = "CrossEntropyLoss"
    assert find_question(Project.model_validate(project)).ignored == ()
    nodes["overlap"]["params"]["ignore_index"] = 1
    assert find_question(Project.model_validate(project)).ignored == (1,)


def test_a_target_that_is_a_picture_is_no_mask() -> None:
    assert find_question(read_project("pix2pix")).meaning == "picture"


def test_overlap_alone_is_learned_as_a_mask_too() -> None:
    project = change_project(read_project("unet_masks"), [])
    nodes = tuple(node for node in project.training.nodes if node.id not in ("pixels", "loss"))
    edges = [edge for edge in project.training.edges if not {edge.source, edge.target} & {"pixels", "loss"}]
    loss = project.training.edges[0].model_copy(update={"source": "overlap", "source_port": "output", "target": "adam",
                                                        "target_port": "loss"})  # fmt: skip
    training = project.training.model_copy(update={"nodes": nodes, "edges": (*edges, loss)})
    assert find_question(project.model_copy(update={"training": training})).scores == "logit"


def test_scores_of_a_picture_in_colour_are_no_mask() -> None:
    with pytest.raises(PlanError, match="how likely it is to be bright"):
        find_question(
            change_project(
                read_project("unet_masks"), ["data.main.fields.mask.kind=image", "data.main.fields.mask.channels=3"]
            )
        )
