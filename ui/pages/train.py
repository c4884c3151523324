"""The train page."""

from __future__ import annotations

import streamlit as st

st.subheader("Nothing has been trained yet")
