from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from builder.document import FieldMeaning, Origin, Project, Source, Split
from builder.fields import describe_preparation
from runtime.data.errors import DataError
from runtime.data.prepare import PreparedSource, prepare

IMAGE = FieldMeaning(kind="image", scaling="unit")
LABEL = FieldMeaning(kind="category", role="target")
FEATURES = FieldMeaning(kind="vector", scaling="standard")
DIGITS = Origin(kind="embedded", name="digits", options={"size": 28})
IRIS = Origin(kind="embedded", name="iris", columns={"label": "target"})


def assert_raw_equals_prepared(prepared: PreparedSource, count: int = 5) -> None:
    for part, fields in prepared.parts.items():
        for index in range(min(count, prepared.facts.counts[part])):
            raw = prepared.raw(part, index)
            for name, values in fields.items():
                preparation = describe_preparation(prepared.source.fields[name], prepared.facts.fields[name])
                single = preparation.prepare(raw[name])
                assert single.dtype == values.dtype
                assert torch.equal(single, values[index]), (part, index, name)


@pytest.mark.parametrize("scaling", ["none", "unit", "standard", "minmax", "signed"])
@pytest.mark.parametrize("options", [{}, {"size": 28}, {"size": 32, "channels": 3}])
def test_a_single_picture_is_prepared_bit_for_bit_as_in_the_batch(prepare_one, scaling, options):
    origin = Origin(kind="embedded", name="digits", options=options)
    meaning = FieldMeaning(kind="image", scaling=scaling, size=(20, 24))
    assert_raw_equals_prepared(prepare_one(origin, image=meaning, label=LABEL, limit=60))


@pytest.mark.parametrize("scaling", ["none", "standard", "minmax", "signed"])
@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer"])
def test_a_single_row_is_prepared_bit_for_bit_as_in_the_batch(prepare_one, scaling, name):
    origin = Origin(kind="embedded", name=name, columns={"label": "target"})
    prepared = prepare_one(origin, features=FieldMeaning(kind="vector", scaling=scaling), label=LABEL)
    assert_raw_equals_prepared(prepared, count=200)


def test_a_scaled_number_is_restored_to_the_units_of_the_data(prepare_one):
    origin = Origin(kind="embedded", name="diabetes", columns={"y": "target"})
    target = FieldMeaning(kind="number", role="target", scaling="standard")
    prepared = prepare_one(origin, features=FEATURES, y=target)
    preparation = describe_preparation(target, prepared.facts.fields["y"])
    restored = preparation.restore(prepared.parts["train"]["y"][3])
    assert restored.item() == pytest.approx(prepared.raw("train", 3)["y"], rel=1e-6)


def test_statistics_come_from_the_training_part_alone(prepare_one):
    prepared = prepare_one(IRIS, features=FEATURES, label=LABEL, split=Split(validation=0.2, test=0.2, seed=3))
    raw = np.array([list(prepared.raw("train", i)["features"].values()) for i in range(prepared.facts.counts["train"])])
    facts = prepared.facts.fields["features"]
    assert facts.mean == pytest.approx(tuple(raw.mean(axis=0)))
    assert facts.deviation == pytest.approx(tuple(raw.std(axis=0)))
    assert prepared.parts["train"]["features"].mean(0).abs().max() < 1e-5
    assert prepared.parts["validation"]["features"].mean(0).abs().max() > 1e-3


def test_classes_of_the_target_are_counted_in_the_training_part_alone(prepare_one, tmp_path):
    rows = [f"{number},{'bad' if number % 4 == 0 else 'good'},{number % 2}" for number in range(100)]
    file = tmp_path / "loans.csv"
    file.write_text("\n".join(["amount,paid,home", *rows]) + "\n")
    origin = Origin(kind="file", name=str(file), columns={"features": ("amount",), "label": "paid", "home": "home"})
    fields = {"features": FEATURES, "label": LABEL, "home": FieldMeaning(kind="category")}
    prepared = prepare_one(origin, **fields, split=Split(validation=0.2))
    facts = prepared.facts.fields
    assert facts["label"].class_counts == (20, 60)
    assert prepared.parts["train"]["label"].bincount().tolist() == [20, 60]
    assert facts["features"].class_counts is facts["home"].class_counts is None


def test_mean_and_deviation_of_pictures_are_those_of_their_pixels(prepare_one):
    standard = prepare_one(DIGITS, image=FieldMeaning(kind="image", scaling="standard"), label=LABEL)
    plain = prepare_one(DIGITS, image=IMAGE, label=LABEL)
    pixels = plain.parts["train"]["image"].double()
    assert standard.facts.fields["image"].mean == pytest.approx((pixels.mean().item(),))
    assert standard.facts.fields["image"].deviation == pytest.approx((pixels.std(unbiased=False).item(),))


def test_signed_pixels_and_numbers_lie_between_minus_one_and_one(prepare_one):
    image = FieldMeaning(kind="image", scaling="signed")
    pixels = prepare_one(DIGITS, image=image, label=LABEL).parts["train"]["image"]
    assert (pixels.min().item(), pixels.max().item()) == (-1.0, 1.0)
    features = FieldMeaning(kind="vector", scaling="signed")
    numbers = prepare_one(IRIS, features=features, label=LABEL).parts["train"]["features"]
    assert numbers.amin(0).tolist() == pytest.approx([-1.0] * 4)
    assert numbers.amax(0).tolist() == pytest.approx([1.0] * 4)


def test_a_column_that_never_varies_becomes_zero(prepare_one, tmp_path):
    file = tmp_path / "flat.csv"
    file.write_text("a,b,y\n1,0.1,0\n2,0.1,1\n3,0.1,0\n4,0.1,1\n")
    origin = Origin(kind="file", name=str(file), columns={"features": ("a", "b"), "y": "y"})
    prepared = prepare_one(origin, features=FEATURES, y=LABEL, split=Split(validation=0))
    assert prepared.parts["train"]["features"][:, 1].abs().max() < 1e-6


def test_a_second_preparation_reads_what_the_first_one_kept_and_gives_the_same(prepare_one, home, monkeypatch):
    first = prepare_one(DIGITS, image=IMAGE, label=LABEL)
    kept = list((home / "prepared").glob("*.safetensors"))
    assert len(kept) == 1
    monkeypatch.setattr("runtime.data.prepare.make_tensors", lambda *_: pytest.fail("prepared again"))
    second = prepare_one(DIGITS, image=IMAGE, label=LABEL)
    assert second.facts == first.facts
    assert second.notices == first.notices
    for part, fields in first.parts.items():
        for name, values in fields.items():
            assert torch.equal(values, second.parts[part][name])


def test_a_damaged_kept_file_is_made_again(prepare_one, home):
    prepare_one(IRIS, features=FEATURES, label=LABEL)
    (kept,) = (home / "prepared").glob("*.safetensors")
    kept.write_bytes(kept.read_bytes()[:100])
    assert prepare_one(IRIS, features=FEATURES, label=LABEL).facts.counts["train"] == 135


@pytest.mark.parametrize(
    "change",
    [
        {"split": Split(seed=1)},
        {"split": Split(validation=0.3)},
        {"limit": 50},
        {"features": FieldMeaning(kind="vector", scaling="minmax")},
    ],
)
def test_a_changed_source_is_prepared_afresh(prepare_one, home, change):
    settings = {"features": FEATURES, "label": LABEL}
    prepare_one(IRIS, **settings)
    prepare_one(IRIS, **{**settings, **change})
    assert len(list((home / "prepared").glob("*.safetensors"))) == 2


def test_a_file_whose_content_changed_is_prepared_afresh(prepare_one, tmp_path):
    file = tmp_path / "points.csv"
    origin = Origin(kind="file", name=str(file))
    fields = {"x": FieldMeaning(kind="number"), "y": FieldMeaning(kind="number", role="target")}
    file.write_text("x,y\n1,2\n2,4\n")
    before = prepare_one(origin, split=Split(validation=0), **fields)
    file.write_text("x,y\n1,2\n2,5\n")
    after = prepare_one(origin, split=Split(validation=0), **fields)
    assert before.parts["train"]["y"][:, 0].tolist() == [2, 4]
    assert after.parts["train"]["y"][:, 0].tolist() == [2, 5]
    assert before.facts.fingerprint != after.facts.fingerprint


def test_four_points_without_a_split_stay_as_they_are(prepare_one):
    fields = {"x": FieldMeaning(kind="number"), "y": FieldMeaning(kind="number", role="target")}
    prepared = prepare_one(Origin(kind="embedded", name="points"), split=Split(validation=0), **fields)
    assert list(prepared.parts) == ["train"]
    assert prepared.parts["train"]["x"].tolist() == [[1], [2], [3], [4]]
    assert prepared.parts["train"]["y"].tolist() == [[2], [4], [6], [8]]


def test_a_category_for_yes_or_no_is_held_as_a_float_beside_one_output(prepare_one):
    label = FieldMeaning(kind="category", role="target", dtype="float32")
    prepared = prepare_one(Origin(kind="embedded", name="moons"), features=FEATURES, label=label)
    assert prepared.facts.fields["label"].shape == (1,)
    assert prepared.parts["train"]["label"].unique().tolist() == [0.0, 1.0]
    assert_raw_equals_prepared(prepared)


def test_rows_that_miss_a_value_are_left_out_and_counted_in_a_notice(prepare_one, tmp_path):
    file = tmp_path / "holes.csv"
    file.write_text("a,b,kind\n1,2,x\n,3,y\n4,NA,x\n5,6,\n7,8,y\n")
    origin = Origin(kind="file", name=str(file), columns={"features": ("a", "b"), "label": "kind"})
    prepared = prepare_one(origin, features=FEATURES, label=LABEL, split=Split(validation=0))
    assert prepared.facts.counts == {"train": 2}
    assert prepared.notices == ("3 of 5 rows of train miss a value and are left out.",)


def test_progress_is_told_and_an_exception_from_it_leaves_nothing_behind(home):
    project = Project(data={"main": Source(origins=(DIGITS,), fields={"image": IMAGE, "label": LABEL})})
    told: list[tuple[str, float]] = []
    prepare(project, lambda doing, done: told.append((doing, done)))
    assert told[-1][1] == 1.0
    assert any(doing == "decoding pictures" for doing, _ in told)
    assert [done for doing, done in told if doing == "decoding pictures"] == sorted(
        done for doing, done in told if doing == "decoding pictures"
    )
    for file in (home / "prepared").glob("*"):
        file.unlink()

    def stop(doing: str, done: float) -> None:
        if doing == "decoding pictures":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(project, stop)
    assert not list((home / "prepared").glob("*"))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"picture": IMAGE}, 'The field "picture" needs the column "picture". iris has sepal length (cm)'),
        ({"target": IMAGE}, 'The field "target" is of the kind image, but the column "target" holds no pictures.'),
        (
            {"words": FieldMeaning(kind="text")},
            'The field "words" needs the column "words". iris has',
        ),
    ],
)
def test_a_field_that_does_not_fit_its_columns_is_told_in_a_sentence(prepare_one, fields, sentence):
    with pytest.raises(DataError) as caught:
        prepare_one(IRIS, **fields)
    assert str(caught.value).startswith(sentence)


def test_pictures_of_different_sizes_need_a_size(prepare_one, tmp_path):
    from PIL import Image

    for index, size in enumerate([(8, 8), (9, 7)]):
        folder = tmp_path / "pictures" / f"kind{index}"
        folder.mkdir(parents=True)
        Image.new("RGB", size).save(folder / "one.png")
    origin = Origin(kind="folder", name=str(tmp_path / "pictures"))
    with pytest.raises(DataError, match="Give the field a size"):
        prepare_one(origin, image=IMAGE, label=LABEL, split=Split(validation=0))
    sized = FieldMeaning(kind="image", scaling="unit", size=(8, 8))
    prepared = prepare_one(origin, image=sized, label=LABEL, split=Split(validation=0))
    assert prepared.facts.fields["image"].shape == (3, 8, 8)
    assert prepared.facts.fields["label"].classes == ("kind0", "kind1")
    assert_raw_equals_prepared(prepared)


def test_what_would_not_fit_into_memory_is_refused_before_it_is_taken(prepare_one):
    huge = FieldMeaning(kind="image", size=(4096, 4096))
    with pytest.raises(DataError, match="Give it a smaller size"):
        prepare_one(Origin(kind="embedded", name="digits"), image=huge, label=LABEL)


def test_the_prepared_folder_is_the_only_place_written_to(prepare_one, home: Path):
    prepare_one(DIGITS, image=IMAGE, label=LABEL)
    assert {path.relative_to(home).parts[0] for path in home.rglob("*")} == {"prepared"}
