"""Downloads from a small hub of our own: a real server that speaks as much of the hub's protocol as a download needs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import unquote, urlsplit

import pytest

from builder.document import FieldMeaning, Origin, Source
from runtime.data import hub
from runtime.data.errors import DataError
from runtime.data.sources import choose_origin

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = {
    "README.md": b"# Points\n",
    "points.py": b"raise SystemExit('a script was run')\n",
    "data/train.csv": b"x,y\n1,2\n2,4\n3,6\n",
    "data/test.csv": b"x,y\n5,10\n",
}
POINTS = Origin(kind="hub", name="someone/points")
FIELDS = {"x": FieldMeaning(kind="number"), "y": FieldMeaning(kind="number", role="target")}


class Handler(BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.answer(with_body=True)

    def do_HEAD(self) -> None:
        self.answer(with_body=False)

    def answer(self, with_body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        self.asked.append(path)
        if "/someone/points" not in path:
            self.reply(404, b"{}", {"X-Error-Code": "RepoNotFound"}, with_body)
        elif "/resolve/" in path:
            name = path.split(f"/resolve/{COMMIT}/")[1]
            headers = {"ETag": f'"{hashlib.sha1(FILES[name]).hexdigest()}"', "X-Repo-Commit": COMMIT}
            self.reply(200, FILES[name], headers, with_body)
        elif "/tree/" in path:
            self.reply(
                200, json.dumps([{"type": "file", **file} for file in self.list_files()]).encode(), {}, with_body
            )
        else:
            siblings = [{"rfilename": file["path"], "size": file["size"]} for file in self.list_files()]
            info = {"id": "someone/points", "sha": COMMIT, "siblings": siblings, "private": False, "tags": []}
            self.reply(200, json.dumps(info).encode(), {}, with_body)

    @staticmethod
    def list_files() -> list[dict[str, object]]:
        return [
            {"path": name, "size": len(body), "oid": hashlib.sha1(body).hexdigest()} for name, body in FILES.items()
        ]

    def reply(self, status: int, body: bytes, headers: dict[str, str], with_body: bool) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the hub of our own was asked."""
    paths: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Recording", (Handler,), {"asked": paths}))
    thread = Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setattr(hub, "find_hub", lambda: address)
    yield paths
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_data_set_is_downloaded_once_without_its_scripts(asked, prepare_one, home):
    prepared = prepare_one(POINTS, **FIELDS)
    assert prepared.facts.counts == {"train": 2, "validation": 1, "test": 1}
    folder = home / "data" / "someone" / "points"
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()) == [
        "README.md",
        "data/test.csv",
        "data/train.csv",
    ]
    assert not any("points.py" in path for path in asked)
    asked.clear()
    prepare_one(POINTS, **FIELDS)
    assert asked == []


def test_a_name_that_the_hub_does_not_know_is_told(asked, home):
    with pytest.raises(DataError, match="The hub has no public data set called someone/else"):
        choose_origin(Source(origins=(Origin(kind="hub", name="someone/else"),), fields={}))
    assert not (home / "data" / "someone").exists()


def test_a_data_set_larger_than_the_limit_is_not_fetched(asked, monkeypatch, home):
    monkeypatch.setattr(hub, "MOST_BYTES", 10)
    with pytest.raises(DataError, match="is the most fetched by itself"):
        choose_origin(Source(origins=(POINTS,), fields={}))
    assert not any("/resolve/" in path for path in asked)


def test_a_download_that_breaks_leaves_nothing_half_done(asked, monkeypatch, home):
    monkeypatch.delitem(FILES, "data/test.csv")
    broken = {**FILES, "data/test.csv": b"x,y\n5,10\n"}
    monkeypatch.setattr(
        Handler,
        "list_files",
        staticmethod(lambda: [{"path": n, "size": len(b), "oid": "0" * 40} for n, b in broken.items()]),
    )
    with pytest.raises(DataError, match="cannot be reached"):
        choose_origin(Source(origins=(POINTS,), fields={}))
    assert not [path for path in (home / "data").rglob("*") if path.is_file()]
