"""A small run of the check, made by hand: three townships, four findings, three verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import geopandas as gpd
from shapely import LineString, MultiPolygon, box

from layers.schema import Layer, read_catalogue
from planning.findings import (
    CheckRun,
    Citation,
    FeatureRef,
    Finding,
    InputLayer,
    OpenExemption,
    Part,
    Reason,
    RuleResult,
    Severity,
    Value,
    Verdict,
)
from planning.settings import DEFAULTS, Settings

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

AS_OF = date(2026, 11, 22)
CREATED = date(2026, 11, 23)
COUNTY = box(106.0, 32.0, 106.7, 32.6)


@dataclass(frozen=True)
class StubProvenance:
    source: str = "手工测试数据"
    source_date: str = "2026-01-01"
    certainty: str = "synthetic"
    demonstration: bool = True
    crs_source: str = "stored"
    note: str = ""
    licence: str = ""


def make_layer(key: str, rows: list[dict[str, Any]], *, demonstration: bool = True) -> Layer:
    columns = sorted({name for row in rows for name in row})
    frame = gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs="EPSG:4490")
    provenance: Any = StubProvenance(demonstration=demonstration)
    return Layer(key, frame, provenance, "0" * 64, read_catalogue().get(key))


def make_layers(*, demonstration: bool = True) -> dict[str, Layer]:
    redline = box(106.1, 32.3, 106.5, 32.55) - box(106.2, 32.4, 106.25, 32.45)
    townships = [
        {"id": "t1", "name": "东河镇", "seat_lon": 106.3, "seat_lat": 32.2, "geometry": box(106.0, 32.0, 106.7, 32.3)},
        {"id": "t2", "name": "英萃镇", "seat_lon": 106.2, "seat_lat": 32.5, "geometry": box(106.0, 32.3, 106.35, 32.6)},
        {"id": "t3", "name": "檬子乡", "seat_lon": 106.6, "seat_lat": 32.4, "geometry": box(106.35, 32.3, 106.7, 32.6)},
    ]
    road = {
        "id": "S303",
        "name": "S303 升级改造",
        "road_class": "provincial",
        "certainty": "inferred",
        "geometry": LineString([(106.05, 32.1), (106.3, 32.35), (106.6, 32.5)]),
    }
    rows: dict[str, list[dict[str, Any]]] = {
        "county": [{"id": "c", "name": "旺苍县", "geometry": COUNTY}],
        "township": townships,
        "ecological_redline": [{"id": "r1", "name": "大巴山", "geometry": redline}],
        "permanent_farmland": [{"id": "f1", "name": "图斑1", "geometry": box(106.3, 32.1, 106.35, 32.15)}],
        "road": [road, {"id": "out", "name": "县外复线", "road_class": "expressway", "geometry": None}],
        "project": [{"id": "p1", "name": "焦化 $扩建$ <二期>", "geometry": box(106.34, 32.14, 106.36, 32.16)}],
        "airport": [{"id": "a", "name": "通用机场", "geometry": box(106.4, 32.2, 106.4, 32.2).centroid}],
    }
    return {key: make_layer(key, value, demonstration=demonstration) for key, value in rows.items()}


LAW = Citation("zrzf-2022-142", "自然资发〔2022〕142号", "一（一）第6类", "2022-08，试行", "2022-08", "verified")
PARTIAL_LAW = Citation(
    "farmland-redline-2025", "永久基本农田保护红线管理办法", "第四条", "2025-10-01施行", "2025-10-01", "partial"
)


def make_finding(number: int, **changes: Any) -> Finding:
    crossing: BaseGeometry = LineString([(106.25, 32.3), (106.3, 32.35), (106.5, 32.45)]).buffer(0.0003)
    values: dict[str, Any] = {
        "finding_id": f"EC-02-{number:08x}",
        "rule_id": "EC-02",
        "rule_title": "线性基础设施穿越生态保护红线",
        "rule_title_en": "Linear infrastructure crossing the ecological redline",
        "severity": Severity.CONDITIONAL,
        "subject": FeatureRef("road", "S303", "S303 升级改造", "综合交通运输规划"),
        "against": FeatureRef("ecological_redline", "r1", "大巴山", "国土空间总体规划（三区三线）"),
        "geometry": crossing,
        "area_m2": 81_867.4,
        "length_m": 3_412.3,
        "distance_m": None,
        "excess_m": None,
        "share_pct": 2.49,
        "pieces": 4,
        "townships": ("英萃镇", "檬子乡"),
        "law_day": AS_OF,
        "citations": (LAW,),
        "values": (Value("min_length_m", 1.0, "m", "convention", "本项目约定：更短的计数合计"),),
        "details": (),
        "procedure": "论证必须且无法避让，并符合县级以上国土空间规划。",
        "exemptions": (OpenExemption("隧道下穿，地表无永久占地", "设计文件"), OpenExemption("符合规划", "")),
        "lead_department": "自然资源、交通、林草",
        "assumptions": (Reason("half_width_by_class", {"class": "二级公路", "metres": 10, "low": 7, "high": 18}),),
        "needs_review": (Reason("course_inferred"),),
        "stands_for": ("EC-01",),
        "borderline": False,
        "certain": True,
        "arbitration": 3,
    }
    return Finding(**{**values, **changes})


def make_part(subject: str, against: str, *, missing: str = "", **changes: Any) -> Part:
    values: dict[str, Any] = {
        "verdict": Verdict.NOT_CHECKED if missing else Verdict.CONFLICT,
        "reasons": (Reason("layer_missing", {"layer": missing}),) if missing else (),
        "judged": 3,
        "existing": ("老路",),
        "exempt": (),
        "dropped": 0,
        "dropped_area_m2": 0.0,
        "dropped_length_m": 0.0,
    }
    return Part(subject, against, **{**values, **changes})


def make_result(rule_id: str, title: str, *parts: Part, findings: tuple[Finding, ...] = ()) -> RuleResult:
    reasons = tuple(reason for part in parts for reason in part.reasons)
    citations = findings[0].citations if findings else (LAW,)
    verdict = parts[0].verdict
    return RuleResult(rule_id, title, title, "生态", "自然资源", verdict, reasons, citations, parts, findings, 0.1)


def make_run(*, demonstration: bool = True, settings: Settings = DEFAULTS) -> CheckRun:
    crossing = make_finding(1)
    farmland = make_finding(
        2,
        rule_id="PB-01",
        rule_title="非农建设占用永久基本农田",
        severity=Severity.PROHIBITED,
        subject=FeatureRef("project", "p1", "焦化 $扩建$ <二期>\x00", "建设项目用地"),
        against=FeatureRef("permanent_farmland", "f1", "图斑1", ""),
        geometry=MultiPolygon([box(106.34, 32.14, 106.35, 32.15), box(106.3400, 32.1399, 106.3401, 32.14)]),
        area_m2=35.25,
        length_m=None,
        pieces=2,
        townships=("东河镇",),
        citations=(PARTIAL_LAW,),
        lead_department="自然资源",
        assumptions=(),
        needs_review=(),
        stands_for=(),
        borderline=True,
        values=(Value("min_area_m2", 0.01, "m²", "convention", "不设面积下限"),),
    )
    near = make_finding(
        3,
        rule_id="WA-05",
        rule_title="化工项目距岸线一公里",
        severity=Severity.REMINDER,
        area_m2=None,
        length_m=None,
        distance_m=812.6,
        share_pct=None,
        pieces=1,
        townships=(),
        geometry=box(106.34, 32.14, 106.341, 32.141),
        assumptions=(Reason("bank_is_water_edge"),),
        values=(Value("distance_m", 1000.0, "m", "law", "中华人民共和国长江保护法 第二十六条"),),
    )
    results = (
        make_result(
            "EC-02",
            "线性基础设施穿越生态保护红线",
            make_part("road", "ecological_redline", dropped=7, dropped_area_m2=61.5, dropped_length_m=4.2),
            make_part("pipeline", "ecological_redline", missing="油气管道"),
            findings=(crossing,),
        ),
        make_result(
            "PB-01", "非农建设占用永久基本农田", make_part("project", "permanent_farmland"), findings=(farmland,)
        ),
        make_result("WA-05", "化工项目距岸线一公里", make_part("project", "river_bank"), findings=(near,)),
        make_result(
            "LN-02",
            "城镇开发边界与生态保护红线重叠",
            make_part("urban_boundary", "ecological_redline", verdict=Verdict.CLEAR),
        ),
        make_result("EC-06", "风景名胜区内采矿", make_part("mine_right", "scenic_area", missing="采矿权/探矿权")),
    )
    inputs = tuple(
        InputLayer(
            key=key,
            name=layer.name,
            feature_count=len(layer.frame),
            sha256="ab" * 32,
            crs="EPSG:4490",
            crs_source="stored",
            source="手工测试数据",
            source_date="2026-01-01",
            certainty="synthetic",
            demonstration=demonstration,
        )
        for key, layer in make_layers().items()
    )
    return CheckRun(AS_OF, "0123456789ab", "EPSG:4544", settings, inputs, results)
