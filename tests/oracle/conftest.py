"""The demonstration county twice: as the engine has prepared it, and in a PostGIS of the tests' own."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import shapely

from tests.oracle.postgis import PACKAGE, Postgis, find_programs, run_postgis

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from layers.schema import Layer
    from planning.prepare import Prepared


@dataclass(frozen=True, eq=False)
class County:
    """All layers, in both forms."""

    layers: Mapping[str, Layer]
    prepared: Mapping[str, Prepared]
    """As the engine takes them: in the working CRS, valid."""
    postgis: Postgis
    """The same coordinates in the table `feature`."""

    def ask(self, relation: str, *arguments: str | float) -> dict[tuple[int, int], str]:
        """Ask PostGIS for the pairs of a relation, by position, with what it says of each."""
        given = {f"given_{n}": argument for n, argument in enumerate(arguments)}
        places = ", ".join(f":'{name}'" for name in given)
        rows = self.postgis.ask(f"SELECT * FROM {relation}({places})", **given)  # noqa: S608 - our own names
        return {(int(subject), int(against)): said for subject, against, said in rows}

    def sizes(self, relation: str, *arguments: str | float) -> dict[tuple[int, int], float]:
        """Ask for pairs that have a size."""
        return {pair: float(size) for pair, size in self.ask(relation, *arguments).items()}

    def can_compare(self, relation: str, subject: str, against: str) -> bool:
        """Whether there are such layers, with features of a kind that the relation can take."""
        kinds = [self.prepared[key].kind if key in self.prepared else "none" for key in (subject, against)]
        if relation == "within_distance":
            return "none" not in kinds
        if relation == "line_crossing":
            return kinds == ["line", "line"]
        fit = {"overlap": {"polygon", "line", "point"}, "outside": {"polygon", "line"}}.get(relation, {"polygon"})
        return kinds[0] in fit and kinds[1] == "polygon"

    def largest(self, key: str, column: str) -> float:
        """Give the largest number in a column."""
        values = [record.get(column) for record in self.prepared[key].records]
        return max((float(value) for value in values if isinstance(value, (int, float)) and value > 0), default=0.0)


@pytest.fixture(scope="session")
def postgis() -> Iterator[Postgis]:
    programs = find_programs()
    if programs is None:
        missing = f"needs PostGIS: apt-get install --no-install-recommends {PACKAGE}"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with run_postgis(programs) as server:
        yield server


@pytest.fixture(scope="session")
def county(demo_root: Path, postgis: Postgis) -> County:
    from geodata.store import Workspace
    from layers.schema import read_layers
    from planning.prepare import choose_working_crs, prepare_layer

    layers = read_layers(Workspace.open(demo_root))
    crs = choose_working_crs(layers)
    srid = crs.to_epsg()
    assert srid is not None
    prepared = {key: prepare_layer(layer, crs) for key, layer in layers.items()}
    postgis.load(
        "feature",
        (
            (
                key,
                position,
                layer.ids[position],
                bool(layer.of_kind[position]),
                json.dumps({k: str(v) for k, v in layer.records[position].items()}, ensure_ascii=False),
                shapely.set_srid(geometry, srid),
            )
            for key, layer in prepared.items()
            for position, geometry in enumerate(layer.geometry)
        ),
    )
    return County(layers, prepared, postgis)
