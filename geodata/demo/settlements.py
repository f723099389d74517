"""What stands in the towns and between the fields: schools, hospitals, housing, hamlets, ponds; all invented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import Point, box

from geodata.demo.shapes import natural_blob

if TYPE_CHECKING:
    from shapely.geometry import Polygon
    from shapely.geometry.base import BaseGeometry

    from geodata.demo.grid import Bools
    from geodata.demo.scene import Scene

Rows = list[dict[str, Any]]

TOWN = (("school", "学校", 1.4), ("hospital", "卫生院", 0.7), ("market", "农贸市场", 0.5))
"""In every town: kind, title, hectares."""
COUNTY_TOWN = (
    ("school", "高级中学", 4.0), ("hospital", "县医院", 3.2), ("care_home", "养老院", 1.2), ("office", "政务中心", 1.6),
    ("residential", "居住小区", 5.0), ("residential", "居住小区二", 4.2), ("commercial", "商业中心", 2.4),
    ("office", "科研楼", 1.0),
)  # fmt: skip
"""In the county town as well."""
LARGE_TOWN = (("residential", "居住小区", 2.2), ("care_home", "敬老院", 0.8))
"""In towns whose urban boundary is larger than `LARGE_M2`."""
LARGE_M2 = 1.4e6
FROM_ROAD_M, FROM_WATER_M, FROM_SITE_M = 75.0, 45.0, 150.0


OFF_M, STEEPEST = 140.0, 0.45
"""How far from its field's edge a hamlet lies, and on how steep ground at most."""
TURNS = np.linspace(0.0, 2 * np.pi, 8, endpoint=False)


class Ground:
    """Cells of the terrain's grid that are still free to be built on."""

    def __init__(self, scene: Scene, free: Bools) -> None:
        self.grid = scene.relief.grid
        self.free = free.copy()
        self.rows, self.columns = np.nonzero(free)
        self.x, self.y = self.grid.centre_of(self.rows, self.columns)

    def take(self, x: float, y: float, cells: int) -> bool:
        """Take a square of cells about a position, if all of them are free."""
        row, column = self.grid.cell_of(x, y)
        block = (slice(row - cells, row + cells + 1), slice(column - cells, column + cells + 1))
        if not self.free[block].all():
            return False
        self.free[block] = False
        return True

    def nearest(self, place: Point, cells: int, start_m: float) -> tuple[float, float] | None:
        """Take the free square nearest to a place, but not nearer than `start_m`."""
        away = np.hypot(self.x - place.x, self.y - place.y)
        order = np.flatnonzero((away >= start_m) & (away < start_m + 1500.0))
        for index in order[np.argsort(away[order], kind="stable")]:
            if self.take(self.x[index], self.y[index], cells):
                return float(self.x[index]), float(self.y[index])
        return None


def make_facilities(scene: Scene, layers: dict[str, Rows]) -> Rows:
    """Make the rows of `facility`: existing ones, within the urban boundaries, off roads, water and sites."""
    grid = scene.relief.grid
    sites = [row["geometry"] for key in ("park", "chemical_park", "project") for row in layers[key]]
    lines = [row["geometry"] for key in ("road", "railway") for row in layers[key] if row["geometry"] is not None]
    closed = [line.buffer(FROM_ROAD_M) for line in lines] + [site.buffer(FROM_SITE_M) for site in sites]
    closed += [scene.water.buffer(FROM_WATER_M), *[row["geometry"] for row in layers["permanent_farmland"]]]
    closed += [row["geometry"].buffer(30.0) for row in layers["ecological_redline"]]
    urban = grid.burn([row["geometry"].buffer(-50.0) for row in layers["urban_boundary"]])
    ground = Ground(scene, urban & ~grid.burn(closed, all_touched=True))
    rng = np.random.default_rng(5000)
    rows: Rows = []
    for town in layers["urban_boundary"]:
        seat = min(scene.seats.values(), key=town["geometry"].distance)
        title = str(town["name"]).removesuffix("城镇开发边界")
        wanted = [*TOWN]
        if title == "东河镇":
            wanted += COUNTY_TOWN
        elif town["geometry"].area > LARGE_M2:
            wanted += LARGE_TOWN
        for kind, what, hectares in wanted:
            side = float(np.sqrt(hectares * 1e4))
            place = ground.nearest(seat, max(int(np.ceil(side / 2 / grid.cell_m)), 1), float(rng.uniform(80.0, 500.0)))
            if place is None:
                continue
            row = {"id": f"facility-{len(rows) + 1:03d}", "name": f"{title}{what}（示意）", "kind": kind}
            rows.append(row | {"status": "existing", "geometry": plot(place, side, rng)})
    return rows


def plot(place: tuple[float, float], side_m: float, rng: np.random.Generator) -> Polygon:
    """Draw a plot of land with straight sides."""
    stretch = float(rng.uniform(0.85, 1.2))
    half = (side_m * stretch / 2, side_m / stretch / 2)
    shape = box(-half[0], -half[1], half[0], half[1])
    return affinity.translate(affinity.rotate(shape, float(rng.uniform(0.0, 90.0)), (0, 0)), *place)


def scatter(
    scene: Scene, ground: Ground, near: list[BaseGeometry], count: int, hectares: tuple[float, float], seed: int
) -> list[BaseGeometry]:
    """Scatter small irregular patches on free ground beside some of the given shapes."""
    rng = np.random.default_rng(seed)
    found: list[BaseGeometry] = []
    for index in rng.permutation(len(near)):
        if len(found) == count:
            break
        ring = shapely.get_exterior_ring(near[index])
        place = ring.interpolate(float(rng.uniform()), normalized=True)
        turn = float(rng.uniform(0.0, 2 * np.pi))
        around = [(place.x + OFF_M * np.cos(turn + one), place.y + OFF_M * np.sin(turn + one)) for one in TURNS]
        free = ((x, y) for x, y in around if scene.slope_at(x, y) < STEEPEST and ground.take(x, y, 1))
        found_place = next(free, None)
        if found_place is None:
            continue
        x, y = found_place
        area = float(rng.uniform(*hectares)) * 1e4
        blob = natural_blob(x, y, area, rng, stretch=1.25, turn=float(rng.uniform(0.0, 180.0)))
        found.append(shapely.simplify(blob, 4.0))
    return found
