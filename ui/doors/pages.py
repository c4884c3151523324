"""The pages at the door: plain HTML that needs nothing else of the server, and answers for what is no browser."""

from __future__ import annotations

from html import escape
from typing import Final
from urllib.parse import quote

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, JSONResponse, Response

DOOR: Final = "/door"
LONGEST_WAY: Final = 2_000
"""Of the address that one wanted to see before one was asked."""
POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
PAGE: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Layerloom</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>body{{font:16px system-ui,sans-serif;max-width:26rem;margin:20vh auto;padding:0 1rem}}
input,button,a.button{{font:inherit;padding:.5rem .75rem;width:100%;box-sizing:border-box;margin-top:.5rem}}</style>
<h1>Layerloom</h1>{body}</html>"""
ASK: Final = """<form method="post" action="{door}"><input type="hidden" name="next" value="{way}">
<label for="token">Token</label><input id="token" name="token" type="password" autocomplete="current-password"
 required autofocus>{said}<button>Come in</button></form>
<p>It is the value of LAYERLOOM_TOKEN on the computer that Layerloom runs on.</p>"""
SIGN_IN: Final = '<p>{said}</p><p><a class="button" href="{link}">{words}</a></p>'


def find_way(asked: str) -> str:
    """Where to go after coming in: a path of this server, else its first page."""
    is_path = asked.startswith("/") and not asked.startswith(("//", "/\\")) and len(asked) <= LONGEST_WAY
    return asked if is_path and asked.isprintable() and "\\" not in asked else "/"


def show(body: str, status: int) -> Response:
    """A page at the door."""
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return HTMLResponse(PAGE.format(body=body), status, headers)


def ask_token(way: str, said: str = "") -> Response:
    """The page that asks for the token; ``said`` is what was wrong with the last one."""
    note = f'<p role="alert">{escape(said)}</p>' if said else ""
    return show(ASK.format(door=DOOR, way=escape(find_way(way), quote=True), said=note), 401)


def ask_sign_in(link: str) -> Response:
    """The page that leads to the provider through which people sign in."""
    said = "Sign in to go on."
    return show(SIGN_IN.format(said=said, link=escape(link, quote=True), words="Sign in"), 401)


def turn_away(person: str) -> Response:
    """The page for somebody who has signed in and may not come in."""
    said = f"{person} may not come in here. Ask who runs this Layerloom, or sign in as somebody else."
    return show(SIGN_IN.format(said=escape(said), link="/auth/logout", words="Sign out"), 403)


def refuse(status: int, reason: str) -> Response:
    """The answer for what is no page."""
    return JSONResponse({"error": reason}, status, {"Cache-Control": "no-store"})


def wants_page(connection: HTTPConnection) -> bool:
    """Whether a browser asks for a page, rather than a part of one."""
    return connection.scope["method"] == "GET" and "text/html" in connection.headers.get("accept", "")


def way_of(connection: HTTPConnection) -> str:
    """The path and question that were asked for."""
    query = connection.scope.get("query_string", b"").decode("latin-1")
    return quote(connection.scope["path"]) + (f"?{query}" if query else "")
