"""The one guard that everything goes through: our routes, Streamlit's, its web socket and its uploads."""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import parse_qs, urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.doors.badges import COOKIE, LASTS_SECONDS, find_person, is_cookie, is_token, make_cookie
from ui.doors.pages import DOOR, ask_sign_in, ask_token, find_way, refuse, turn_away, wants_page, way_of
from ui.doors.policy import Policy, host_of, is_here

OURS: Final = ("/api/", "/assets/")
HEALTH: Final = "/_stcore/health"
SIGNING_IN: Final = ("/auth/login", "/auth/logout", "/oauth2callback")
MOST_FORM_BYTES: Final = 8_000
"""What the page at the door sends: a token and a path."""
WAIT_SECONDS: Final = 1.0
"""After a wrong token, one after the other: so many guesses a second are possible, whoever makes them."""
STRANGER: Final = "Layerloom answers only to pages on this computer."
FOREIGN: Final = (
    "Layerloom is not known under this name, or a page from elsewhere asks. Add the name to server.allowedHosts in "
    ".streamlit/config.toml."
)
HEADERS: Final = ((b"x-content-type-options", b"nosniff"), (b"x-frame-options", b"SAMEORIGIN"))


class Guard:
    """Lets through what a policy allows. It stands before everything else, so that no route can be forgotten."""

    def __init__(self, app: ASGIApp, policy: Policy) -> None:
        self.app = app
        self.policy = policy
        self._guessing = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in place of the application where somebody may not come in."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        answer = self.refuse_stranger(connection) or await self.ask(connection, receive)
        if answer is None:
            await self.app(scope, receive, with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "not let in"})
        else:
            await answer(scope, receive, with_headers(send))

    def refuse_stranger(self, connection: HTTPConnection) -> Response | None:
        """The answer for connections and pages from elsewhere; None for all others."""
        end = connection.scope.get("server")
        came_from_outside = not self.policy.asks and end is not None and end[1] is not None and not is_here(end[0])
        if came_from_outside or not self.is_at_home(connection):
            return refuse(403, FOREIGN if self.policy.asks else STRANGER)
        return None

    def is_at_home(self, connection: HTTPConnection) -> bool:
        """Whether a request names this server, and comes from a page of this server or from no page.

        A foreign site may know the port, and a foreign name may point here.
        """
        host, origin = connection.headers.get("host"), connection.headers.get("origin")
        if len(connection.headers.getlist("host")) != 1 or not self.policy.knows_host(host_of(host)):
            return False
        site = connection.headers.get("sec-fetch-site", "none")
        if connection.scope["path"].startswith(OURS) and site not in ("same-origin", "none"):
            return False
        return origin is None or self.is_own_page(origin, host or "")

    def is_own_page(self, origin: str, host: str) -> bool:
        """Whether an origin is this server under the name that was asked, or under one that was set."""
        try:
            found = urlsplit(origin)
        except ValueError:
            return False
        if found.scheme not in ("http", "https"):
            return False
        return found.netloc.lower() == host.lower() or (self.policy.asks and self.is_set(found.hostname))

    def is_set(self, name: str | None) -> bool:
        """Whether a name was set as one of this server: behind a proxy pages have it, and requests another."""
        return name is not None and Policy(hosts=self.policy.hosts).knows_host(name) and not is_here(name)

    async def ask(self, connection: HTTPConnection, receive: Receive) -> Response | None:
        """The answer for who has to show something first; None for who has, or need not."""
        path = connection.scope["path"]
        if not self.policy.asks or (path == HEALTH and connection.scope["type"] == "http"):
            return None
        if self.policy.people:
            return self.ask_person(connection)
        if path == DOOR and connection.scope["type"] == "http" and connection.scope["method"] == "POST":
            return await self.let_in(Request(connection.scope, receive))
        bearer, _, given = connection.headers.get("authorization", "").partition(" ")
        has_shown = is_cookie(connection.cookies.get(COOKIE, ""), self.policy)
        if has_shown or (bearer.lower() == "bearer" and is_token(given.strip(), self.policy)):
            return RedirectResponse("/", 303) if path == DOOR else None
        if connection.scope["type"] == "http" and wants_page(connection):
            return ask_token("/" if path == DOOR else way_of(connection))
        return refuse(401, "Layerloom asks for its token. Reload the page and type it.")

    def ask_person(self, connection: HTTPConnection) -> Response | None:
        """The answer for who has not signed in, or may not come in."""
        from streamlit.auth_util import encode_provider_token

        if connection.scope["path"] in SIGNING_IN:
            return None
        person = find_person(connection.cookies, self.policy)
        if person is not None:
            return None if self.policy.knows_person(person) else turn_away(person)
        if connection.scope["type"] == "http" and wants_page(connection):
            return ask_sign_in(f"/auth/login?provider={encode_provider_token(self.policy.provider)}")
        return refuse(401, "Sign in to go on: reload the page.")

    async def let_in(self, request: Request) -> Response:
        """Compare the token that was typed; who knows it gets a cookie and goes where they wanted to."""
        content = b""
        async for piece in request.stream():
            content += piece
            if len(content) > MOST_FORM_BYTES:
                return refuse(413, f"This is more than the {MOST_FORM_BYTES:,} bytes that are taken here.")
        try:
            form = parse_qs(content.decode("utf-8", "replace"), max_num_fields=4)
        except ValueError:
            form = {}
        way = find_way(form.get("next", ["/"])[0])
        if not is_token(form.get("token", [""])[0].strip(), self.policy):
            async with self._guessing:
                await asyncio.sleep(WAIT_SECONDS)
            return ask_token(way, "This is not the token.")
        answer = RedirectResponse(way, 303, {"Cache-Control": "no-store"})
        is_secure = request.url.scheme == "https"
        answer.set_cookie(
            COOKIE, make_cookie(self.policy), LASTS_SECONDS, httponly=True, samesite="strict", secure=is_secure
        )
        return answer


def with_headers(send: Send) -> Send:
    """Send with headers that keep browsers from guessing what content is, and foreign pages from framing ours."""

    async def send_more(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message.get("headers", ())}
            more = [(name, value) for name, value in HEADERS if name not in present]
            message = {**message, "headers": [*message.get("headers", ()), *more]}
        await send(message)

    return send_more
