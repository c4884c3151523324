"""The real server: it does not start where it would let in everybody, and asks everybody where it does."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "correct-horse-battery-staple"
PATIENCE = 90


def find_free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def start(home: Path, *settings: str, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *settings]
    known = {name: value for name, value in os.environ.items() if not name.startswith(("LAYERLOOM", "STREAMLIT"))}
    around = {**known, "LAYERLOOM_HOME": str(home), "OMP_NUM_THREADS": "1", **environment}
    return subprocess.Popen(command, cwd=ROOT, env=around, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def refuse(home: Path, *settings: str, **environment: str) -> str:
    """What a server says that does not start."""
    port = find_free_port()
    with start(home, "--server.port", str(port), *settings, **environment) as server:
        said, _ = server.communicate(timeout=PATIENCE)
    assert server.returncode != 0 and "Traceback" not in said
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", port), 1):
        pass
    return said


@contextmanager
def serve(home: Path, *settings: str, **environment: str) -> Iterator[int]:
    """A server that has started, by its port."""
    port = find_free_port()
    server = start(home, "--server.port", str(port), *settings, **environment)
    try:
        end = time.monotonic() + PATIENCE
        while ask(port, "/_stcore/health") != (200, b"ok"):
            assert time.monotonic() < end and server.poll() is None, server.communicate()[0]
            time.sleep(0.2)
        yield port
    finally:
        server.terminate()
        server.communicate(timeout=30)


def ask(port: int, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except OSError:
        return 0, b""
    finally:
        connection.close()


def upgrade(port: int, **headers: str) -> int:
    """What the server answers to a browser that wants the web socket."""
    wanted = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    return ask(port, "/_stcore/stream", **wanted, **{"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}, **headers)[0]


def test_a_server_for_everybody_is_not_started(tmp_path: Path) -> None:
    said = refuse(tmp_path, "--server.address", "0.0.0.0")
    assert "does not listen on 0.0.0.0 without asking who comes" in said and "LAYERLOOM_TOKEN" in said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings", "environment", "words"),
    [
        ((), {"STREAMLIT_SERVER_ADDRESS": "::"}, "does not listen on ::"),
        (("--server.address=0.0.0.0",), {"LAYERLOOM_TOKEN": "short"}, "could be guessed"),
    ],
)
def test_no_other_way_starts_one(
    tmp_path: Path, settings: tuple[str, ...], environment: dict[str, str], words: str
) -> None:
    assert words in refuse(tmp_path, *settings, **environment)


@pytest.mark.slow
def test_a_server_with_a_token_asks_for_it_on_every_way_in(tmp_path: Path) -> None:
    key = {"Authorization": f"Bearer {TOKEN}"}
    with serve(tmp_path, "--server.address", "0.0.0.0", LAYERLOOM_TOKEN=TOKEN) as port:
        assert upgrade(port) == 403 and upgrade(port, **key) == 101
        for path in ("/", "/build", "/static/index.html", "/_stcore/host-config", "/_stcore/metrics", "/api/catalogue"):
            assert ask(port, path)[0] == 401, path
        assert ask(port, "/_stcore/upload_file/a/b", "PUT")[0] == 401
        status, page = ask(port, "/", Accept="text/html")
        assert status == 401 and b'type="password"' in page
        assert ask(port, "/api/runs", **key)[0] == 200 and ask(port, "/", **key)[0] == 200
        assert ask(port, "/api/runs", Host="evil.example", **key)[0] == 403


@pytest.mark.slow
def test_a_server_for_this_computer_asks_nothing_and_turns_strangers_away(tmp_path: Path) -> None:
    with serve(tmp_path) as port:
        assert ask(port, "/")[0] == 200 and ask(port, "/api/runs")[0] == 200 and upgrade(port) == 101
        for strange in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
            assert upgrade(port, **strange) == 403
            for path in ("/", "/api/runs", "/static/index.html", "/_stcore/host-config"):
                assert ask(port, path, **strange)[0] == 403, path
