"""A wall of small pictures with a word below each."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Iterable

import streamlit as st
from PIL import Image

LARGEST = 160
STYLE = """<style>
.ll-wall { display: grid; grid-template-columns: repeat(auto-fill, minmax(72px, 1fr)); gap: 8px; }
.ll-wall figure { margin: 0; text-align: center; }
.ll-wall img { width: 100%; aspect-ratio: 1; object-fit: contain; image-rendering: pixelated; border-radius: 4px; }
.ll-wall figcaption {
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2;
  font-size: 12px; line-height: 1.3; overflow: hidden; overflow-wrap: anywhere; opacity: 0.75;
}
</style>"""


def show_wall(pictures: Iterable[tuple[Image.Image, str]]) -> None:
    """Show pictures in a grid that fits the window."""
    figures = "".join(write_figure(image, caption) for image, caption in pictures)
    st.html(f'{STYLE}<div class="ll-wall">{figures}</div>')


def write_figure(image: Image.Image, caption: str) -> str:
    """One picture as HTML. Large ones are made smaller first: a wall of photographs would weigh megabytes."""
    image = image if image.mode in ("L", "RGB") else image.convert("RGB")
    if max(image.size) > LARGEST:
        image.thumbnail((LARGEST, LARGEST))
    file = io.BytesIO()
    image.save(file, "PNG")
    content, words = base64.b64encode(file.getvalue()).decode(), html.escape(caption, quote=True)
    return (
        f'<figure><img src="data:image/png;base64,{content}" alt="{words}">'
        f'<figcaption title="{words}">{words}</figcaption></figure>'
    )
