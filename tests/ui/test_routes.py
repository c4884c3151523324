from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from ui.routes import ROUTES, HashedFiles


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=ROUTES)) as client:
        yield client


def test_the_catalogue_holds_every_kind_with_its_schema(client: TestClient) -> None:
    catalogue = client.get("/api/catalogue").json()
    kinds = {kind["kind"]: kind for kind in catalogue["network"]}
    assert {"Input", "Output", "Conv2d", "Linear", "LSTM", "Block"} <= set(kinds)
    assert "out_channels" in kinds["Conv2d"]["schema"]["properties"]
    assert {"Data", "Network", "CrossEntropyLoss", "Adam"} <= {kind["kind"] for kind in catalogue["training"]}


def test_a_catalogue_that_the_browser_has_is_not_sent_again(client: TestClient) -> None:
    tag = client.get("/api/catalogue").headers["etag"]
    assert client.get("/api/catalogue", headers={"if-none-match": tag}).status_code == 304


def test_compiled_files_are_kept_by_the_browser_and_nothing_else_is_served(tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "canvas-abc.js").write_text("export default 1;")
    (tmp_path / "secret.txt").write_text("no")
    files = HashedFiles(directory=tmp_path / "static", check_dir=False)
    with TestClient(Starlette(routes=[Mount("/assets", files)])) as client:
        assert "immutable" in client.get("/assets/canvas-abc.js").headers["cache-control"]
        assert client.get("/assets/../secret.txt").status_code == 404
        assert client.get("/assets/%2e%2e/secret.txt").status_code == 404


@pytest.mark.parametrize("page", ["build", "data", "train", "runs", "trash"])
def test_a_page_that_is_opened_by_its_address_knows_its_server_before_its_first_script(
    client: TestClient, page: str
) -> None:
    document = client.get(f"/{page}?run=x").text
    assert 0 < document.index("BACKEND_BASE_URL: window.location.origin") < document.index('<script type="module"')
