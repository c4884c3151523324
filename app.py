"""The entry: `streamlit run app.py`. Imports stay light here, so that the first page shows at once."""

from __future__ import annotations

import streamlit as st

from ui.faults import show_fault
from ui.routes import ROUTES

app = st.App("ui/shell/main.py", routes=ROUTES, on_script_error=show_fault)
