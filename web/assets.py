"""
The browser files of the map, all from this server.

folium names public hosts for everything it draws with, and streamlit-folium loads the files one after another and gives
up at the first that fails: without internet the map would be blank. The addresses are therefore replaced, and what we
do not use (Bootstrap, jQuery, icon fonts) is left out.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import folium
from folium import plugins

ROOT = Path(__file__).parent.parent
VENDOR = ROOT / "vendor" / "node_modules"
OWN = Path(__file__).with_name("static")


def is_complete() -> bool:
    """Whether the browser files of the map are there."""
    return (VENDOR / "leaflet" / "dist" / "leaflet.js").is_file()


def vendor_url(path: str) -> str:
    """Address of a file below `vendor/node_modules`."""
    return f"/vendor/{path}"


def own_url(name: str) -> str:
    """Address of a file in `web/static`, new when the content is new."""
    digest = hashlib.sha256((OWN / name).read_bytes()).hexdigest()[:8]
    return f"/assets/{name}?v={digest}"


def use_local_files() -> None:
    """Replace the addresses that folium names by our own. Doing it twice changes nothing."""
    folium.Map.default_js = [("leaflet", vendor_url("leaflet/dist/leaflet.js"))]
    folium.Map.default_css = [("leaflet_css", vendor_url("leaflet/dist/leaflet.css"))]
    plugins.Fullscreen.default_js = [("fullscreen", vendor_url("leaflet.fullscreen/Control.FullScreen.js"))]
    plugins.Fullscreen.default_css = [("fullscreen_css", vendor_url("leaflet.fullscreen/Control.FullScreen.css"))]
    position = "leaflet-mouse-position/src/L.Control.MousePosition"
    plugins.MousePosition.default_js = [("position", vendor_url(f"{position}.js"))]
    plugins.MousePosition.default_css = [("position_css", vendor_url(f"{position}.css"))]
