"""Handing in weights to start from: a safetensors file, for one of the project's networks."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final

import streamlit as st

from builder.document import Project
from builder.naming import networks_in_training
from runtime.runs.errors import RunError
from ui.projects import Stored
from ui.training.settings import save_edits

BLOCK: Final = 2**20
ABOUT: Final = (
    "A safetensors file, such as the `model.safetensors` that was taken home. Tensors are carried over where names and shapes "
    "fit; the rest starts fresh."
)


def ask_weights(stored: Stored) -> None:
    """A popover that takes a file of weights for a network that takes part in training: no other one starts from any."""
    networks = networks_in_training(stored.project)
    if not networks:
        return
    with st.popover("Start from weights", type="tertiary"):
        st.caption(ABOUT)
        network = st.selectbox("Network", networks, key="weights-network") if len(networks) > 1 else networks[0]
        upload = st.file_uploader("Weights", key=f"weights-{stored.id}", label_visibility="collapsed")
        if upload is None or not st.button("Start from these", type="primary", key="take-weights"):
            return
        try:
            edit = take_weights(stored.project, network, upload.name, upload)
        except (RunError, OSError) as refused:
            st.error(str(refused))
            snippet = getattr(refused, "snippet", "")
            if snippet:
                st.code(snippet, language="python")
            return
        save_edits(stored, [edit])
        st.rerun()


def take_weights(project: Project, network: str, name: str, content: IO[bytes]) -> dict[str, object]:
    """Keep the weights of a file, and return the edit that has a network start from them.

    Raises:
        RunError: The file is no safetensors file, or larger than is taken; a pickle is never opened.
    """
    from runtime.weights.forking import find_names
    from runtime.weights.given import read_weights
    from runtime.weights.library import keep_weights

    with TemporaryDirectory() as place:
        file = Path(place) / "weights"
        with file.open("wb") as opened:
            while block := content.read(BLOCK):
                opened.write(block)
        weights = keep_weights(read_weights(file, name), name, find_names(project.networks[network]))
    return {"op": "set_graph", "graph": f"networks.{network}", "fields": {"weights": weights.model_dump()}}
