"""A real land-use plan that nobody here drew, through the command line, against numbers from another tool chain."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from planning.__main__ import main

HERE = Path(__file__).parent
PLAN = HERE.parents[2] / "shared" / "realdata" / "fr_30014_plu"
RULES = HERE / "real_plan"
pytestmark = pytest.mark.skipif(not PLAN.is_dir(), reason=f"the real plan is not here: {PLAN} is missing")


def test_every_number_of_the_real_plan(tmp_path: Path) -> None:
    zones, prescriptions = PLAN / "ZONE_URBA.shp", PLAN / "PRESCRIPTION_SURF.shp"
    code = main(
        [
            "check",
            *("--layer", f"zones_urban={zones}?TYPEZONE IN ('U', 'AUc')"),
            *("--layer", f"zones_farm={zones}?TYPEZONE = 'A'"),
            *("--layer", f"woodland={prescriptions}?TYPEPSC = '01'"),
            *("--layer", f"reserved={prescriptions}?TYPEPSC = '05'"),
            *("--rules", str(RULES / "urban_on_woodland.yaml")),
            *("--rules", str(RULES / "farm_on_woodland.yaml")),
            *("--rules", str(RULES / "urban_on_reserved.yaml")),
            *("--as-of", "2026-11-22"),
            *("--out", str(tmp_path)),
        ]
    )
    assert code == 0
    summary = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    rules = {rule["rule_id"]: rule for rule in summary["rules"]}

    wood = rules["FR-1"]
    assert (wood["findings"], wood["dropped"]["count"]) == (4, 3)
    assert wood["area_m2"] + wood["dropped"]["area_m2"] == pytest.approx(8010.42, abs=0.01)
    assert wood["dropped"]["area_m2"] == pytest.approx(0.0008, abs=0.0001)

    farm = rules["FR-2"]
    assert farm["findings"] + farm["dropped"]["count"] == 17
    assert farm["area_m2"] + farm["dropped"]["area_m2"] == pytest.approx(8889.49, abs=0.01)

    reserved = rules["FR-3"]
    assert reserved["findings"] + reserved["dropped"]["count"] == 5
    assert reserved["area_m2"] + reserved["dropped"]["area_m2"] == pytest.approx(3179.27, abs=0.01)

    found = gpd.read_file(tmp_path / "findings.gpkg", layer="findings")
    table = pd.read_csv(tmp_path / "findings.csv", encoding="utf-8-sig")
    assert len(found) == len(table) == wood["findings"] + farm["findings"] + reserved["findings"]
    assert found["area_m2"].sum() == pytest.approx(wood["area_m2"] + farm["area_m2"] + reserved["area_m2"])
    assert found["finding_id"].is_unique
    assert found.crs.to_epsg() == 4490
    assert {layer["crs_source"] for layer in summary["inputs"]} == {"declared"}
    assert all(len(layer["sha256"]) == 64 for layer in summary["inputs"])
