"""The first batch as the data page shows it: what training starts with, augmented and mixed."""

from __future__ import annotations

from itertools import pairwise
from threading import Thread

import numpy as np
import pytest
import torch

from builder.document import Edge, FieldMeaning, Graph, Node, Origin, Project, Source
from builder.fields import describe_preparation
from builder.parts.sampler import order_samples
from runtime.data import first_batch
from runtime.data.first_batch import draw_first_batch, draw_picture
from runtime.data.prepare import prepare

LABEL = FieldMeaning(kind="category", role="target")


def build_project(*augmentations: Node) -> Project:
    fields = {"image": FieldMeaning(kind="image", scaling="standard"), "label": LABEL}
    data = Node(id="data", kind="Data", params={"source": "main", "batch_size": 16})
    names = ["data", *(node.id for node in augmentations)]
    edges = [Edge(source=a, source_port="image", target=b, target_port="image") for a, b in pairwise(names)]
    return Project(
        training=Graph(nodes=(data, *augmentations), edges=tuple(edges)),
        data={"main": Source(origins=(Origin(kind="embedded", name="digits"),), fields=fields)},
    )


def test_the_first_batch_is_the_one_that_training_starts_with():
    project = build_project()
    prepared = prepare(project)["main"]
    batch = draw_first_batch(project, "main", prepared)
    order = order_samples(prepared.facts.counts["train"], project.run.seed, 0)[:16]
    assert batch.samples == order.tolist()
    assert torch.equal(batch.fields["image"], prepared.parts["train"]["image"][order])
    assert batch.augmented_by == ()


def test_augmentations_that_follow_one_another_change_the_first_batch_and_nothing_else():
    flip = Node(id="flip", kind="Augment", params={"flip": True})
    crop = Node(id="crop", kind="Augment", params={"crop_padding": 2})
    project = build_project(flip, crop)
    prepared = prepare(project)["main"]
    state = torch.random.get_rng_state()
    before = prepared.parts["train"]["image"].clone()
    batch = draw_first_batch(project, "main", prepared)
    plain = draw_first_batch(build_project(), "main", prepared)
    assert batch.augmented_by == ("flip", "crop")
    assert not torch.equal(batch.fields["image"], plain.fields["image"])
    assert torch.equal(batch.fields["label"], plain.fields["label"])
    assert torch.equal(prepared.parts["train"]["image"], before)
    assert torch.equal(torch.random.get_rng_state(), state)


@pytest.mark.parametrize("off", [("flip",), ("crop",), ("flip", "crop")])
def test_augmentations_that_are_switched_off_change_nothing_and_let_images_through(off):
    nodes = [
        Node(id="flip", kind="Augment", params={"flip": True}),
        Node(id="crop", kind="Augment", params={"crop_padding": 2}),
    ]
    project = build_project(*(node.model_copy(update={"bypassed": node.id in off}) for node in nodes))
    kept = build_project(*(node for node in nodes if node.id not in off))
    prepared = prepare(project)["main"]
    batch, expected = (draw_first_batch(each, "main", prepared) for each in (project, kept))
    assert batch.augmented_by == expected.augmented_by == tuple({"flip", "crop"} - set(off))
    assert torch.equal(batch.fields["image"], expected.fields["image"])


def test_a_source_whose_data_node_is_switched_off_is_seen_as_one_without():
    project = build_project(Node(id="flip", kind="Augment", params={"flip": True}))
    data = project.training.node("data").model_copy(update={"bypassed": True})
    nodes = (data, *project.training.nodes[1:])
    project = project.with_graph("training", project.training.model_copy(update={"nodes": nodes}))
    assert draw_first_batch(project, "main", prepare(project)["main"]).augmented_by == ()


def test_a_run_that_trains_meanwhile_draws_its_own_numbers(monkeypatch):
    project = build_project(Node(id="flip", kind="Augment", params={"flip": True}))
    prepared = prepare(project)["main"]
    torch.manual_seed(3)
    expected, drawn = torch.rand(4), []
    torch.manual_seed(3)
    change = first_batch.augment

    def augment_while_a_run_draws(node, scope, *images):
        run = Thread(target=lambda: drawn.append(torch.rand(2)))
        run.start()
        run.join()
        return change(node, scope, *images)

    monkeypatch.setattr(first_batch, "augment", augment_while_a_run_draws)
    first_batch.draw_first_batch(project, "main", prepared)
    assert torch.equal(torch.cat([*drawn, torch.rand(2)]), expected)


@pytest.mark.parametrize("scaling", ["none", "unit", "standard", "minmax", "signed"])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_picture_drawn_from_a_prepared_image_is_the_raw_one(prepare_one, scaling, channels):
    origin = Origin(kind="embedded", name="digits", options={"channels": channels})
    meaning = FieldMeaning(kind="image", scaling=scaling)
    prepared = prepare_one(origin, image=meaning, label=LABEL)
    preparation = describe_preparation(meaning, prepared.facts.fields["image"])
    drawn = draw_picture(prepared.parts["train"]["image"][11], preparation)
    assert np.array_equal(np.asarray(drawn), np.asarray(prepared.raw("train", 11)["image"]))


def mix_pictures(**params) -> Project:
    project = build_project(
        Node(id="flip", kind="Augment", params={"flip": True}), Node(id="mix", kind="Mix", params=params)
    )
    label = Edge(source="data", source_port="label", target="mix", target_port="label")
    return project.with_graph(
        "training", project.training.model_copy(update={"edges": (*project.training.edges, label)})
    )


def test_pictures_that_are_mixed_are_shown_mixed_and_so_is_their_truth():
    project = mix_pictures(classes="$classes", mixup=1.0)
    prepared = prepare(project)["main"]
    batch = draw_first_batch(project, "main", prepared)
    plain = draw_first_batch(build_project(), "main", prepared)
    assert batch.augmented_by == ("flip", "mix")
    assert batch.fields["label"].shape == (16, 10)
    shares = batch.fields["label"][torch.arange(16), plain.fields["label"]]
    assert ((shares > 0) & (shares <= 1)).all() and (shares < 0.99).any()
    assert torch.allclose(batch.fields["label"].sum(1), torch.ones(16))


@pytest.mark.parametrize("params", [{"classes": 3}, {"classes": "$nothing"}, {"mixup": 0.0, "cutmix": 0.0}])
def test_a_mix_that_does_not_fit_the_data_leaves_the_batch_as_it_is(params):
    project = mix_pictures(**params)
    batch = draw_first_batch(project, "main", prepare(project)["main"])
    assert batch.fields["label"].shape == (16,)
