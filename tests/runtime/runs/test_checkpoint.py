from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

from runtime.events import CheckpointDue
from runtime.runs import checkpoint as module
from runtime.runs.checkpoint import load_checkpoint, load_last, save_checkpoint
from runtime.runs.checkpoint_index import list_checkpoints, read_index
from runtime.runs.errors import DamagedCheckpoint


def save(folder: Path, step: int, reason: str = "interval") -> None:
    """Save a checkpoint whose content tells its step."""
    tensors = {"weight": torch.full((3, 2), float(step)), "state": torch.arange(5, dtype=torch.uint8)}
    save_checkpoint(folder, CheckpointDue(step, reason, {"loss": 1 / step}), tensors, {"step": step, "x": 0.1 + step})


def names(folder: Path) -> list[str]:
    """The folders of checkpoints that are there."""
    return sorted(path.name for path in folder.iterdir() if path.is_dir())


def test_what_is_loaded_is_what_was_saved(tmp_path: Path) -> None:
    tensors = {
        "half": torch.randn(3, dtype=torch.bfloat16),
        "number": torch.tensor(7),
        "mask": torch.tensor([True, False]),
        "view": torch.arange(6.0).reshape(2, 3).T,
    }
    tensors["tied"] = tensors["half"]
    state = {"step": 3, "seconds": 0.1 + 0.2, "nested": {"list": [1, None, "ä"]}, "best": float("inf")}
    save_checkpoint(tmp_path, CheckpointDue(3, "pause"), tensors, state)
    found = load_last(tmp_path)
    assert found is not None and found.state == state and found.step == 3 and found.notices == ()
    assert found.tensors.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert found.tensors[name].dtype == tensor.dtype and torch.equal(found.tensors[name], tensor)


def test_the_last_two_and_the_best_are_kept(tmp_path: Path) -> None:
    for step in (100, 200, 300, 400):
        save(tmp_path, step, "best" if step == 200 else "interval")
    assert names(tmp_path) == ["step-00000200", "step-00000300", "step-00000400"]
    last, best = load_last(tmp_path), read_index(tmp_path).best
    assert last is not None and last.step == 400
    assert best is not None and load_checkpoint(tmp_path, best).step == 200
    listed = list_checkpoints(tmp_path)
    assert [(entry["step"], entry["is_best"], entry["is_last"]) for entry in listed] == [
        (200, True, False), (300, False, False), (400, False, True),
    ]  # fmt: skip


def test_two_checkpoints_of_one_step_are_two(tmp_path: Path) -> None:
    save(tmp_path, 5)
    save(tmp_path, 5, "best")
    assert names(tmp_path) == ["step-00000005", "step-00000005-2"]
    assert read_index(tmp_path).best == "step-00000005-2"


@pytest.mark.parametrize("moment", ["save_file", "sync_folder", "write_index"])
def test_a_crash_at_any_moment_of_saving_leaves_the_earlier_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    save(tmp_path, 1)

    def crash(*arguments: object, **named: object) -> None:
        raise OSError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(module, moment, crash)
        with pytest.raises(OSError, match="the power went"):
            save(tmp_path, 2)
    found = load_last(tmp_path)
    assert found is not None and found.step == 1 and torch.equal(found.tensors["weight"], torch.full((3, 2), 1.0))
    save(tmp_path, 3)
    found = load_last(tmp_path)
    assert found is not None and found.step == 3


def test_what_a_kill_left_half_written_is_not_read_and_is_swept_away(tmp_path: Path) -> None:
    save(tmp_path, 1)
    shutil.copytree(tmp_path / "step-00000001", tmp_path / ".new-step-00000002")
    (tmp_path / ".new-step-00000002" / "state.json").write_text("{")
    found = load_last(tmp_path)
    assert found is not None and found.step == 1
    save(tmp_path, 3)
    assert names(tmp_path) == ["step-00000001", "step-00000003"]


def damage_tensors(path: Path) -> None:
    content = bytearray((path / "tensors.safetensors").read_bytes())
    content[-1] ^= 1
    (path / "tensors.safetensors").write_bytes(content)


def damage_state(path: Path) -> None:
    (path / "state.json").write_text("{")


def remove_tensors(path: Path) -> None:
    (path / "tensors.safetensors").unlink()


def put_a_pickle(path: Path) -> None:
    torch.save({"weight": torch.zeros(1)}, path / "tensors.safetensors")


@pytest.mark.parametrize("damage", [damage_tensors, damage_state, remove_tensors, put_a_pickle])
def test_a_damaged_checkpoint_is_passed_over_with_a_sentence(tmp_path: Path, damage: object) -> None:
    save(tmp_path, 1)
    save(tmp_path, 2)
    damage(tmp_path / "step-00000002")  # type: ignore[operator]
    found = load_last(tmp_path)
    assert found is not None and found.step == 1
    assert "step-00000002" in found.notices[0] and "damaged" in found.notices[0]
    assert found.notices[1] == "The run goes on from the checkpoint of step 1 instead."
    with pytest.raises(DamagedCheckpoint):
        load_checkpoint(tmp_path, "step-00000002")


def test_when_every_checkpoint_is_damaged_that_is_said(tmp_path: Path) -> None:
    save(tmp_path, 1)
    damage_tensors(tmp_path / "step-00000001")
    with pytest.raises(DamagedCheckpoint, match="No earlier checkpoint is left"):
        load_last(tmp_path)


@pytest.mark.parametrize("best", [CheckpointDue(11, "best"), CheckpointDue(11, "interval", is_best=True), None])
def test_a_lost_index_is_made_again_from_the_checkpoints(tmp_path: Path, best: CheckpointDue | None) -> None:
    save(tmp_path, 5)
    save_checkpoint(tmp_path, best or CheckpointDue(11, "pause"), {"w": torch.zeros(2)}, {"step": 11})
    for _ in range(4):
        save(tmp_path, 11)
        before = read_index(tmp_path)
        assert before.best == ("step-00000011" if best else None)
        (tmp_path / "index.json").unlink()
        assert read_index(tmp_path) == before
    (tmp_path / "index.json").write_text(json.dumps({"entries": 3}))
    assert read_index(tmp_path) == before


def test_a_run_without_checkpoints_has_none(tmp_path: Path) -> None:
    assert load_last(tmp_path) is None and read_index(tmp_path).best is None


def test_the_last_checkpoint_is_the_best_where_its_weights_are(tmp_path):
    save(tmp_path, 1, "best")
    save_checkpoint(tmp_path, CheckpointDue(2, "end", {"loss": 0.1}, is_best=True), {"w": torch.zeros(2)}, {"step": 2})
    assert read_index(tmp_path).best == read_index(tmp_path).last
