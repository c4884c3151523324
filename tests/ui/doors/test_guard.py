"""Every route goes through the one guard: strangers are turned away, and who is asked has to show something first."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from ui.doors import badges, guard
from ui.doors.badges import LASTS_SECONDS, is_cookie, make_cookie
from ui.doors.guard import Guard
from ui.doors.pages import find_way
from ui.doors.policy import Policy
from ui.routes import ROUTES

TOKEN = "correct-horse-battery-staple"
HERE = "http://127.0.0.1:8501"
STREAM = "ws://127.0.0.1:8501/_stcore/stream"
PAGE = {"accept": "text/html"}
SECRET = "s" * 40


async def say_yes(request: Request) -> PlainTextResponse:
    return PlainTextResponse("yes")


async def talk(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("yes")
    await socket.close()


FEW: list[BaseRoute] = [
    *(Route(path, say_yes) for path in ("/", "/build", "/api/runs", "/_stcore/health", "/auth/login", "/door")),
    Route("/_stcore/upload_file/a/b", say_yes, methods=["PUT", "DELETE"]),
    WebSocketRoute("/_stcore/stream", talk),
]


def open_client(policy: Policy, base: str = HERE, routes: list[BaseRoute] | None = None) -> TestClient:
    app = Starlette(routes=routes or FEW, middleware=[Middleware(Guard, policy=policy)])
    return TestClient(app, base_url=base, follow_redirects=False)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A server that asks for a token, and takes wrong ones without making tests wait."""
    monkeypatch.setattr(guard, "WAIT_SECONDS", 0.2)
    with open_client(Policy(token=TOKEN, hosts=("lab.example",))) as client:
        yield client


def list_paths() -> list[tuple[str, str]]:
    """Each of our own routes with each of its methods."""
    found = []
    for route in ROUTES:
        path = f"{route.path}/x.js" if isinstance(route, Mount) else getattr(route, "path", "")
        filled = path.replace("{sample:int}", "1").replace("{", "").replace("}", "")
        found += [(method, filled) for method in sorted(getattr(route, "methods", None) or {"GET"})]
    return found


def test_the_application_has_the_guard_before_everything_else() -> None:
    from app import app

    assert [part.cls for part in app._user_middleware] == [Guard]
    assert app._user_routes == ROUTES


@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {"origin": "https://evil.example"}])
@pytest.mark.parametrize(("method", "path"), list_paths())
def test_each_of_our_routes_turns_strangers_away(method: str, path: str, headers: dict[str, str]) -> None:
    answer = open_client(Policy(), routes=ROUTES).request(method, path, headers=headers)
    assert answer.status_code == 403
    assert method == "HEAD" or "this computer" in answer.json()["error"]


@pytest.mark.parametrize(("method", "path"), list_paths())
def test_each_of_our_routes_asks_where_one_is_asked(method: str, path: str) -> None:
    assert open_client(Policy(token=TOKEN), routes=ROUTES).request(method, path).status_code == 401
    assert (
        open_client(Policy(people=("*",), cookie_secret=SECRET), routes=ROUTES).request(method, path).status_code == 401
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "127.0.0.1.evil.example:8501"},
        {"host": "localhost@evil.example"},
        {"host": "192.168.1.5:8501"},
        {"host": ""},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "file://"},
        {"origin": "http://127.0.0.1:3000"},
        {"origin": "http://[::1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
    ids=str,
)
def test_pages_from_elsewhere_get_no_answer(headers: dict[str, str]) -> None:
    assert open_client(Policy()).get("/api/runs", headers=headers).status_code == 403


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST"])
def test_own_pages_get_an_answer(host: str) -> None:
    headers = {"host": host, "origin": f"http://{host}", "sec-fetch-site": "same-origin"}
    answer = open_client(Policy()).get("/api/runs", headers=headers)
    assert answer.text == "yes" and answer.headers["x-content-type-options"] == "nosniff"


def test_a_link_on_another_page_may_open_ours() -> None:
    headers = {"sec-fetch-site": "cross-site", **PAGE}
    assert open_client(Policy()).get("/build", headers=headers).text == "yes"


def test_who_connects_from_outside_is_refused_whatever_name_they_use() -> None:
    """A server that was started in another way may listen on every address."""
    client = open_client(Policy(), "http://192.168.1.5:8501")
    assert client.get("/api/runs", headers={"host": "localhost:8501"}).status_code == 403
    outside = STREAM.replace("127.0.0.1", "192.168.1.5")
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(outside, headers={"host": "localhost"}):
        pass


def test_two_hosts_are_none() -> None:
    headers = [("host", "localhost"), ("host", "evil.example")]
    assert open_client(Policy()).get("/api/runs", headers=headers).status_code == 403  # type: ignore[arg-type]


@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {"origin": "https://evil.example"}])
def test_the_web_socket_turns_strangers_away(headers: dict[str, str]) -> None:
    with open_client(Policy()).websocket_connect(STREAM, headers={"host": "localhost"}) as socket:
        assert socket.receive_text() == "yes"
    headers = {"host": "localhost", **headers}
    with pytest.raises(WebSocketDisconnect), open_client(Policy()).websocket_connect(STREAM, headers=headers):
        pass


def test_without_the_token_nothing_is_answered(asked: TestClient) -> None:
    page = asked.get("/build?preset=mnist_cnn", headers=PAGE)
    assert page.status_code == 401 and 'value="/build?preset=mnist_cnn"' in page.text and "script" not in page.text
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert asked.get("/api/runs").json()["error"].startswith("Layerloom asks for its token.")
    assert asked.put("/_stcore/upload_file/a/b", content=b"x").status_code == 401
    with pytest.raises(WebSocketDisconnect), asked.websocket_connect(STREAM):
        pass


def test_the_server_says_that_it_lives_without_a_token(asked: TestClient) -> None:
    assert asked.get("/_stcore/health").text == "yes"


def come_in(client: TestClient, token: str = TOKEN, way: str = "/build", **headers: str) -> Any:
    return client.post("/door", data={"token": token, "next": way}, headers=headers)


def test_who_types_the_token_goes_where_they_wanted_to_and_is_known_from_then_on(asked: TestClient) -> None:
    answer = come_in(asked)
    assert (answer.status_code, answer.headers["location"]) == (303, "/build")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "secure" not in cookie and TOKEN not in cookie
    assert asked.get("/api/runs").text == "yes" and asked.get("/door").headers["location"] == "/"
    with asked.websocket_connect(STREAM) as socket:
        assert socket.receive_text() == "yes"


def test_over_tls_the_cookie_is_sent_over_tls_alone() -> None:
    assert "secure" in come_in(open_client(Policy(token=TOKEN), "https://127.0.0.1")).headers["set-cookie"].lower()


def test_a_wrong_token_is_told_after_a_while(asked: TestClient) -> None:
    for wrong in ("", "wrong", TOKEN + "x", TOKEN[:-1], "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")):
        start = time.monotonic()
        answer = come_in(asked, wrong)
        assert answer.status_code == 401 and "This is not the token" in answer.text
        assert time.monotonic() - start > 0.15 and "set-cookie" not in answer.headers


def test_a_page_from_elsewhere_cannot_type_the_token(asked: TestClient) -> None:
    assert come_in(asked, origin="https://evil.example").status_code == 403


def test_a_form_without_end_is_not_read(asked: TestClient) -> None:
    assert asked.post("/door", content=b"token=" + b"x" * 100_000).status_code == 413
    assert asked.post("/door", content=b"a=1&" * 1000).status_code == 401


def test_programs_show_the_token_in_a_header(asked: TestClient) -> None:
    assert asked.get("/api/runs", headers={"authorization": f"Bearer {TOKEN}"}).text == "yes"
    assert asked.get("/api/runs", headers={"authorization": f"Basic {TOKEN}"}).status_code == 401
    assert asked.get("/api/runs", headers={"authorization": "Bearer x"}).status_code == 401


def test_names_that_were_set_are_taken_and_no_others(asked: TestClient) -> None:
    key = {"authorization": f"Bearer {TOKEN}"}
    for host in ("lab.example", "lab.example:444", "192.168.1.5:8501"):
        assert asked.get("/api/runs", headers={"host": host, "origin": f"https://{host}", **key}).text == "yes"
    proxied = {"host": "127.0.0.1:8501", "origin": "https://lab.example", **key}
    assert asked.get("/api/runs", headers=proxied).text == "yes"
    for strange in ({"host": "evil.example"}, {"origin": "https://evil.example"}, {"origin": "http://localhost:3000"}):
        answer = asked.get("/api/runs", headers={**strange, **key})
        assert answer.status_code == 403 and "server.allowedHosts" in answer.json()["error"]


@pytest.mark.parametrize(
    "value",
    ["", ".", "1", "1.", ".x", "9" * 5000 + ".x", "-5.x", "٣.x", f"{int(time.time())}.{'0' * 64}", "\ud800.x", "1.ü"],
)
def test_a_cookie_that_is_not_ours_is_none(value: str) -> None:
    assert not is_cookie(value, Policy(token=TOKEN))


def test_a_cookie_lasts_a_while_and_goes_with_its_token() -> None:
    policy, now = Policy(token=TOKEN), time.time()
    cookie = make_cookie(policy, now)
    assert is_cookie(cookie, policy, now + LASTS_SECONDS - 5) and not is_cookie(cookie, policy, now + LASTS_SECONDS + 5)
    assert not is_cookie(cookie, policy, now - 3600)
    assert not is_cookie(cookie, Policy(token=TOKEN + "2")) and not is_cookie(cookie, Policy())
    made, _, signature = cookie.partition(".")
    assert not is_cookie(f"{int(made) + 1}.{signature}", policy)


@pytest.mark.parametrize(
    "way", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "", "/\nx", "/" * 3000]
)
def test_the_way_after_the_door_leads_nowhere_else(way: str) -> None:
    assert find_way(way) == "/"


def test_what_was_asked_for_cannot_become_html(asked: TestClient) -> None:
    page = asked.get('/build?x="><script>alert(1)</script>', headers=PAGE)
    assert "<script" not in page.text


def sign_in(**person: Any) -> dict[str, str]:
    """The cookie that Streamlit keeps for somebody who has signed in."""
    content = json.dumps({"is_logged_in": True, "origin": HERE, **person})
    return {"_streamlit_user": create_signed_value(SECRET, "_streamlit_user", content).decode()}


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """A server where people sign in, of whom two kinds may come in."""
    monkeypatch.setattr("streamlit.auth_util.encode_provider_token", lambda provider: f"signed-{provider}")
    return open_client(Policy(people=("ada@example.org", "*@uni.example"), cookie_secret=SECRET, provider="google"))


def test_who_has_not_signed_in_is_led_there(people: TestClient) -> None:
    page = people.get("/build", headers=PAGE)
    assert page.status_code == 401 and "/auth/login?provider=signed-google" in page.text
    assert people.get("/api/runs").status_code == 401
    assert people.get("/auth/login").text == "yes"
    with pytest.raises(WebSocketDisconnect), people.websocket_connect(STREAM):
        pass


@pytest.mark.parametrize("address", ["ada@example.org", "bob@uni.example"])
def test_who_has_signed_in_and_is_named_comes_in(people: TestClient, address: str) -> None:
    people.cookies.update(sign_in(email=address, email_verified=True))
    assert people.get("/api/runs").text == "yes"
    with people.websocket_connect(STREAM) as socket:
        assert socket.receive_text() == "yes"


def test_who_has_signed_in_and_is_not_named_is_turned_away(people: TestClient) -> None:
    people.cookies.update(sign_in(email="<b>eve@evil.example"))
    answer = people.get("/build", headers=PAGE)
    assert answer.status_code == 403 and "&lt;b&gt;eve" in answer.text and "/auth/logout" in answer.text
    assert people.get("/api/runs").status_code == 403


@pytest.mark.parametrize(
    "person",
    [
        {"email": "ada@example.org", "is_logged_in": False},
        {"email": "ada@example.org", "email_verified": False},
        {"email": ["ada@example.org"]},
        {"name": "ada@example.org"},
    ],
    ids=str,
)
def test_a_cookie_that_says_less_is_none(people: TestClient, person: dict[str, Any]) -> None:
    people.cookies.update(sign_in(**person))
    assert people.get("/api/runs").status_code == 401


def test_a_cookie_that_somebody_else_signed_is_none(people: TestClient) -> None:
    people.cookies["_streamlit_user"] = create_signed_value(
        "other" * 8, "_streamlit_user", '{"is_logged_in": true}'
    ).decode()
    assert people.get("/api/runs").status_code == 401
    assert badges.find_person({"_streamlit_user": "x"}, Policy(people=("*",), cookie_secret=SECRET)) is None


def test_names_of_places_do_not_lead_out_of_their_folder(home: Path) -> None:
    """Each parameter of each path, with what would lead out of the folder that it names something in."""
    (home / "secret.json").write_text('{"format": 1, "networks": {}, "name": "SECRET"}')
    client = open_client(Policy(), routes=ROUTES)
    outside = ["..%2fsecret", "..%2f..%2fsecret.json", "%2fetc%2fpasswd", "..%5csecret", "%00", "..%2f..", "a" * 5000]
    outside += [str(home / "secret").replace("/", "%2f"), "C:%5csecret", "secret.json%00.png", "~", "CON", "..;"]
    for route in ROUTES:
        path = getattr(route, "path", "")
        for name in [part[1:-1] for part in path.split("/") if part.startswith("{") and ":" not in part]:
            for bad in outside:
                filled = path.replace("{" + name + "}", bad).replace("{sample:int}", "1")
                for method in sorted(getattr(route, "methods", None) or {"GET"}):
                    send = {"json": {}} if method in ("POST", "PUT") else {}
                    answer = client.request(method, filled.replace("{", "").replace("}", ""), **send)
                    assert 400 <= answer.status_code < 500, (method, filled, answer.text[:200])
                    assert "SECRET" not in answer.text and "root:" not in answer.text
    assert not list(home.glob("**/*passwd*")) and (home / "secret.json").is_file()
