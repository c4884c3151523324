from __future__ import annotations

import base64
import io
from pathlib import Path

from PIL import Image
from starlette.testclient import TestClient

from runtime.runs.folder import RunFolder, create_run
from runtime.runs.project_file import change_project, read_project
from runtime.runs.worker import work


def test_a_map_of_samples_is_drawn_and_a_point_of_it_shown(client: TestClient, home: Path) -> None:
    run = create_run(change_project(read_project("conditional_vae"), ["run.max_steps=2", "data.main.limit=60"]))
    assert work(run).status == "finished"
    address = f"/api/runs/{run.id}/latents"
    (space,) = client.get(address).json()["spaces"]
    assert (space["network"], space["kind"], space["size"], len(space["classes"])) == ("decoder", "code", 8, 10)
    found = client.post(f"{address}/map", json={"space": 0}).json()
    marks = [trace.get("meta", {}).get("mark") for trace in found["figure"]["data"]]
    assert marks[-2:] == ["way", "here"] and found["samples"] == 6 and len(found["axes"]) == 6
    assert sum(len(trace["x"]) for trace in found["figure"]["data"]) == 6
    shown = client.post(f"{address}/show", json={"space": 0, "points": [{"coordinates": [1, 0]}], "label": "3"}).json()
    assert Image.open(io.BytesIO(base64.b64decode(shown["pictures"][0]))).size == (28, 28)
    refused = client.post(f"{address}/show", json={"space": 0, "points": [{"coordinates": [1, 0]}], "label": "x"})
    assert refused.status_code == 409 and "classes" in refused.json()["error"]


def test_a_run_without_a_space_has_none(client: TestClient, finished: RunFolder) -> None:
    assert client.get(f"/api/runs/{finished.id}/latents").json() == {"spaces": []}
    refused = client.post(f"/api/runs/{finished.id}/latents/map", json={"space": 0})
    assert refused.status_code == 409 and "no such space" in refused.json()["error"]
