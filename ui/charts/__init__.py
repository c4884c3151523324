"""Figures as Plotly's JSON and as SVG, made by pure functions in colours that the browser takes from the theme."""
