"""The entry: `streamlit run app.py`. Imports stay light here, so that the first page shows at once."""

from __future__ import annotations

import streamlit as st

from ui.doors.opening import guard_doors
from ui.faults import show_fault
from ui.routes import ROUTES
from ui.warmup import serve

app = st.App("ui/shell/main.py", routes=ROUTES, middleware=guard_doors(), lifespan=serve, on_script_error=show_fault)
