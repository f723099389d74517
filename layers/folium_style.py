"""Layer styles as plain dictionaries that Leaflet (folium, or a script of our own) draws without change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.schema import read_certainties, read_marks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from layers.schema import LayerDefinition
    from layers.style import Style

_CORE_DASH = "7 7"


def path_options(style: Style) -> dict[str, Any]:
    """Return Leaflet path options of one style: stroke, fill, dash."""
    return {
        "color": style.stroke,
        "weight": style.weight,
        "opacity": 1.0,
        "dashArray": style.dash,
        "lineCap": "butt" if style.dash else "round",
        "lineJoin": "round",
        "fill": style.fill is not None,
        "fillColor": style.fill,
        "fillOpacity": style.fill_opacity,
        **({"radius": style.radius} if style.radius else {}),
    }


def casing_options(style: Style) -> dict[str, Any] | None:
    """Return Leaflet path options of the line under a stroke; None for a style without one."""
    if style.casing is None:
        return None
    # Solid under a dashed stroke too: the gaps then read as part of the line.
    return _line_options(style.casing, style.casing_weight, None, opacity=0.9)


def core_options(style: Style) -> dict[str, Any] | None:
    """Return Leaflet path options of the thin line on a stroke (railways); None for a style without one."""
    if style.core is None:
        return None
    return _line_options(style.core, max(style.weight - 1.2, 0.8), _CORE_DASH, opacity=1.0)


def feature_style(definition: LayerDefinition, properties: Mapping[str, object]) -> Style:
    """Return the style of one feature: its layer's, changed by its class and by how certain its course is."""
    style = definition.style
    if style.vary_by is not None:
        style = style.with_variant(properties.get(style.vary_by))
    return style.with_certainty(read_certainties().get(str(properties.get("certainty"))))


def style_function(definition: LayerDefinition) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Return folium's `style_function` for a layer: a GeoJSON feature in, path options out."""

    def style_of(feature: Mapping[str, Any]) -> dict[str, Any]:
        return path_options(feature_style(definition, feature.get("properties") or {}))

    return style_of


def layer_style(definition: LayerDefinition) -> dict[str, Any]:
    """
    Return all a script needs to draw a layer itself, ready for JSON.

    Keys: `path`, `casing`, `core` (path options, the last two may be null), `varyBy` (a column or null),
    `variants` (value -> title, titleEn, color, weight, fillColor), `dashByCertainty` (value -> dash array or null).
    """
    style = definition.style
    return {
        "path": path_options(style),
        "casing": casing_options(style),
        "core": core_options(style),
        "varyBy": style.vary_by,
        "variants": {
            value: {
                "title": variant.title,
                "titleEn": variant.title_en,
                "color": variant.stroke,
                "weight": variant.weight,
                "fillColor": variant.fill or style.fill,
            }
            for value, variant in style.variants.items()
        },
        "dashByCertainty": {key: certainty.dash for key, certainty in read_certainties().items()},
    }


def evidence_style(mark: str) -> dict[str, Any]:
    """
    Return path options for evidence, with `casing` and `hatch` beside them.

    Parameters
    ----------
    mark
        `prohibited`, `conditional`, `reminder`, `clear` or `not_checked`.

    Returns
    -------
        `path`, `casing` (or null) and `hatch`: null, or `kind` ("stripes" / "dots"), `angle`, `color`.
    """
    style = read_marks()[mark]
    return {"path": path_options(style), "casing": casing_options(style), "hatch": _hatch(style)}


def _hatch(style: Style) -> dict[str, Any] | None:
    if style.hatch is None:
        return None
    if style.hatch == "dots":
        return {"kind": "dots", "angle": 0.0, "color": style.stroke}
    return {"kind": "stripes", "angle": float(style.hatch), "color": style.stroke}


def _line_options(colour: str, weight: float, dash: str | None, *, opacity: float) -> dict[str, Any]:
    return {
        "color": colour,
        "weight": weight,
        "opacity": opacity,
        "dashArray": dash,
        "lineCap": "butt" if dash else "round",
        "lineJoin": "round",
        "fill": False,
        "interactive": False,
    }
