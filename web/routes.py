"""The routes beside Streamlit: browser files, layers and terrain. Content is named by its hash and never changes."""

from __future__ import annotations

import gzip
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from web import assets, cached
from web.geojson import encode_layer
from web.swatch import swatch_svg

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from web.basemap import Datum

_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
HASH_LETTERS = 16


def layer_url(key: str, sha256: str, datum: Datum = "cgcs2000") -> str:
    """Address of one version of a layer."""
    return f"/layers/{key}-{sha256[:HASH_LETTERS]}.geojson" + ("?datum=gcj02" if datum == "gcj02" else "")


def hillshade_url(sha256: str) -> str:
    """Address of the shade of one version of the terrain."""
    return f"/hillshade-{sha256[:HASH_LETTERS]}.png"


def routes() -> list[BaseRoute]:
    """All routes of the application."""
    return [
        Mount("/vendor", StaticFiles(directory=assets.VENDOR, check_dir=False)),
        Mount("/assets", StaticFiles(directory=assets.OWN)),
        Route("/layers/{key}-{sha16}.geojson", _layer),
        Route("/hillshade-{sha16}.png", _hillshade),
        Route("/swatches/{key}-{version}.svg", _swatch),
    ]


def warm() -> None:
    """Read and encode everything once, so that the first page does not wait for it."""
    fingerprint = cached.fingerprint()
    for key, layer in cached.layers(fingerprint).items():
        layer_bytes(key, layer.sha256[:HASH_LETTERS], "cgcs2000")
    cached.places(fingerprint)
    cached.shade_png(fingerprint)


@lru_cache(maxsize=128)
def layer_bytes(key: str, sha16: str, datum: Datum) -> bytes | None:
    """Encode one version of a layer, gzipped; None if the workspace has another version now."""
    layer = cached.layers(cached.fingerprint()).get(key)
    if layer is None or not layer.sha256.startswith(sha16) or len(sha16) != HASH_LETTERS:
        return None
    return gzip.compress(encode_layer(key, layer.frame, datum), compresslevel=6, mtime=0)


async def _layer(request: Request) -> Response:
    datum = request.query_params.get("datum", "cgcs2000")
    if datum not in ("cgcs2000", "gcj02"):
        return PlainTextResponse("datum: use cgcs2000 or gcj02.", status_code=400)
    key, sha16 = request.path_params["key"], request.path_params["sha16"]
    body = await run_in_threadpool(layer_bytes, key, sha16, cast("Datum", datum))
    if body is None:
        return PlainTextResponse("This version of the layer is not in the workspace. Reload the page.", status_code=404)
    headers = {**_FOREVER, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        body = gzip.decompress(body)
    return Response(body, media_type="application/geo+json", headers=headers)


async def _hillshade(request: Request) -> Response:
    sha16 = request.path_params["sha16"]
    terrain = await run_in_threadpool(cached.terrain)
    if terrain is None or len(sha16) != HASH_LETTERS or not terrain.sha256.startswith(sha16):
        return PlainTextResponse("This terrain is not in the workspace. Reload the page.", status_code=404)
    picture = await run_in_threadpool(lambda: cached.shade_png(cached.fingerprint()))
    return Response(picture, media_type="image/png", headers=_FOREVER)


async def _swatch(request: Request) -> Response:
    drawing = swatch_svg(request.path_params["key"])
    if drawing is None:
        return PlainTextResponse("No such layer in the catalogue.", status_code=404)
    return Response(drawing, media_type="image/svg+xml", headers=_FOREVER)
