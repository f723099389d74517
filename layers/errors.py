"""What can be wrong with a layer or a picture of it: each names the thing, its value and the remedy."""

from __future__ import annotations


class LayerError(ValueError):
    """A layer, its catalogue entry or its key is not what the caller said."""


class FontError(ValueError):
    """No font with Chinese characters is installed: a picture would show boxes."""
