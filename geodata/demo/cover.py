"""A true partition of the county: faces between lines that meet exactly, joined to patches without slivers."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np
import shapely
from rasterio import features
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree

from geodata.demo.routing import smooth_noise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geodata.demo.grid import Bools, Floats
    from geodata.demo.scene import Scene

    Shapes: TypeAlias = Sequence[BaseGeometry] | NDArray[np.object_]

K = TypeVar("K", bound=Hashable)
Owners = np.ndarray[Any, np.dtype[np.intp]]
SNAP_M = 0.01
"""All corners lie on this grid, so that neighbours share them."""
SMALLEST_M2 = 600.0
CELL_TOLERANCE_M = 75.0
SMALLEST_CELLS = 14
"""Of the terrain's grid: splinters at the border of two spacings go to a neighbour."""
ROUNDS = 4


def draw_cells(scene: Scene, spacings: Sequence[tuple[float, Bools]], rng: np.random.Generator) -> list[BaseGeometry]:
    """
    Divide the ground into irregular cells that share their edges.

    Parameters
    ----------
    spacings
        Distance of neighbouring cells in metres, and where (on the terrain's grid) it holds; together the whole
        county and a margin around it.
    """
    grid = scene.relief.grid
    rows, columns = np.indices(grid.shape)
    x, y = grid.centre_of(rows, columns)
    warp = [smooth_noise(grid.shape, 6.0, rng) for _ in range(2)]
    labels = np.zeros(grid.shape, dtype=np.int32)
    for spacing, where in spacings:
        across, down = np.arange(x.min(), x.max(), spacing), np.arange(y.min(), y.max(), spacing)
        lattice = np.stack(np.meshgrid(across, down)).reshape(2, -1).T
        centres = lattice + rng.uniform(-0.38 * spacing, 0.38 * spacing, lattice.shape)
        near = gaussian_filter(where.astype(float), 3.0)
        cells = [grid.cell_of(float(one[0]), float(one[1])) for one in centres]
        centres = centres[np.array([near[cell] > 0.02 for cell in cells])]  # noqa: PLR2004 - within reach
        at = np.column_stack([(x + 0.2 * spacing * warp[0])[where], (y + 0.2 * spacing * warp[1])[where]])
        labels[where] = cKDTree(centres).query(at)[1] + int(labels.max()) + 1
    labels = features.sieve(labels, SMALLEST_CELLS)
    outlines = [outline for _, outline in grid.polygons(labels, labels > 0)]
    return list(shapely.coverage_simplify(outlines, CELL_TOLERANCE_M))


def draw_faces(county: BaseGeometry, shapes: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """Cut the county along the edges of all shapes; every corner of a face is a corner of its neighbours too."""
    lines = shapely.boundary(np.array([county, *shapes]))
    # Rounded one by one first: the union has less to mend.
    network = shapely.union_all(shapely.set_precision(lines, SNAP_M), grid_size=SNAP_M)
    faces = shapely.get_parts(shapely.polygonize([network]))
    inside = shapely.contains_properly(county.buffer(SNAP_M), shapely.point_on_surface(faces))
    return list(faces[inside])


def first_owner(points: Shapes, shapes: Shapes) -> Owners:
    """Find, for every point, the first shape that holds it; -1 where there is none."""
    if len(points) == 0:
        return np.zeros(0, dtype=np.intp)
    at, found = shapely.STRtree(list(shapes)).query(list(points), predicate="intersects")
    first = np.full(len(points), len(shapes))
    np.minimum.at(first, at, found)
    return np.where(first == len(shapes), -1, first)


def join_faces(faces: Sequence[BaseGeometry], keys: Sequence[K]) -> tuple[list[BaseGeometry], list[K]]:
    """Join the faces of one owner to patches, and pass what is too small to the neighbour with the longest edge."""
    order: dict[K, list[BaseGeometry]] = {}
    for face, key in zip(faces, keys, strict=True):
        order.setdefault(key, []).append(face)
    patches: list[BaseGeometry] = []
    owners: list[K] = []
    for key, mine in order.items():
        parts = shapely.get_parts(shapely.coverage_union_all(mine))
        patches += list(parts)
        owners += [key] * len(parts)
    for _ in range(ROUNDS):
        areas = shapely.area(patches)
        small = np.flatnonzero(areas < SMALLEST_M2)
        if len(small) == 0:
            break
        patches, owners = pass_on(patches, owners, small, areas)
    return patches, owners


def pass_on(
    patches: list[BaseGeometry], owners: list[K], small: np.ndarray, areas: Floats
) -> tuple[list[BaseGeometry], list[K]]:
    """Pass the small patches to their larger neighbours."""
    at, found = shapely.STRtree(patches).query([patches[index] for index in small], predicate="touches")
    larger = areas[found] >= SMALLEST_M2
    at, found = at[larger], found[larger]
    edges = shapely.intersection([patches[small[one]] for one in at], [patches[other] for other in found])
    shared = shapely.length(edges)
    gets: dict[int, list[BaseGeometry]] = {}
    given = set()
    for one in np.unique(at):
        mine = np.flatnonzero(at == one)
        best = mine[int(np.argmax(shared[mine]))]
        gets.setdefault(int(found[best]), []).append(patches[small[one]])
        given.add(int(small[one]))
    for index, parts in gets.items():
        patches[index] = shapely.coverage_union_all([patches[index], *parts])
    kept = [index for index in range(len(patches)) if index not in given]
    return [patches[index] for index in kept], [owners[index] for index in kept]
