"""The control plane: what tests ask of the emulator itself, under `/_emulator/`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from airflow_provider_aam.emulator.aam.traits.figures import set_metrics
from airflow_provider_aam.emulator.aam.users.rules import put_into_group
from airflow_provider_aam.emulator.core.service import Service
from airflow_provider_aam.emulator.core.troubles import Trouble
from airflow_provider_aam.emulator.customer_feed.hour import deliver_hour
from airflow_provider_aam.emulator.inbound.watch import watch
from airflow_provider_aam.emulator.outbound.sending import deliver
from airflow_provider_aam.emulator.seeds import SEEDS, add_objects, seed_bulk

if TYPE_CHECKING:
    from fastapi import FastAPI

    from airflow_provider_aam.emulator.core.state import State

CONTROL_PLANE = Service(
    tag="Control plane",
    about="What tests ask of the emulator itself, under `/_emulator/`; `airflow-aam docs emulator` describes it.",
)
Body = dict[str, Any]
Deed = Callable[["State", Body], Any]


def _reset(state: State, body: Body) -> None:
    seed = body.get("seed", "empty")
    if seed not in SEEDS:
        raise ValueError(f"unknown seed {seed!r}; known: {', '.join(SEEDS)}")
    state.clear()
    SEEDS[seed](state)


def _configure(state: State, body: Body) -> None:
    state.settings = state.settings.replaced(body)


def _clear_stats(state: State, body: Body) -> None:  # noqa: ARG001
    state.stats = type(state.stats)()


ACTIONS: dict[str, Deed] = {
    "reset": _reset,
    "seed": lambda state, body: seed_bulk(state, **body),
    "objects": lambda state, body: add_objects(state, body["collection"], body["objects"]),
    "advance": lambda state, body: state.advance(float(body["seconds"])),
    "watch": lambda state, body: watch(state, body["url"], body.get("options", {})),
    "deliver": deliver,
    "deliver-hour": deliver_hour,
    "expire-tokens": lambda state, _: state.tokens.expire_all(state.clock.now_s()),
    "configure": _configure,
    "add-to-group": lambda state, _: put_into_group(state),
    "metrics": lambda state, body: set_metrics(state, body["sid"], body["metrics"]),
    "trouble": lambda state, body: state.troubles.add(Trouble(**body)),
    "clear-trouble": lambda state, _: state.troubles.clear(),
    "clear-stats": _clear_stats,
}


def _objects(state: State, request: Request) -> Any:
    name = request.path_params["collection"]
    if name not in state.collections:
        raise ValueError(f"unknown collection {name!r}; known: {', '.join(state.collections)}")
    collection = state.collections[name]
    return [collection.rows[key] for key in collection.ids]


def _stats(state: State, request: Request) -> Any:
    return state.stats.as_json(requests=request.query_params.get("requests") == "true")


def _inbound(state: State, request: Request) -> Any:  # noqa: ARG001
    if state.inbound is None:
        raise ValueError("nothing is watched: POST watch first")
    return state.inbound.as_json()


def _streamed(state: State, request: Request) -> Any:  # noqa: ARG001
    return [
        {"request": number, "codes": codes, "done": done, **(operation if isinstance(operation, dict) else {})}
        for number, codes, done, operation in state.streamed
    ]


READS: dict[str, Callable[[State, Request], Any]] = {
    "objects/{collection}": _objects,
    "stats": _stats,
    "credentials": lambda state, _: asdict(state.credentials),
    "inbound": _inbound,
    "streamed": _streamed,
    "settings": lambda state, _: asdict(state.settings),
}


def add_control_plane(app: FastAPI, state: State) -> None:
    """Add one POST route an action, and the GET routes that read."""

    def acting(action: Deed) -> Any:
        async def serve(request: Request) -> Response:
            body = await request.body()
            return await _answer(lambda: action(state, msgspec.json.decode(body or b"{}")))

        return serve

    def reading(read: Callable[[State, Request], Any]) -> Any:
        async def serve(request: Request) -> Response:
            return await _answer(lambda: read(state, request))

        return serve

    for name, action in ACTIONS.items():
        app.add_route(f"/_emulator/{name}", acting(action), methods=["POST"])
    for name, read in READS.items():
        app.add_route(f"/_emulator/{name}", reading(read), methods=["GET"])


async def _answer(work: Callable[[], Any]) -> Response:
    try:
        value = work()
        return _json(await value if isawaitable(value) else value)
    except Exception as error:  # noqa: BLE001 - wrong arguments, and whatever a store's library raises
        return _json({"error": f"{type(error).__name__}: {error}"}, 400)


def _json(value: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")
