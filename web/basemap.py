"""What lies under the layers: our own terrain, or a public web map where the office has configured one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal

from geodata.crs import gcj02_to_wgs84, wgs84_to_gcj02

Datum = Literal["cgcs2000", "gcj02"]
Bounds = tuple[float, float, float, float]

_TIANDITU = (
    "https://t{{s}}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}"
    "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={token}"
)
_GAODE = "https://webrd0{s}.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=7&x={x}&y={y}&z={z}"


@dataclass(frozen=True)
class BaseMap:
    """Tile addresses from bottom to top, and the datum in which they are drawn."""

    tiles: tuple[str, ...]
    subdomains: str
    attribution: str
    datum: Datum

    def to_screen(self, bounds: Bounds) -> Bounds:
        """Shift an extent (west, south, east, north; EPSG:4490) to the datum of the tiles."""
        if self.datum == "cgcs2000":
            return bounds
        west, south, east, north = bounds
        lon, lat = wgs84_to_gcj02([west, east], [south, north])
        return float(lon[0]), float(lat[0]), float(lon[1]), float(lat[1])

    def from_screen(self, lon: float, lat: float) -> tuple[float, float]:
        """Bring a clicked place back to EPSG:4490."""
        if self.datum == "cgcs2000":
            return lon, lat
        east, north = gcj02_to_wgs84(lon, lat)
        return float(east), float(north)


TERRAIN = BaseMap(tiles=(), subdomains="", attribution="", datum="cgcs2000")


def base_map(token: str | None = None) -> BaseMap:
    """
    Choose the base map: terrain only, unless a web map is configured.

    Parameters
    ----------
    token
        Key for Tianditu; the environment variable `DUOGUI_TIANDITU_TOKEN` goes before it. `DUOGUI_GAODE=1` asks for
        Gaode, whose maps are in GCJ-02: everything drawn over them is shifted alike, for display only.
    """
    token = os.environ.get("DUOGUI_TIANDITU_TOKEN") or token
    if token:
        tiles = tuple(_TIANDITU.format(layer=layer, token=token) for layer in ("vec", "cva"))
        return BaseMap(tiles=tiles, subdomains="01234567", attribution="天地图", datum="cgcs2000")
    if os.environ.get("DUOGUI_GAODE") == "1":
        return BaseMap(tiles=(_GAODE,), subdomains="1234", attribution="高德地图", datum="gcj02")
    return TERRAIN
