"""The findings on the map: one feature group that changes over a base map that does not."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any, TypeAlias
from zlib import crc32

import numpy as np
import shapely
from branca.element import MacroElement
from folium.template import Template
from shapely.geometry import mapping

from geodata.crs import wgs84_to_gcj02
from layers.folium_style import evidence_style
from layers.schema import read_marks
from web.views.card import main_number
from web.views.plan_names import pair_name, rule_title
from web.views.severity import Look, severity_look

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from layers.schema import Layer
    from planning.findings import Finding
    from web.basemap import Datum

_Drawn: TypeAlias = "tuple[BaseGeometry, dict[str, Any]]"
SUBJECT_COLOUR = "#1F2933"
AGAINST_COLOUR = "#6B3FA0"
MOST_DRAWN = 600
"""Findings on the map: with thousands of shapes a browser of an office PC stalls at every step."""
_METRE_DEG = 1e-5
"""About a metre: finer detail is not seen on a screen."""
_LEAST_DEG = 0.002
"""About 200 m: a place of a few square metres is shown with what lies around it."""
_FINDING_ID = re.compile(r"⌗(\S+)")
_ALWAYS_SHOWN = ("neighbour_county", "county", "township")

_STYLE = """
.dg-mark { background: none; border: none; text-align: center; font-size: 15px; line-height: 18px; cursor: pointer;
  text-shadow: 0 0 2px #fff, 0 0 2px #fff, 0 0 3px #fff, 1px 1px 0 #fff, -1px -1px 0 #fff; }
.dg-mark .dg-chosen { display: block; font-size: 21px; }
.dg-tip { border: 1px solid #c8cdd2; border-radius: 4px; box-shadow: none; padding: 4px 10px; color: #1f2933;
  font-size: 12.5px; line-height: 1.5; }
.dg-tip::before { display: none; }
"""


class ConflictLayer(MacroElement):
    """
    Draws evidence, outlines and marks in one Leaflet script.

    The base map draws on a canvas; evidence is SVG in a pane above it, where a pattern gives the hatch. A feature
    carries its own style, and its tooltip ends in the finding id, which is how a click names its finding.
    """

    _template = Template("""
    {% macro script(this, kwargs) %}
    (function (group, map, page, data) {
        if (!document.getElementById("dg-patterns")) {
            document.body.insertAdjacentHTML("beforeend", page);
        }
        if (!map.conflictRenderer) {
            map.createPane("conflicts").style.zIndex = 450;
            map.conflictRenderer = L.svg({pane: "conflicts"});
        }
        L.geoJSON(data, {
            renderer: map.conflictRenderer,
            style: function (feature) { return feature.properties.path; },
            pointToLayer: function (feature, latlng) {
                if (!feature.properties.mark) {  // a crossing of two lines is a point by itself
                    return L.circleMarker(latlng, {renderer: map.conflictRenderer, radius: 6});
                }
                var icon = L.divIcon({className: "dg-mark", iconSize: [20, 20], html: feature.properties.mark});
                return L.marker(latlng, {icon: icon, keyboard: false, zIndexOffset: feature.properties.rank});
            },
            onEachFeature: function (feature, layer) {
                layer.options.interactive = Boolean(feature.properties.words);
                if (feature.properties.words) {
                    layer.bindTooltip(feature.properties.words, {sticky: true, className: "dg-tip"});
                }
            }
        }).addTo(group);
    })({{ this._parent.get_name() }}, map_div, {{ this.page|tojson }}, {{ this.data|tojson }});
    {% endmacro %}
    """)

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "ConflictLayer"
        self.data = data
        self.page = f"<style>{_STYLE}</style>{_patterns()}"


def quiet_layers(layers: Mapping[str, Layer], selected: Finding | None) -> dict[str, float]:
    """Return the layers under the findings with their opacity: the county, and the two layers of the selected one."""
    shown = dict.fromkeys(_ALWAYS_SHOWN, 0.9)
    if selected is not None:
        shown |= {selected.against.layer: 0.45, selected.subject.layer: 0.6}
    return {key: shown[key] for key in layers if key in shown}


def drawn_findings(findings: Sequence[Finding], selected: Finding | None) -> tuple[Finding, ...]:
    """Return the findings that the map draws: the gravest, and the one whose card is open, whatever is filtered."""
    drawn = tuple(findings[:MOST_DRAWN])
    return drawn if selected is None or selected in drawn else (*drawn, selected)


def feature_outlines(layers: Mapping[str, Layer], finding: Finding | None) -> dict[str, BaseGeometry]:
    """Return the whole geometry of the subject and the object of a finding, where the layers have it."""
    found: dict[str, BaseGeometry] = {}
    if finding is None:
        return found
    for side, ref in (("against", finding.against), ("subject", finding.subject)):
        if ref.layer not in layers:
            continue
        frame = layers[ref.layer].frame
        geometries = frame.geometry[frame["id"] == ref.id]
        if len(geometries) and geometries.iloc[0] is not None:
            found[side] = geometries.iloc[0]
    return found


def conflict_layer(
    findings: Sequence[Finding],
    selected: Finding | None,
    outlines: Mapping[str, BaseGeometry],
    datum: Datum = "cgcs2000",
) -> ConflictLayer:
    """
    Draw the findings, the selected one on top with its two features outlined.

    Parameters
    ----------
    findings
        Those to show; `geometry` in EPSG:4490.
    selected
        One of them, or None.
    outlines
        `subject` and `against`: the whole features of the selected finding, where they are known.
    datum
        Of the base map: the shapes are shifted alike, for display only.
    """
    features = [_outline(geometry, side) for side, geometry in outlines.items()]
    # Gravest last: it is drawn on top.
    for finding in sorted(findings, key=lambda finding: -finding.severity.rank):
        chosen = selected is not None and finding.finding_id == selected.finding_id
        features += _evidence(finding, chosen=chosen, quiet=selected is not None and not chosen)
    collection = [
        {"type": "Feature", "geometry": mapping(_placed(geometry, datum)), "properties": properties}
        for geometry, properties in features
    ]
    return ConflictLayer({"type": "FeatureCollection", "features": collection})


def clicked_finding(tooltip: str | None) -> str | None:
    """Return the finding id in the text of a clicked shape's tooltip."""
    ids = _FINDING_ID.findall(tooltip or "")  # the last: a name before it may hold anything
    return ids[-1] if ids else None


def surroundings(bounds: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Widen an extent (west, south, east, north; degrees) by half, so that a planner knows the place again."""
    west, south, east, north = bounds
    wide = max((east - west) / 4, _LEAST_DEG)
    high = max((north - south) / 4, _LEAST_DEG)
    return west - wide, south - high, east + wide, north + high


def view_serial(finding_id: str | None, selections: int) -> int:
    """Return a number for a flight by where it goes and how many went before: none is taken for one already flown."""
    return crc32(f"{finding_id}-{selections}".encode())


def _evidence(finding: Finding, *, chosen: bool, quiet: bool) -> list[_Drawn]:
    look, style = severity_look(finding.severity), evidence_style(finding.severity.value)
    path = dict(style["path"])
    is_line = finding.geometry.geom_type.endswith("LineString")
    if style["hatch"] is not None:
        path |= {"fillColor": f"url(#dg-hatch-{look.key})", "fillOpacity": 0.85}
    if is_line:
        path |= {"fill": False, "weight": path["weight"] + 2}
    if quiet:
        path |= {"opacity": 0.5, "fillOpacity": path["fillOpacity"] * 0.5}
    if chosen:
        path["weight"] += 1.5
    shape = finding.geometry.simplify(_METRE_DEG, preserve_topology=True)
    words = _tooltip(finding, look)
    mark = f'<span class="{"dg-chosen" if chosen else ""}" style="color:{look.colour}">{look.mark}</span>'
    rank = 1000 if chosen else 300 - 100 * finding.severity.rank
    drawn: list[_Drawn] = [
        (shape, {"path": path, "words": words}),
        (finding.geometry.representative_point(), {"mark": mark, "words": words, "rank": rank}),
    ]
    if style["casing"] is not None and (is_line or chosen):
        drawn.insert(0, (shape, {"path": {**style["casing"], "weight": path["weight"] + 3, "fill": False}}))
    return drawn


def _placed(geometry: BaseGeometry, datum: Datum) -> BaseGeometry:
    if datum == "cgcs2000":
        return geometry
    return shapely.transform(geometry, lambda lonlat: np.column_stack(wgs84_to_gcj02(lonlat[:, 0], lonlat[:, 1])))


def _tooltip(finding: Finding, look: Look) -> str:
    lines = (
        f"<b>{escape(look.words)}</b> {escape(finding.rule_id)} {escape(rule_title(finding))}",
        escape(pair_name(finding)),
        escape(main_number(finding)),
    )
    return f"{'<br>'.join(lines)}<i hidden> ⌗{escape(finding.finding_id)} </i>"


def _outline(geometry: BaseGeometry, side: str) -> _Drawn:
    subject = side == "subject"
    path = {
        "color": SUBJECT_COLOUR if subject else AGAINST_COLOUR,
        "weight": 2.2 if subject else 1.8,
        "dashArray": None if subject else "6 4",
        "opacity": 0.9,
        "fill": False,
    }
    return geometry.simplify(_METRE_DEG, preserve_topology=True), {"path": path}


def _patterns() -> str:
    """SVG patterns of the hatched marks: stripes over a pale ground, so that a grey print keeps them."""
    drawn = []
    for key in read_marks():
        hatch = evidence_style(key)["hatch"]
        if hatch is None or hatch["kind"] != "stripes":
            continue
        drawn.append(
            f'<pattern id="dg-hatch-{key}" width="7" height="7" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate({hatch["angle"]})"><rect width="7" height="7" fill="{hatch["color"]}" '
            f'fill-opacity="0.28"/><line x1="0" y1="0" x2="0" y2="7" stroke="{hatch["color"]}" stroke-width="2.4"/>'
            "</pattern>"
        )
    return f'<svg id="dg-patterns" width="0" height="0" style="position:absolute"><defs>{"".join(drawn)}</defs></svg>'
