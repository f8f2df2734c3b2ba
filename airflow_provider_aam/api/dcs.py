"""``client.dcs``: one user's traits and signals in one request to Adobe's data collection servers (DCS) [doc].

No token is sent: the DCS knows the account by the host name that is asked for, ``<domain alias>.demdex.net``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import quote, urlencode

import msgspec

from airflow_provider_aam.api.answers import UNREADABLE
from airflow_provider_aam.api.errors import AAMArgumentError, AAMBadAnswer, Fate
from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.api.sender import Sender
from airflow_provider_aam.api.stream import Fault
from airflow_provider_aam.api.transport import Answer, Request
from airflow_provider_aam.api.visible import one_line

LARGEST_BODY_BYTES = 32_000
"""Adobe says 32K for a POST, and not whether that is 32,000 or 32,768 [inferred: the smaller]."""
SEPARATOR = "\x01"
"""Between the data source and the user in ``d_cid`` and ``d_cid_ic``; encoded, it is the ``%01`` of the documents."""
REGIONS = {3: "apse", 4: "sae", 6: "irl1", 7: "use", 8: "apse2", 9: "usw2", 11: "tyo3", 12: "ind1"}
"""``dcs_region`` → its servers [doc]."""
NO_UUID = "NO_UUID"
_DOMAIN = "demdex.net"
_ALIAS = re.compile(r"[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?")
_ALWAYS = (("d_rtbd", "json"), ("d_jsonv", "1"))


@dataclass(frozen=True, kw_only=True)
class Event:
    """What the DCS said. It has taken the changes in if there are no ``faults``.

    ``region`` is where the user's profile is, ``transaction_id`` (``tid``) what Adobe's support asks for.
    """

    faults: Sequence[Fault]
    uuid: str | None
    region: int | None
    transaction_id: str | None


class _Error(msgspec.Struct):
    code: int | str | None = None
    msg: str | None = None


class _Body(msgspec.Struct):
    """Adobe documents these keys, and answers without any of them [field]."""

    uuid: str | None = None
    u: str | None = None
    dcs_region: Any = None
    tid: str | None = None
    errors: list[_Error] | None = None


def encode(pairs: Iterable[tuple[str, object]]) -> bytes:
    """Keys and values as a request has them. Raises :class:`UnicodeEncodeError`."""
    return urlencode([*pairs], quote_via=quote, safe="").encode()


@dataclass(frozen=True, kw_only=True)
class Dcs:
    """``url``: the Connection's, in place of a region's or the alias' own."""

    sender: Sender
    url: str | None

    def check(self, domain_alias: str, region: int | str | None = None) -> None:
        """Raises :class:`AAMArgumentError` for what no request can be made of."""
        problems = []
        if not _ALIAS.fullmatch(domain_alias):
            problems.append(f"domain_alias is “{one_line(domain_alias)}”; expected the “acme” of acme.{_DOMAIN}")
        if region is not None and whole_number(region) not in REGIONS:
            known = ", ".join(map(str, REGIONS))
            text = f"region is “{one_line(str(region))}”; expected one of {known}, or dcs_url in the Connection instead"
            problems.append(text)
        if problems:
            raise AAMArgumentError.from_problems("the call of the DCS", problems)

    def send(
        self, domain_alias: str, keys: bytes, *, region: int | str | None = None, expect_uuid: bool = True
    ) -> Event:
        """One request with ``keys`` of one user, by :func:`encode`, for a body of :data:`LARGEST_BODY_BYTES`.

        Never two at once for the same user. A request whose fate is unknown is sent again. A response without errors
        and without ``uuid`` is a fault, unless not ``expect_uuid`` [inferred: that it tells what was left out].
        """
        self.check(domain_alias, region)
        own = f"{domain_alias}.{_DOMAIN}"
        number = whole_number(region) if region is not None else None
        host = own if number is None else f"{REGIONS[number]}.{_DOMAIN}"
        org_id = self.sender.credential.org_id
        always = encode([*_ALWAYS, ("d_orgid", org_id)] if org_id else _ALWAYS)
        request = Request(
            method="POST",
            url=f"{self.url or f'https://{host}'}/event",
            path="/event",
            headers={
                "Accept": "application/json",
                "Content-Type": "application/x-www-form-urlencoded",
                "Host": own,
                "User-Agent": self.sender.user_agent,
            },
            body=always + b"&" + keys,
        )
        return self.sender.send(
            request,
            replayable=True,
            with_token=False,
            read=lambda answer: _read(request, answer, expect_uuid=expect_uuid),
        )

    def at_most(self, max_concurrency: int) -> Self:
        return replace(self, sender=self.sender.at_most(max_concurrency))


def _read(request: Request, answer: Answer, *, expect_uuid: bool) -> Event:
    try:
        body = msgspec.json.decode(answer.body or b"{}", type=_Body, strict=False)
        faults = {int(each.code or 0): one_line(each.msg or "no text") for each in body.errors or ()}
    except (*UNREADABLE, ValueError) as foreign:
        raise AAMBadAnswer(
            f"{request}: expected what the DCS says of a user, found a response of another shape "
            f"({one_line(str(foreign))})",
            fate=Fate.UNKNOWN,
        ) from foreign
    for code in re.findall(r"\d+", answer.headers.get("X-Error", "")):
        faults.setdefault(int(code), "no text")
    uuid = body.uuid or body.u
    found = [Fault(code, message) for code, message in faults.items()]
    if not found and not uuid and expect_uuid:
        found = [Fault(NO_UUID, "the response names no user: opted out, blocked, or not taken in")]
    return Event(faults=found, uuid=uuid, region=whole_number(body.dcs_region), transaction_id=body.tid)
