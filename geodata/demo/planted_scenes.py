"""The planted scenes as data: what is drawn for each rule, read from `facts/planted_*.yaml`."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import yaml

from geodata.demo.factbook import FACTS
from geodata.errors import ReadError

DIRECTIONS = {"east": 0.0, "north": 90.0, "west": 180.0, "south": 270.0}
SHAPES = ("blob", "box", "line", "point", "belt", "grow", "copy", "stretch_of")
PLACES = ("at", "inside", "over", "beside")


@dataclass(frozen=True)
class Planted:
    """
    One planted feature: a shape, where it lies, and its attributes.

    Exactly one shape: `blob` (hectares), `box` (width and depth), `line` (length), `point`, `belt` (a ring of some
    width about another feature), `grow` (another feature and so many metres around it), `copy` (another's shape),
    `stretch_of` (so many metres of another's course, about the middle of the scene).
    At most one place: `at` (metres east and north of the scene's middle, the default being the middle itself),
    `inside`, `over` or `beside` another feature; `beside` keeps `gap_m` from it, or shares `shared_m2` with it.
    """

    id: str
    layer: str
    name: str
    blob: float = 0.0
    box: tuple[float, float] = (0.0, 0.0)
    line: float = 0.0
    point: bool = False
    belt: str = ""
    grow: str = ""
    copy: str = ""
    stretch_of: str = ""
    width_m: float = 0.0
    """Of a belt, of what is grown; the length of a stretch."""
    stretch: float = 1.3
    turn: float = 0.0
    """Degrees counter-clockwise from the scene's east."""
    at: tuple[float, float] = (0.0, 0.0)
    inside: str = ""
    over: str = ""
    beside: str = ""
    towards: str = "east"
    shift_m: float = 0.0
    """Sideways: to the right when looking `towards`."""
    gap_m: float = 0.0
    shared_m2: float = 0.0
    slope: tuple[float, float] = (0.0, 9.0)
    """Least and greatest rise over run that every part of the shape must have."""
    recorded: float = 1.0
    """The recorded area as a share of the measured one; 0: none is recorded."""
    within: str = ""
    """A layer of which one feature must hold the whole shape."""
    carve: bool = False
    """Whether the shape is cut out of that feature, so that the layer stays without overlaps."""
    has: dict[str, Any] = field(default_factory=dict)
    """Attributes beside id and name."""

    def half_m(self) -> float:
        """Give about half the size across."""
        return 50.0 * math.sqrt(self.blob) + self.box[1] / 2

    def names(self) -> set[str]:
        """Give the ids of the features that this one is drawn from."""
        return {self.belt, self.grow, self.copy, self.stretch_of, self.inside, self.over, self.beside} - {""}


@dataclass(frozen=True)
class PlantedScene:
    """What is drawn for one rule, as a group that is moved to a vacant place as a whole."""

    rule: str
    """Its id, or several with blanks between them."""
    features: tuple[Planted, ...]
    near: str = ""
    """A seat of 2017; with `along`, nothing."""
    along: str = ""
    """A feature on whose course (or edge) the middle of the scene lies, its east running along it."""
    part: tuple[float, float] = (0.0, 1.0)
    """The part of that course."""
    ground: float = 0.15
    """Greatest mean rise over run under the scene."""
    room_m: float = 30.0
    """How far every feature keeps off the plans it has nothing to do with."""
    allow: tuple[str, ...] = ()
    """Layers that the scene may lie on."""
    avoid: tuple[str, ...] = ()
    """Layers of wide areas that this scene must keep off all the same."""
    quiet: bool = True
    """Whether it keeps off ground that speaks against building of any kind, such as forest, cropland, landslides."""
    across: bool = False
    """Whether the scene may lie in more than one township."""

    def strangers(self) -> set[str]:
        """Give the ids of the county's features that the scene is drawn from."""
        named = {name for one in self.features for name in one.names()} | ({self.along} - {""})
        return named - {one.id for one in self.features}


def _checked(kind: type, values: dict[str, Any], where: str) -> dict[str, Any]:
    unknown = set(values) - set(kind.__dataclass_fields__)  # type: ignore[attr-defined]
    if unknown:
        raise ReadError(f"{where}: unknown {', '.join(sorted(unknown))}. Use a field of {kind.__name__}.")
    return {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}


def read_feature(values: dict[str, Any], where: str) -> Planted:
    """Read one feature."""
    feature = Planted(**_checked(Planted, values, f"{where} {values.get('id', '')}"))
    if sum(name in values for name in SHAPES) != 1:
        raise ReadError(f"{where} {feature.id}: needs exactly one of {', '.join(SHAPES)}.")
    if sum(name in values for name in PLACES) > 1:
        raise ReadError(f"{where} {feature.id}: more than one of {', '.join(PLACES)}. Keep one.")
    return feature


def read_scenes() -> list[PlantedScene]:
    """
    Read every scene, file by file in the order of their names.

    Raises
    ------
    ReadError
        If a scene has an unknown field, or a feature no shape or several.
    """
    scenes = []
    for path in sorted(FACTS.glob("planted_*.yaml")):
        for values in yaml.safe_load(path.read_text(encoding="utf-8")):
            where = f"{path.name} {values.get('rule', '')}"
            features = tuple(read_feature(one, where) for one in values.pop("features"))
            scenes.append(PlantedScene(features=features, **_checked(PlantedScene, values, where)))
    return scenes
