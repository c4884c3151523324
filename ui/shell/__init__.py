"""The frame around every page. It has a folder of its own: Streamlit takes a ``pages`` beside its script for its old menu."""
