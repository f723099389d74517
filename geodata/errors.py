"""The caller's mistakes. The data's faults are no exceptions but `geodata.problems.Problem`."""


class GeodataError(ValueError):
    """A call that cannot be answered; the message names the thing, its value and the remedy."""


class CrsError(GeodataError):
    """A coordinate reference system is missing, unsuitable, or differs from its partner's."""


class ReadError(GeodataError):
    """A file cannot be read at all: it is absent, of no known format, or broken."""


class StoreError(GeodataError):
    """The workspace refuses what it is given, or cannot give back what it holds."""
