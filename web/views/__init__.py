"""Findings and state in, frozen dataclasses of final words out; no streamlit."""
