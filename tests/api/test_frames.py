"""Error trackers report the locals of every frame that an error went through: ours show no secret."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any

import pytest

from airflow_provider_aam.api.config import AAMConfig
from airflow_provider_aam.api.errors import AAMError
from airflow_provider_aam.emulator import Emulator
from api.support import MakeClient, RawServer, http_answer


def frames_of(error: BaseException) -> Iterator[tuple[str, str]]:
    """Each of our frames, of the whole chain: its function, and what a tracker shows of it."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        waiting += [each.__cause__, each.__context__]
        trace: TracebackType | None = each.__traceback__
        while trace is not None:
            if "/airflow_provider_aam/" in trace.tb_frame.f_code.co_filename:
                yield trace.tb_frame.f_code.co_qualname, repr(trace.tb_frame.f_locals)
            trace = trace.tb_next


def shown(error: BaseException, secrets: list[str]) -> list[str]:
    frames = [*frames_of(error)]
    assert frames
    return [function for function, frame in frames for secret in secrets if secret in frame]


@pytest.mark.parametrize("auth", ["oauth_server_to_server", "jwt", "legacy_oauth"])
@pytest.mark.parametrize("path", ["POST /ims", "GET /v1/segments"])
def test_refusals_and_broken_answers(emulator: Emulator, make_client: MakeClient, auth: str, path: str) -> None:
    client = make_client(auth)
    known = emulator.credentials
    told: list[str] = []
    client.session.sender.redactor._observer = told.append
    routes = {"oauth_server_to_server": "/ims/token/v3", "jwt": "/ims/exchange/jwt", "legacy_oauth": "/oauth/token"}
    route = f"POST {routes[auth]}" if path == "POST /ims" else path
    for kind in ("html", "non_json", "reset_after"):
        emulator.trouble(route, kind, times=None)
        with pytest.raises(AAMError) as caught:
            client.segments.fetch_all()
        secrets = [known.client_secret, known.user_password, known.private_key.split("\n")[1], *told]
        assert shown(caught.value, secrets) == []


def test_token_answer_that_cannot_be_used(make_client: MakeClient, raw_server: RawServer) -> None:
    for body in (b'{"access_token": "sec-ret-1", "expires_in": -5}', b'{"access_token": "sec-ret-1"}', b'"sec-ret-1"'):
        raw_server.answers = [http_answer(body)]
        client = make_client(ims_url=raw_server.url, max_attempts=1)
        with pytest.raises(AAMError) as caught:
            client.sign_in()
        assert shown(caught.value, ["sec-ret-1"]) == []


@pytest.mark.parametrize(
    "key",
    [
        "sec-ret-1",
        "-----BEGIN CERTIFICATE-----\nsec-ret-1\n-----END CERTIFICATE-----",
        "-----BEGIN PRIVATE KEY-----\nsec-ret-1\n-----END PRIVATE KEY-----",
    ],
    ids=["no PEM", "certificate", "broken"],
)
def test_private_key_that_cannot_be_used(make_client: MakeClient, key: str) -> None:
    client = make_client("jwt", private_key=key, private_key_passphrase="sec-ret-2")
    with pytest.raises(AAMError) as caught:
        client.sign_in()
    assert shown(caught.value, ["sec-ret-1", "sec-ret-2"]) == []


def test_connection_with_problems() -> None:
    extra: dict[str, Any] = {"private_key": "sec-ret-2", "proxies": {"https": "http://u:sec-ret-3@p"}, "timeout_s": "x"}
    with pytest.raises(AAMError) as caught:
        AAMConfig.from_connection(login="", password="sec-ret-1", extra=extra)
    assert shown(caught.value, ["sec-ret-1", "sec-ret-2", "sec-ret-3"]) == []
