"""The rivers: centre lines that wind through low ground, water surfaces and their edges."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import LineString

from geodata.demo.factbook import positions, read_facts
from geodata.demo.routing import find_way, fractal_noise
from geodata.demo.shapes import moving_mean, smooth_path

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geodata.demo.grid import Floats, Grid

IDS = {
    "盐井河": "yanjinghe",
    "宽滩河": "kuantanhe",
    "东河": "donghe",
    "清江": "qingjiang",
    "柏树河": "baishuhe",
    "木门河": "mumenhe",
    "嘉川支沟（示意）": "trib-jiachuan",
    "黄洋支沟（示意）": "trib-huangyang",
    "白水支沟（示意）": "trib-baishui",
    "大德支沟（示意）": "trib-dade",
    "燕子支沟（示意）": "trib-yanzi",
}


@dataclass(frozen=True)
class Course:
    """One river from source to mouth."""

    name: str
    level: str
    half_width_m: float
    demarcated: bool
    line: LineString
    knots_m: Floats
    """Distances along the line at which the bed's height is set, and those heights."""
    heights_m: Floats

    @property
    def slug(self) -> str:
        """ASCII name used in ids."""
        return IDS[self.name]


def draw_courses(grid: Grid, base: Floats, rng: np.random.Generator) -> list[Course]:
    """Draw every river from the table of courses; `base` is the smooth height in metres on `grid`."""
    cost = np.exp(1.0 * fractal_noise(grid.shape, 7.0, 2, rng) + (base - base.mean()) / 700.0)
    courses = []
    for name, rows in read_facts("river_courses").groupby("river", sort=False):
        points = positions(rows)
        pieces = [find_way(cost, grid, a, b) for a, b in itertools.pairwise(points)]
        lengths: list[float] = []
        smooth: list[Floats] = []
        for piece in pieces:
            piece_smooth = moving_mean(piece, 1)
            lengths.append(LineString(piece_smooth).length)
            smooth.append(piece_smooth if not smooth else piece_smooth[1:])
        # A river is one free curve: the corner at each place between two pieces is rounded too.
        path = smooth_path(moving_mean(np.vstack(smooth), 2))
        line = LineString(shapely.get_coordinates(LineString(path).simplify(8.0)))
        knots = np.concatenate([[0.0], np.cumsum(lengths)])
        head = rows.iloc[0]
        courses.append(
            Course(
                str(name),
                str(head["level"]),
                float(head["half_width_m"]),
                bool(head["demarcated"]),
                line,
                knots * line.length / knots[-1],
                rows["elevation_m"].to_numpy(dtype=float),
            )
        )
    return courses


def water_surface(course: Course) -> BaseGeometry:
    """Widen the centre line downstream, from two fifths of the half-width to the whole of it."""
    steps = max(int(course.line.length // 1500), 2)
    cuts = np.linspace(0.0, course.line.length, steps + 1)
    reaches = []
    for index, (start, end) in enumerate(itertools.pairwise(cuts)):
        half = course.half_width_m * (0.4 + 0.6 * (index + 1) / steps)
        reach = shapely.ops.substring(course.line, start, end)
        reaches.append(reach.buffer(half, quad_segs=3))
    return shapely.simplify(shapely.union_all(reaches), 4.0)


def make_rivers(courses: list[Course], county: BaseGeometry) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Make the rows of `river` and `river_bank`: a bank is the water's edge, without the ends at a border or mouth."""
    surfaces: list[tuple[Course, BaseGeometry]] = []
    taken: BaseGeometry = shapely.Polygon()
    for course in sorted(courses, key=lambda one: -one.half_width_m):
        surface = water_surface(course).intersection(county).difference(taken)
        taken = shapely.union_all([taken, surface])
        surfaces.append((course, surface))
    inner = county.buffer(-2.0)
    rivers, banks = [], []
    for course, surface in surfaces:
        edge = surface.boundary.intersection(taken.boundary.buffer(0.5)).intersection(inner)
        edge = shapely.line_merge(shapely.union_all([edge]))
        rivers.append({"id": f"river-{course.slug}", "name": course.name, "level": course.level, "geometry": surface})
        banks.append(
            {
                "id": f"bank-{course.slug}",
                "name": f"{course.name}水面边线",
                "river": course.name,
                "datum": "water_edge",
                "demarcated": course.demarcated,
                "important_tributary": False,
                "geometry": edge,
            }
        )
    return rivers, banks
