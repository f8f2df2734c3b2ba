"""Running the emulator in a thread of this process."""

from __future__ import annotations

import ipaddress
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.control import Emulator, Seed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import uvicorn

    from airflow_provider_aam.emulator.core.service import Service

STOP_TIMEOUT_S = 10


class PortUnavailable(OSError):
    """Something else listens on the port, or this user cannot; ``strerror`` says which, ``filename`` where."""


@contextmanager
def running_emulator(
    port: int = 0,
    seed: Seed = "empty",
    *,
    host: str = "127.0.0.1",
    private_key: str | None = None,
    services: Sequence[Service] = (),
) -> Iterator[Emulator]:
    """Serve until the block ends; port 0 takes a free one. Needs the extra `emulator`.

    `services` are added to those of AAM: `emulator.core.service.Service`, as each folder of `emulator/aam/` has one.

    Only a loopback address is served: the emulator gives its credentials to anyone who asks. Raises
    :class:`PortUnavailable`.
    """
    if not ipaddress.ip_address(host).is_loopback:
        raise ValueError(f"the emulator serves this machine only; {host} is not a loopback address")
    server = _build_server(private_key, services)
    listener = _listen(host, port)
    thread = threading.Thread(target=server.run, args=([listener],), name="aam-emulator", daemon=True)
    thread.start()
    address = f"[{host}]" if ":" in host else host
    emulator = Emulator(f"http://{address}:{listener.getsockname()[1]}")
    try:
        emulator.reset(seed)  # waits in the listener's queue until the server is there
        yield emulator
    finally:
        server.should_exit = True
        thread.join(STOP_TIMEOUT_S)
        listener.close()


def _build_server(private_key: str | None, services: Sequence[Service]) -> uvicorn.Server:
    try:
        import uvicorn

        from airflow_provider_aam.emulator.aam import SERVICES
        from airflow_provider_aam.emulator.app import build_app
        from airflow_provider_aam.emulator.core.state import State
        from airflow_provider_aam.emulator.customer_data import SERVICE as CUSTOMER_DATA
        from airflow_provider_aam.emulator.dcs import SERVICE as DCS
        from airflow_provider_aam.emulator.ims import SERVICE as IMS
    except ImportError as error:
        raise ImportError("the emulator needs: pip install 'airflow-provider-aam[emulator]'") from error
    from airflow_provider_aam.emulator.credentials import build_credentials

    app = build_app(State(build_credentials(private_key), (*SERVICES, *services, CUSTOMER_DATA, DCS, IMS)))
    config = uvicorn.Config(
        app,
        loop="asyncio",
        lifespan="off",
        ws="none",
        log_config=None,
        log_level="critical",
        access_log=False,
        timeout_keep_alive=75,  # a pooled client must not meet a connection that was closed for being idle
        timeout_graceful_shutdown=1,
        backlog=2048,
    )
    return uvicorn.Server(config)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio turns Nagle's algorithm off only then: 40 ms a response otherwise.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as refused:
        listener.close()
        raise PortUnavailable(refused.errno, refused.strerror, f"{host}:{port}") from refused
    return listener
