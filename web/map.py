"""
The map of every screen: a base that never changes, and the content that does.

`base` makes the folium map; `content` describes layers, evidence, place and extent; `show` draws both through
streamlit-folium. What changes goes in a feature group, so the view never jumps; the script `web/static/map.js` draws
only the difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import folium
import streamlit as st
from folium import plugins
from folium.elements import JSCSSMixin
from folium.template import Template
from streamlit_folium import st_folium

from layers.folium_style import layer_style
from web import assets
from web.basemap import TERRAIN, BaseMap
from web.routes import hillshade_url, layer_url
from web.words import _, language

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from layers.schema import Layer
    from web.cached import Terrain
    from web.session import View

Bounds = tuple[float, float, float, float]

_HEIGHT_PX = 640
"""Until the style of the page gives the map the height of the window."""
_HOVER_LIMIT = 400
"""Above this many features the names under the pointer cost more than they tell."""
_LABELLED = frozenset({"township", "township_2017", "road", "railway", "airport", "neighbour_county"})
_NO_HOVER = frozenset({"county", "township", "township_2017", "neighbour_county"})
_UNKNOWN_STYLE: Mapping[str, Any] = {
    "path": {"color": "#5D646C", "weight": 1.4, "fill": True, "fillColor": "#9AA1A9", "fillOpacity": 0.35},
}

assets.use_local_files()


@dataclass(frozen=True)
class Notice:
    """A line in the corner of the map."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class RemoteLayer:
    """A layer that the browser fetches by address and keeps: it crosses the wire once."""

    key: str
    url: str
    style: Mapping[str, Any]
    opacity: float = 1.0
    labels: bool = False
    hover: bool = False

    def spec(self) -> dict[str, Any]:
        """Return what the script reads."""
        return {**vars(self), "style": dict(self.style)}


@dataclass(frozen=True)
class InlineLayer:
    """Few features sent with the page, such as the evidence of one finding."""

    key: str
    data: Mapping[str, Any]
    """A GeoJSON FeatureCollection in the datum of the base map; `labels` is read if it is there."""
    style: Mapping[str, Any]
    """As `layers.folium_style.evidence_style` gives it."""
    opacity: float = 1.0
    labels: bool = False
    hover: bool = False

    def spec(self) -> dict[str, Any]:
        """Return what the script reads."""
        return {**vars(self), "style": dict(self.style), "data": dict(self.data)}


class _Setup(JSCSSMixin):
    """Starts the script on a map."""

    _template = Template("""
        {% macro script(this, kwargs) %}
            duogui.setup({{ this._parent.get_name() }}, {{ this.options|tojson }});
        {% endmacro %}
    """)

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Setup"
        self.options = dict(options)
        self.default_js = [("duogui_js", assets.own_url("map.js"))]
        self.default_css = [("duogui_css", assets.own_url("map.css"))]


class _Shade(folium.MacroElement):
    """A picture by address; folium's own would read it and write it into the page."""

    _template = Template("""
        {% macro script(this, kwargs) %}
            L.imageOverlay({{ this.url|tojson }}, {{ this.bounds|tojson }}, {interactive: false})
                .addTo({{ this._parent.get_name() }});
        {% endmacro %}
    """)

    def __init__(self, url: str, bounds: list[list[float]]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Shade"
        self.url = url
        self.bounds = bounds


class _Sync(folium.MacroElement):
    """Tells the script what the map shows now."""

    _template = Template("""
        {% macro script(this, kwargs) %}
            duogui.sync(map_div, {{ this.content|tojson }});
        {% endmacro %}
    """)

    def __init__(self, content: Mapping[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Sync"
        self.content = dict(content)


def base(
    name: str,
    bounds: Bounds,
    *,
    terrain: Terrain | None = None,
    base_map: BaseMap = TERRAIN,
    clickable: bool = True,
) -> folium.Map:
    """
    Make the part of a map that stays.

    Parameters
    ----------
    name
        Of the screen: the browser remembers the view of each map by it.
    bounds
        First extent: west, south, east, north in EPSG:4490.
    terrain
        Its shade lies under the layers.
    base_map
        Public tiles under the layers; the terrain is then left out.
    clickable
        Whether a click marks its place.
    """
    west, south, east, north = base_map.to_screen(bounds)
    corners = [[south, west], [north, east]]
    chart = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        zoom_start=10,
        tiles=None,
        zoom_control=False,
        attributionControl=bool(base_map.tiles),
        zoomSnap=1 if base_map.tiles else 0.25,
        min_zoom=7,
        max_zoom=18,
    )
    for address in base_map.tiles:
        folium.TileLayer(
            tiles=address,
            attr=base_map.attribution,
            subdomains=base_map.subdomains,
            error_tile_url=assets.own_url("blank.png"),
        ).add_to(chart)
    if terrain is not None and not base_map.tiles:
        left, bottom, right, top = terrain.bounds
        _Shade(hillshade_url(terrain.sha256), [[bottom, left], [top, right]]).add_to(chart)
    plugins.MousePosition(  # type: ignore[no-untyped-call]
        position="bottomleft",
        separator=" ",
        empty_string="",
        lng_first=True,
        lng_formatter="function (v) { return v.toFixed(4) + '°E'; }",
        lat_formatter="function (v) { return v.toFixed(4) + '°N'; }",
        prefix="GCJ-02" if base_map.datum == "gcj02" else "",
    ).add_to(chart)
    titles = [_("放大"), _("缩小")]
    _Setup({"name": name, "bounds": corners, "clickable": clickable, "zoomTitles": titles}).add_to(chart)
    plugins.Fullscreen(  # type: ignore[no-untyped-call]
        title=_("全屏"), title_cancel=_("退出全屏")
    ).add_to(chart)
    return chart


def remote_layer(
    layer: Layer, *, opacity: float = 1.0, labels: bool = True, base_map: BaseMap = TERRAIN
) -> RemoteLayer:
    """Describe a stored layer in the style of the catalogue."""
    known = layer.definition
    return RemoteLayer(
        key=layer.key,
        url=layer_url(layer.key, layer.sha256, base_map.datum),
        style=_UNKNOWN_STYLE if known is None else layer_style(known),
        opacity=opacity,
        labels=labels and layer.key in _LABELLED,
        hover=layer.key not in _NO_HOVER and len(layer.frame) <= _HOVER_LIMIT,
    )


def map_notices(
    layers: Sequence[Layer], *, terrain: Terrain | None = None, base_map: BaseMap = TERRAIN
) -> list[Notice]:
    """Say on the map what a picture of it must not be without."""
    notices = []
    shaded = terrain is not None and terrain.demonstration and not base_map.tiles
    if shaded or any(layer.provenance.demonstration for layer in layers):
        notices.append(Notice(_("示意数据，非法定成果"), strong=True))
    notices.append(Notice(_("示意图，非审定界线")))
    if base_map.datum == "gcj02":
        notices.append(Notice(_("底图为 GCJ-02：各图层仅为显示作了同样偏移，存储与计算不变")))
    return notices


def content(
    layers: Sequence[RemoteLayer | InlineLayer],
    notices: Sequence[Notice],
    *,
    point: tuple[float, float] | None = None,
    view: View | None = None,
    base_map: BaseMap = TERRAIN,
) -> folium.FeatureGroup:
    """
    Describe what the map shows now.

    Parameters
    ----------
    layers
        From bottom to top.
    notices
        Lines in the corner.
    point
        Longitude and latitude of the marked place, EPSG:4490.
    view
        An extent to fly to, once.
    base_map
        As given to `base`.
    """
    group = folium.FeatureGroup(name="content")
    marked = None if point is None else base_map.to_screen((*point, *point))
    extent = None if view is None else base_map.to_screen(view.bounds)
    _Sync(
        {
            "layers": [layer.spec() for layer in layers],
            "notices": [vars(notice) for notice in notices],
            "missing": _("有图层没有加载出来，图不完整：请刷新页面"),
            "point": None if marked is None else [marked[1], marked[0]],
            "view": None
            if view is None or extent is None
            else {
                "bounds": [[extent[1], extent[0]], [extent[3], extent[2]]],
                "serial": view.serial,
                "maxZoom": view.max_zoom,
            },
        }
    ).add_to(group)
    return group


def show(
    chart: folium.Map,
    shown: folium.FeatureGroup,
    *,
    key: str,
    returned: Sequence[str] = ("last_clicked",),
    on_change: Callable[[], None] | None = None,
) -> None:
    """
    Draw a map in the page.

    Parameters
    ----------
    chart
        Of `base`.
    shown
        Of `content`.
    key
        Of `component_key`. `web.session.widget(key)` holds what the map returned, also at the start of the next run.
    returned
        What the browser sends back; every other movement of the map costs nothing.
    on_change
        Called before that next run.
    """
    if not assets.is_complete():
        st.error(_("缺少地图所需的浏览器文件（vendor 文件夹），画不出地图。关闭本程序，运行 python3 start.py 补齐。"))
        return
    st_folium(
        chart,
        key=key,
        height=_HEIGHT_PX,
        use_container_width=True,
        returned_objects=list(returned),
        feature_group_to_add=shown,
        on_change=on_change,
    )


def component_key(screen: str, *parts: str) -> str:
    """Name a map by all that its base depends on: streamlit-folium's own name overlooks ids and hashes."""
    return "-".join((screen, language(), *parts))
