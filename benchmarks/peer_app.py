"""The peer of the map screen: the same layers through plain folium.GeoJson and st_folium, as most dashboards do it."""

import folium
import streamlit as st
from streamlit_folium import st_folium

from web import cached
from web.assets import use_local_files

st.set_page_config(layout="wide")
use_local_files()


@st.fragment
def draw() -> None:
    """Draw every layer that the map screen knows, and say where a click fell."""
    layers = cached.layers(cached.fingerprint())
    county = folium.Map(location=[32.3, 106.35], zoom_start=10, tiles=None)
    for layer in layers.values():
        frame = layer.frame[layer.frame.geometry.notna()]
        if len(frame):
            folium.GeoJson(frame.to_json(), name=layer.name).add_to(county)
    got = st_folium(county, height=700, use_container_width=True, returned_objects=["last_clicked"], key="peer")
    clicked = (got or {}).get("last_clicked")
    st.write("peer ready" if clicked is None else f"clicked {clicked['lat']:.5f}")


draw()
