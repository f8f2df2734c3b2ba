"""One request to one host of Adobe, with everything between the caller and the wire: place, token, retries, meaning.

The stages read as a staircase: ``send`` → ``_call_authorised`` → ``_send_in_place`` → ``_send_now``. Which address a
request has, and what it asks, is the caller's business.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from airflow_provider_aam.api.answers import NO_CONTENT, is_success, read_answer
from airflow_provider_aam.api.credentials import Credential
from airflow_provider_aam.api.errors import AAMError, AAMNotFound, AAMOutcomeUnknown, AAMUnauthorized, Fate
from airflow_provider_aam.api.ims import Token, request_token
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.api.redaction import Redactor
from airflow_provider_aam.api.retry import Attempt, RetryPolicy, fate_of, is_overload, may_repeat, pause_after
from airflow_provider_aam.api.throttle import Place, Places
from airflow_provider_aam.api.token import TokenSource
from airflow_provider_aam.api.transport import Answer, Request, Transport

T = TypeVar("T")
Judge = Callable[[Answer], bool]
"""Whether an answer is one to read; any other is an error."""


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Safe to share between threads. ``places`` bounds what all of them have under way together."""

    credential: Credential
    token_url: str
    user_agent: str
    transport: Transport
    token_source: TokenSource
    retries: RetryPolicy
    places: Places
    redactor: Redactor = field(repr=False)
    timeout_s: float
    """How long one request waits for its response."""
    now: Callable[[], datetime] = utc_now

    def send(
        self,
        request: Request,
        *,
        replayable: bool,
        read: Callable[[Answer], T],
        is_good: Judge = is_success,
        with_token: bool = True,
    ) -> T:
        """What ``read`` makes of a good answer, whose body is JSON or empty.

        Raises :class:`AAMOutcomeUnknown` when a write may or may not have happened, the other errors as their names
        say. A DELETE whose response was lost and that then finds nothing has done its work.
        """
        lost = False
        call = self._call_authorised if with_token else self._send_in_place

        def worth_another(error: AAMError) -> bool:
            nonlocal lost
            lost = lost or fate_of(error) is not Fate.NOT_DONE
            return may_repeat(error, replayable=replayable)

        try:
            return self.retries.run(lambda attempt: read(call(request, attempt, is_good)), may_repeat=worth_another)
        except AAMNotFound:
            if request.method == "DELETE" and lost:  # the attempt whose response was lost did it
                return read(Answer(status=NO_CONTENT, headers={}, body=b""))
            raise
        except AAMError as error:
            fate = fate_of(error)
            if fate is Fate.NOT_DONE or request.method == "GET" or (request.method == "POST" and replayable):
                raise
            raise AAMOutcomeUnknown(
                f"{error.message} AAM may or may not have made this change; check before sending it again.", fate=fate
            ) from error

    def _call_authorised(self, request: Request, attempt: Attempt, is_good: Judge) -> Answer:
        token = self.token_source.get(self._exchange, self.redactor)
        try:
            return self._send_in_place(_authorised(request, token), attempt, is_good)
        except AAMUnauthorized:
            token = self.token_source.renew_rejected(token, self._exchange, self.redactor)
            return self._send_in_place(_authorised(request, token), attempt, is_good)

    def _send_in_place(self, request: Request, attempt: Attempt, is_good: Judge) -> Answer:
        try:
            with self.places.take() as place:
                return self._send_now(request, place, attempt, is_good)
        except AAMError:
            # That it was one too many, which the request is not to blame for, is known when the place is left.
            attempt.counts = not place.one_too_many
            raise

    def _send_now(self, request: Request, place: Place, attempt: Attempt, is_good: Judge) -> Answer:
        try:
            answer = self.transport.send(request)
            body = read_answer(request, answer, now=self.now(), redactor=self.redactor, is_good=is_good)
        except AAMError as error:
            place.refused = is_overload(error)
            place.alone_s = pause_after(attempt.number) if attempt.number < self.retries.max_attempts else 0.0
            place.asked_s = getattr(error, "retry_after_s", None)
            if place.asked_s is not None and place.asked_s > self.retries.budget_s:
                place.asked_s = 0.0  # longer than a call may take: not ours to impose on the other calls
            raise
        place.good = True
        return replace(answer, body=body or b"")

    def access_token(self) -> str:
        """A token that is accepted now, from the shared source: no request to IMS while there is one."""
        return self._with_retries(lambda: self.token_source.get(self._exchange, self.redactor)).value

    def sign_in(self) -> Token:
        return self._with_retries(lambda: self.token_source.sign_in(self._exchange))

    def _with_retries(self, ask_ims: Callable[[], T]) -> T:
        return self.retries.run(lambda _: ask_ims(), may_repeat=lambda error: may_repeat(error, replayable=True))

    def at_most(self, max_concurrency: int) -> Sender:
        return replace(self, places=self.places.at_most(max_concurrency))

    def _exchange(self, previous: Token | None) -> Token:
        """One exchange, tried once: the retries around it are those of the call that needs the token."""
        return request_token(
            self.credential,
            token_url=self.token_url,
            send=self._send_to_ims,
            now=self.now,
            redactor=self.redactor,
            previous=previous,
        )

    def _send_to_ims(self, request: Request) -> Answer:
        return self.transport.send(replace(request, headers={**request.headers, "User-Agent": self.user_agent}))


def _authorised(request: Request, token: Token) -> Request:
    return replace(request, headers={**request.headers, "Authorization": f"Bearer {token.value}"})
