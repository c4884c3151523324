"""What a person sees: the only package, with app.py, that imports Streamlit."""
