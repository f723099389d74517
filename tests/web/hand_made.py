"""A small CheckRun written by hand: every verdict, every severity, and names that try to break the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from shapely.geometry import LineString, box

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
from planning.settings import DEFAULTS

AS_OF = date(2026, 11, 22)
LAW = Citation("zrzf-2022-142", "关于加强生态保护红线管理的通知", "一（一）第6类", "2022-08", "2022-08", "verified")
PARTIAL_LAW = replace(LAW, law="嘉陵江条例", article="条号未核", status="partial")

ROAD = Finding(
    finding_id="EC-02-8f3a12cd90aa",
    rule_id="EC-02",
    rule_title="线性基础设施穿越生态保护红线",
    rule_title_en="Linear infrastructure crossing the ecological redline",
    severity=Severity.CONDITIONAL,
    subject=FeatureRef("road", "road-s303", "S303 升级改造", "交通规划（第八条）"),
    against=FeatureRef("ecological_redline", "er-1", "生态保护红线（大巴山）", "国土空间总体规划"),
    geometry=LineString([(106.40, 32.50), (106.43, 32.52)]),
    area_m2=81_867.4,
    length_m=3_412.3,
    distance_m=None,
    excess_m=None,
    share_pct=21.44,
    pieces=4,
    townships=("英萃镇", "檬子乡"),
    law_day=AS_OF,
    citations=(LAW, PARTIAL_LAW),
    values=(
        Value("min_length_m", 1.0, "m", "convention", "本项目约定：穿越长度大于等于1 m入台账"),
        Value("distance_m", 1000.0, "m", "law", "长江保护法 第二十六条第二款"),
    ),
    details=(),
    procedure="论证必须且无法避让",
    exemptions=(OpenExemption("隧道下穿，地表无永久占地", "设计文件"), OpenExemption("<b>符合</b>规划", "")),
    lead_department="自然资源、交通、林草",
    assumptions=(Reason("half_width_by_class", {"class": "二级公路", "metres": 12.0, "low": 7.0, "high": 18.0}),),
    needs_review=(Reason("course_schematic"),),
    stands_for=("EC-01",),
    borderline=True,
    certain=True,
    arbitration=3,
)
SLIVER = replace(
    ROAD,
    finding_id="LN-02-000000000001",
    rule_id="LN-02",
    rule_title="城镇开发边界与生态保护红线重叠",
    rule_title_en="Urban boundary overlaps the ecological redline",
    severity=Severity.PROHIBITED,
    subject=FeatureRef("urban_boundary", "ub-1", '<script>alert("x")</script>', "国土空间总体规划"),
    geometry=box(106.30, 32.23, 106.3001, 32.2301),
    area_m2=86.44,
    length_m=None,
    share_pct=0.004,
    pieces=1,
    townships=("东河镇",),
    lead_department="自然资源",
    assumptions=(),
    needs_review=(),
    stands_for=(),
    borderline=False,
)
PARK = replace(
    SLIVER,
    finding_id="WA-05-000000000002",
    rule_id="WA-05",
    rule_title="化工园区、化工项目距长江干支流岸线一公里",
    rule_title_en="Chemical park within 1 km of a bank",
    subject=FeatureRef("chemical_park", "cp-1", "嘉川化工园区", "产业规划"),
    against=FeatureRef("river_bank", "rb-1", "东河左岸", "河湖岸线"),
    geometry=box(106.20, 32.20, 106.22, 32.21),
    area_m2=2_045_333.0,
    distance_m=640.2,
    townships=("嘉川镇",),
    lead_department="生态环境、经信、水利",
)


def _part(verdict: Verdict, *reasons: Reason, subject: str = "road", against: str = "ecological_redline") -> Part:
    return Part(subject, against, verdict, reasons, 7, ("S302", "县道 <b>1</b>"), ("水厂",), 3, 41.5, 0.0)


def _result(rule_id: str, title: str, verdict: Verdict, findings: tuple[Finding, ...], *parts: Part) -> RuleResult:
    reasons = tuple(reason for part in parts for reason in part.reasons)
    return RuleResult(
        rule_id,
        title,
        f"{rule_id} in English",
        "生态",
        "自然资源、林草",
        verdict,
        reasons,
        (LAW,),
        parts,
        findings,
        0.1,
    )


MISSING = Reason("layer_missing", {"layer": "油气管道"})

RUN = CheckRun(
    as_of=AS_OF,
    rulebook_version="0123456789ab",
    working_crs="CGCS2000 / 3-degree Gauss-Kruger CM 105E（EPSG:4544）",
    settings=DEFAULTS,
    inputs=(
        InputLayer(
            "road",
            "公路",
            31,
            "a" * 64,
            "EPSG:4490",
            "stored",
            "旺府办发〔2017〕24号",
            "2017-05",
            "inferred",
            demonstration=True,
        ),
        InputLayer(
            "ecological_redline",
            "生态保护红线",
            5,
            "b" * 64,
            "EPSG:4490",
            "stored",
            "示意",
            "2026",
            "synthetic",
            demonstration=True,
        ),
    ),
    results=(
        _result(
            "EC-02",
            "线性基础设施穿越生态保护红线",
            Verdict.CONFLICT,
            (ROAD,),
            _part(Verdict.CONFLICT),
            _part(Verdict.NOT_CHECKED, MISSING, subject="pipeline"),
        ),
        _result("LN-02", "城镇开发边界与生态保护红线重叠", Verdict.CONFLICT, (SLIVER,), _part(Verdict.CONFLICT)),
        _result(
            "WA-05", "化工园区、化工项目距长江干支流岸线一公里", Verdict.CONFLICT, (PARK,), _part(Verdict.CONFLICT)
        ),
        _result("LN-01", "永久基本农田与生态保护红线重叠", Verdict.CLEAR, (), _part(Verdict.CLEAR)),
        _result("TR-01", "公路建筑控制区内建筑", Verdict.NOT_CHECKED, (), _part(Verdict.NOT_CHECKED, MISSING)),
    ),
)
