"""Figures drawn from data with Plotly: no module here knows where its data come from."""
