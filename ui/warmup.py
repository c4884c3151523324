"""Loads what is heavy in a thread of its own, so that the first page need not wait for it."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache

_loader = ThreadPoolExecutor(1, thread_name_prefix="warm-up")


@cache
def begin_loading() -> Future[None]:
    """Start to load, once. Whoever needs what is loaded waits for the result."""
    return _loader.submit(_load)


def wait_until_loaded() -> None:
    """Return when torch and the catalogues are there. The first import must not race in two threads."""
    begin_loading().result()


def _load() -> None:
    """Import what is heavy, then let the garbage collector forget it: a full collection drops from 285 ms to a few."""
    import builder.analysis
    import builder.training
    from builder.document import Edge, Graph, Node, Project

    # The first layer on the meta device has torch load hundreds of modules, which must not race either.
    nodes = (Node(id="x", kind="Input", params={"shape": [1]}), Node(id="y", kind="Linear", params={"out_features": 1}))
    link = Edge(source="x", target="y")
    builder.analysis.analyse(Project(networks={"first": Graph(nodes=nodes, edges=(link,))}))
    gc.collect()
    gc.freeze()
    _loader.submit(_stand_by)


@cache
def begin_serving() -> Future[None]:
    """Load what is heavy, and then go on, once, where the last server ended."""
    begin_loading()
    return _loader.submit(_go_on)


@asynccontextmanager
async def serve(app: object) -> AsyncIterator[None]:
    """The life of the server: what waited when the last one ended goes on, also where nobody opens a page."""
    begin_serving()
    yield


def _go_on() -> None:
    """Let the runs begin that wait, and remove from the trash what lay there long enough."""
    from runtime.runs.supervisor import open_supervisor
    from runtime.trash import Trash

    open_supervisor().open()
    Trash().sweep()


def _stand_by() -> None:
    """Mark the runs that were cut since the last time, and have a worker stand by for the first click on Train."""
    from runtime.runs.supervisor import open_supervisor

    open_supervisor().warm_up()
