"""Forest land by protection grade, public-welfare and natural forest: the forest patches of the land use, sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geodata.demo.cover import first_owner

if TYPE_CHECKING:
    from geodata.demo.landuse import Patch
    from geodata.demo.scene import Scene

Rows = list[dict[str, Any]]

GRADES = ("I", "II", "III", "IV")
NATURAL_HEIGHT_M = 1250.0
SMALLEST_CORE_M2 = 1.0e6
LOCAL_SHARE = 0.18
"""Of the forest outside all redline blocks, public-welfare forest of local level."""
NEAR_TOWN_M, GENTLE = 2600.0, 0.33


class ForestPatches:
    """The forest patches of the land use, and where each lies."""

    def __init__(self, scene: Scene, layers: dict[str, Rows], patches: list[Patch]) -> None:
        forest = [patch for patch in patches if patch.land_class.startswith("03")]
        self.shapes = np.array([patch.shape for patch in forest])
        self.arboreal = np.array([patch.land_class == "0301" for patch in forest])
        points = shapely.point_on_surface(self.shapes)
        grid = scene.relief.grid
        cells = [grid.cell_of(point.x, point.y) for point in points]
        self.height = np.array([scene.relief.height[cell] for cell in cells])
        self.slope = np.array([scene.relief.slope[cell] for cell in cells])
        self.core = first_owner(points, [row["geometry"] for row in layers["reserve_core"]])
        for index in range(len(layers["reserve_core"])):
            mine = self.core == index
            # A corridor along a river holds splinters of forest only.
            if shapely.area(self.shapes[mine]).sum() < SMALLEST_CORE_M2:
                self.core[mine] = -1
        self.block = first_owner(points, [row["geometry"] for row in layers["ecological_redline"]])
        general = [row["geometry"] for key in ("reserve_general", "scenic_area") for row in layers[key]]
        self.guarded = (first_owner(points, general) >= 0) | (self.block >= 0)
        self.unit = first_owner(points, [row["geometry"] for row in layers["township_2017"]])
        seats = np.array([(seat.x, seat.y) for seat in scene.seats.values()])
        xy = shapely.get_coordinates(points)
        self.away = np.hypot(*(xy[:, None, :] - seats[None, :, :]).transpose(2, 0, 1)).min(axis=1)
        self.chance = np.random.default_rng(7000).uniform(size=len(forest))

    def grade(self) -> np.ndarray:
        """Give the protection grade of every patch, as an index of `GRADES`."""
        grade = np.full(len(self.shapes), 2)
        grade[(self.away < NEAR_TOWN_M) & (self.slope < GENTLE)] = 3
        grade[self.guarded] = 1
        grade[self.core >= 0] = 0
        return grade

    def join(self, chosen: np.ndarray) -> Any:  # noqa: ANN401 - a polygon or several
        """Join some patches; their common edges go."""
        return shapely.coverage_union_all(self.shapes[chosen])


def make_forest(scene: Scene, layers: dict[str, Rows], patches: list[Patch]) -> dict[str, Rows]:
    """Make the rows of `forest_land`, `public_welfare_forest` and `natural_forest`."""
    forest = ForestPatches(scene, layers, patches)
    names = [str(row["name"]) for row in layers["township_2017"]]
    codes = [str(row["successor_code"]) for row in layers["township_2017"]]
    rows: dict[str, Rows] = {"forest_land": [], "public_welfare_forest": [], "natural_forest": []}
    grade = forest.grade()
    for unit, (name, code) in enumerate(zip(names, codes, strict=True)):
        here = forest.unit == unit
        place = {"township_code": code}
        for index, title in enumerate(GRADES):
            if (here & (grade == index)).any():
                row = {
                    "id": f"forest-{unit + 1:02d}-{title}",
                    "name": f"{name}{title}级保护林地（示意）",
                    "grade": title,
                }
                rows["forest_land"].append(row | place | {"geometry": forest.join(here & (grade == index))})
        old = here & forest.arboreal & (forest.height > NATURAL_HEIGHT_M)
        if old.any():
            row = {"id": f"natural-forest-{unit + 1:02d}", "name": f"{name}天然林（示意）"}
            rows["natural_forest"].append(row | place | {"geometry": forest.join(old)})
    rows["public_welfare_forest"] = welfare_rows(forest, layers)
    return rows


def welfare_rows(forest: ForestPatches, layers: dict[str, Rows]) -> Rows:
    """Make the rows of the public-welfare forest: first grade in core zones, second in the redline, local outside."""
    rows = []
    for index, reserve in enumerate(layers["reserve_core"]):
        inside = forest.core == index
        if inside.any():
            row = {"name": f"{reserve['reserve']}一级国家级公益林（示意）", "level": "一级国家级"}
            rows.append(row | {"geometry": forest.join(inside)})
    for index, block in enumerate(layers["ecological_redline"]):
        inside = (forest.block == index) & (forest.core < 0)
        if inside.any():
            row = {"name": f"{block['name']}二级国家级公益林（示意）", "level": "二级国家级"}
            rows.append(row | {"geometry": forest.join(inside)})
    for unit, township in enumerate(layers["township_2017"]):
        inside = (forest.unit == unit) & ~forest.guarded & (forest.core < 0) & (forest.chance < LOCAL_SHARE)
        inside &= forest.away > NEAR_TOWN_M
        if inside.any():
            row = {"name": f"{township['name']}地方公益林（示意）", "level": "地方"}
            rows.append(row | {"geometry": forest.join(inside)})
    return [{"id": f"welfare-forest-{number:02d}"} | row for number, row in enumerate(rows, start=1)]
