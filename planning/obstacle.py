"""
Obstacle limitation surfaces of one runway: how high the ground and what stands on it may reach.

All surfaces start from one height, that of the aerodrome, and from the ends of the runway: a displaced threshold, a
clearway or a sloping runway is not known here. Distances are on the ground.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geodata.crs import require_metric
from planning.obstacle_table import OLS_PARAMS, Dimensions, ObstacleError, read_dimensions
from planning.relations import ScaleFactor

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

APPROACH: Final = "approach"
TRANSITIONAL: Final = "transitional"
TAKE_OFF_CLIMB: Final = "take_off_climb"
INNER_HORIZONTAL: Final = "inner_horizontal"
CONICAL: Final = "conical"
SURFACES: Final = (APPROACH, TRANSITIONAL, TAKE_OFF_CLIMB, INNER_HORIZONTAL, CONICAL)
"""Where two are equally low, the first of them is named."""

_EDGE_M: Final = 1e-6
"""What lies on the edge of a surface to within rounding lies under it."""

_ARC_SEGMENTS: Final = 128
"""Per quarter circle of a drawn outline: 0.002 % of the radius inside the true arc, 0.1 m at 5 km."""


def read_surfaces(
    centre_line: shapely.LineString,
    crs: CRS,
    *,
    elevation_m: float,
    code_number: int,
    approach_type: str,
    path: Path = OLS_PARAMS,
) -> Surfaces:
    """
    Read the surfaces of a runway.

    Parameters
    ----------
    centre_line
        Of the runway, from end to end; what lies between its first and its last vertex is taken as straight.
    crs
        Of the line: projected, in metres.
    elevation_m
        Of the aerodrome, in the height system of whatever is to be compared.
    code_number
        1 or 2: runways shorter than 800 m, and shorter than 1200 m.
    approach_type
        `non_instrument` or `non_precision`.
    path
        The table of dimensions.

    Raises
    ------
    ObstacleError
        If the ends coincide, the elevation is not a number, or the table does not know the class of runway.
    CrsError
        If the CRS is not in metres.

    References
    ----------
    ICAO Annex 14, Volume I (Amendment 18), chapter 4 and table 4-1, valid until 2030-11-20; seen in part. The Chinese
    table (MH 5001) was not seen. Our convention: the strip itself, which is to stay free, is named `transitional`, at
    the height of its edge.
    """
    require_metric(crs, "crs")
    ends = shapely.get_coordinates(centre_line)[[0, -1]] if not centre_line.is_empty else np.zeros((2, 2))
    if math.dist(*ends) < 1.0:
        raise ObstacleError("centre_line: its ends coincide. Draw the runway from end to end.")
    if not math.isfinite(elevation_m):
        raise ObstacleError(f"elevation_m: {elevation_m} is not a height. State the aerodrome's elevation in metres.")
    dimensions = read_dimensions(code_number, approach_type, path)
    middle = ends.mean(axis=0)
    return Surfaces(ends, crs, elevation_m, dimensions, ScaleFactor(crs).at(*middle))


@dataclass(frozen=True, eq=False)
class Surfaces:
    """The surfaces of one runway."""

    ends: NDArray[np.float64]
    """Shape (2, 2): both ends of the runway in the plane."""
    crs: CRS
    elevation_m: float
    dimensions: Dimensions
    scale: float = 1.0
    """Plane metres per ground metre at the runway."""

    @property
    def _half_m(self) -> float:
        """Half the length of the runway on the ground."""
        return math.dist(*self.ends) / 2 / self.scale

    def limits(self, xy: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
        """
        Find the lowest surface over each point.

        Parameters
        ----------
        xy
            Shape (n, 2), in the surfaces' CRS. Not changed.

        Returns
        -------
            Its elevation in metres, NaN outside all surfaces; and its name, one of `SURFACES`, empty outside.
        """
        axis = (self.ends[1] - self.ends[0]) / math.dist(*self.ends)
        offset = (np.asarray(xy, dtype=np.float64) - self.ends.mean(axis=0)) / self.scale
        # Both ends and both sides are alike.
        beyond = np.abs(offset @ axis) - self._half_m
        across = np.abs(offset[:, 0] * axis[1] - offset[:, 1] * axis[0])
        heights = np.column_stack(
            [
                self._approach(beyond, across),
                self._transitional(beyond, across),
                self._take_off_climb(beyond, across),
                *self._around(np.hypot(np.maximum(beyond, 0.0), across)),
            ]
        )
        lowest = heights.argmin(axis=1)
        height = heights[np.arange(len(heights)), lowest]
        covered = np.isfinite(height)
        names = np.where(covered, np.array(SURFACES)[lowest], "")
        return np.where(covered, self.elevation_m + height, np.nan), names

    def _approach(self, beyond: NDArray[np.float64], across: NDArray[np.float64]) -> NDArray[np.float64]:
        """Height above the aerodrome, infinite outside."""
        d = self.dimensions
        out = beyond - d.approach_distance_from_threshold_m
        half_width = d.approach_inner_edge_m / 2 + d.approach_divergence_each_side * out
        under = (out >= -_EDGE_M) & (out <= d.approach_length_m + _EDGE_M) & (across <= half_width + _EDGE_M)
        return np.where(under, d.approach_slope * out, np.inf)

    def _take_off_climb(self, beyond: NDArray[np.float64], across: NDArray[np.float64]) -> NDArray[np.float64]:
        """Height above the aerodrome, infinite outside."""
        d = self.dimensions
        out = beyond - d.take_off_climb_distance_from_runway_end_m
        half_width = np.minimum(
            d.take_off_climb_inner_edge_m / 2 + d.take_off_climb_divergence_each_side * out,
            d.take_off_climb_final_width_m / 2,
        )
        under = (out >= -_EDGE_M) & (out <= d.take_off_climb_length_m + _EDGE_M) & (across <= half_width + _EDGE_M)
        return np.where(under, d.take_off_climb_slope * out, np.inf)

    def _transitional(self, beyond: NDArray[np.float64], across: NDArray[np.float64]) -> NDArray[np.float64]:
        """Height above the aerodrome, infinite outside: beside the approach, beside the strip, and the strip itself."""
        d = self.dimensions
        beside_strip = beyond <= d.approach_distance_from_threshold_m
        out = np.maximum(beyond - d.approach_distance_from_threshold_m, 0.0)
        side = across - (d.approach_inner_edge_m / 2 + d.approach_divergence_each_side * out)
        height = d.approach_slope * out + d.transitional_slope * np.maximum(side, 0.0)
        under = (beside_strip | (side >= -_EDGE_M)) & (out <= d.approach_length_m + _EDGE_M)
        return np.where(under & (height <= d.inner_horizontal_height_m + _EDGE_M), height, np.inf)

    def _around(self, distance: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Heights of the inner horizontal and of the conical surface, infinite outside."""
        d = self.dimensions
        flat = distance <= d.inner_horizontal_radius_m + _EDGE_M
        climb = d.conical_slope * np.maximum(distance - d.inner_horizontal_radius_m, 0.0)
        cone = ~flat & (climb <= d.conical_height_m + _EDGE_M * d.conical_slope)
        base = d.inner_horizontal_height_m
        return np.where(flat, base, np.inf), np.where(cone, base + climb, np.inf)

    def outline(self, surface: str) -> BaseGeometry:
        """
        Draw the ground under a surface, whether or not another lies lower there.

        Parameters
        ----------
        surface
            One of `SURFACES`.

        Returns
        -------
            Polygon in the surfaces' CRS; for approach and take-off climb a multi-polygon of both ends.

        Raises
        ------
        ObstacleError
            If there is no such surface.
        """
        d = self.dimensions
        if surface == APPROACH:
            return self._fan(
                d.approach_distance_from_threshold_m,
                d.approach_length_m,
                d.approach_inner_edge_m / 2,
                d.approach_divergence_each_side,
                math.inf,
            )
        if surface == TAKE_OFF_CLIMB:
            return self._fan(
                d.take_off_climb_distance_from_runway_end_m,
                d.take_off_climb_length_m,
                d.take_off_climb_inner_edge_m / 2,
                d.take_off_climb_divergence_each_side,
                d.take_off_climb_final_width_m / 2,
            )
        if surface == TRANSITIONAL:
            return self._wings()
        outer = d.inner_horizontal_radius_m + d.conical_height_m / d.conical_slope
        if surface == INNER_HORIZONTAL:
            return self._racetrack(d.inner_horizontal_radius_m)
        if surface == CONICAL:
            return shapely.difference(self._racetrack(outer), self._racetrack(d.inner_horizontal_radius_m))
        raise ObstacleError(f"surface: {surface!r} is none. Pass one of {', '.join(SURFACES)}.")

    def zone(self) -> shapely.Polygon:
        """Draw the ground under any surface."""
        whole = shapely.union_all([self.outline(surface) for surface in SURFACES])
        return shapely.Polygon(max(shapely.get_parts(whole), key=shapely.area).exterior)

    def _fan(self, start: float, length: float, half_width: float, divergence: float, widest: float) -> BaseGeometry:
        """Draw a surface that widens away from each end, up to a width."""
        spread = min(length, (widest - half_width) / divergence)
        end = half_width + divergence * spread
        inner = self._half_m + start
        side = [(inner, half_width), (inner + spread, end), (inner + length, end)]
        mirrored = [(along, -across) for along, across in reversed(side)]
        one = [*side, *mirrored]
        return shapely.MultiPolygon([self._to_plane(one), self._to_plane([(-along, across) for along, across in one])])

    def _wings(self) -> BaseGeometry:
        """Draw the transitional surface: it ends where it reaches the inner horizontal one."""
        d = self.dimensions
        inner = self._half_m + d.approach_distance_from_threshold_m
        edge = d.approach_inner_edge_m / 2
        out = min(d.inner_horizontal_height_m / d.approach_slope, d.approach_length_m)
        foot = edge + d.approach_divergence_each_side * out
        tip = foot + (d.inner_horizontal_height_m - d.approach_slope * out) / d.transitional_slope
        wide = edge + d.inner_horizontal_height_m / d.transitional_slope
        quarter = [(inner, edge), (inner + out, foot), (inner + out, tip), (inner, wide)]
        upper = [*quarter, *((-along, across) for along, across in reversed(quarter))]
        return self._to_plane([*upper, *((along, -across) for along, across in reversed(upper))])

    def _racetrack(self, radius_m: float) -> BaseGeometry:
        """Draw circles about the ends, joined by tangents."""
        return shapely.buffer(shapely.LineString(self.ends), radius_m * self.scale, quad_segs=_ARC_SEGMENTS)

    def _to_plane(self, points: list[tuple[float, float]]) -> shapely.Polygon:
        """Polygon from ground metres along and across the runway, from its middle."""
        axis = (self.ends[1] - self.ends[0]) / math.dist(*self.ends)
        local = np.array(points) * self.scale
        return shapely.Polygon(self.ends.mean(axis=0) + local @ np.array([axis, [-axis[1], axis[0]]]))
