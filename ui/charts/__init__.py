"""Figures as Plotly's JSON and as SVG, made by pure functions. Colours are theme variables that the browser resolves."""
