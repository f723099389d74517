"""The web entry: `streamlit run app.py`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from geodata.errors import GeodataError
from web.routes import routes, warm


def _warm() -> None:
    try:
        warm()
    except (GeodataError, OSError) as error:
        # The screens say what is wrong and what to do; the server starts all the same.
        print(error)  # noqa: T201


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, object]]:
    """Read the layers while the browser starts."""
    warming = asyncio.create_task(asyncio.to_thread(_warm))
    yield {}
    await warming


app = st.App("web/main.py", routes=routes(), lifespan=lifespan)
