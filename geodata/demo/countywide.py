"""The layers that cover the whole county, drawn after everything they have to keep off or to follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geodata.demo.crossings import make_crossings, make_runway
from geodata.demo.ecology import make_nature_park, make_scenic_core
from geodata.demo.forest import make_forest
from geodata.demo.former_plans import make_former_plans, make_plan_projects
from geodata.demo.hazards import make_eco_units, make_erosion, make_prone
from geodata.demo.landuse import cropland_rows, draw_land_use, land_use_rows
from geodata.demo.minor_roads import make_minor_roads
from geodata.demo.settlements import make_facilities
from geodata.demo.utilities import make_utilities
from geodata.demo.waters import make_management_areas, make_planned_banks

if TYPE_CHECKING:
    from geodata.demo.scene import Scene

Rows = list[dict[str, Any]]


def add_countywide(scene: Scene, layers: dict[str, Rows]) -> None:
    """
    Add the layers that cover the county; each has random numbers of its own, so that none moves what is there.

    Parameters
    ----------
    layers
        Rows of each layer, geometry in metres; changed in place.
    """
    layers["road"] += make_minor_roads(scene, layers)
    layers["river_management"] = make_management_areas(scene, layers)
    layers["river_bank"] += make_planned_banks(scene, layers)
    layers["scenic_core"] = make_scenic_core(scene, layers)
    layers["nature_park"] = make_nature_park(scene, layers)
    layers["bridge"], layers["tunnel"] = make_crossings(scene, layers)
    layers["runway"] = make_runway(scene, layers)
    layers["facility"] = make_facilities(scene, layers)
    layers |= make_utilities(scene, layers)
    layers["plan_land"], layers["plan_urban"] = make_former_plans(scene, layers)
    layers["plan_project"] = make_plan_projects(layers)
    layers["geohazard_prone"] = make_prone(scene)
    layers["soil_erosion_key"] = make_erosion(scene)
    layers["eco_unit"] = make_eco_units(layers)
    patches = draw_land_use(scene, layers)
    layers["land_use"], layers["cropland"] = land_use_rows(patches), cropland_rows(patches)
    layers |= make_forest(scene, layers, patches)
