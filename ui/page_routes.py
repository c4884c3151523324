"""Routes of the pages themselves: Streamlit's own document, told where its server is."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import streamlit
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

DOCUMENT: Final = Path(streamlit.__file__).parent / "static" / "index.html"
PAGES: Final = ("build", "data", "train", "runs", "trash")
AT_ROOT: Final = "<script>window.__streamlit = { BACKEND_BASE_URL: window.location.origin + '/' }</script>"
"""Without it a page that is opened by its address looks for the server below that address first, where there is none."""


@cache
def write_document() -> str:
    """The document of every page, which knows its server before the first of its scripts runs."""
    return DOCUMENT.read_text(encoding="utf-8").replace("<head>", f"<head>{AT_ROOT}", 1)


async def send_page(request: Request) -> Response:
    """Answer with the document; which page it shows it reads from its address."""
    return HTMLResponse(write_document(), headers={"Cache-Control": "no-cache"})


PAGE_ROUTES: list[BaseRoute] = [Route(f"/{name}", send_page) for name in PAGES]
