"""What it means when Adobe IMS (or AAM's own OAuth) refuses a credential, and what to do: one table per grant.

Errors as in Adobe's JWT and server-to-server documentation and in what public clients have seen; the first row that
fits decides, and the last row of a table fits everything.
"""

from __future__ import annotations

from dataclasses import dataclass

from airflow_provider_aam.api.errors import (
    AAMClaimsRejected,
    AAMClientRejected,
    AAMCredentialConverted,
    AAMCredentialError,
    AAMKeyRejected,
    AAMScopeRejected,
)
from airflow_provider_aam.api.guide import Step

_MIGRATION = (
    "Adobe ended JWT credentials (2025-06-30, at the latest 2026-03-01) and converts them to OAuth server-to-server "
    "with the same client id. In the Developer Console open the credential and copy its client secret and its scopes; "
    "in the Connection set extra['auth'] to 'oauth_server_to_server', password to that secret and extra['scopes'] to "
    "those scopes, and remove private_key."
)
_NOT_ITS_OWN = "The Connection's password is not this client's secret."


def migration() -> str:
    """How to move from JWT to OAuth server-to-server."""
    return f"{_MIGRATION} {Step.CREDENTIAL.pointer}"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """``error`` is IMS's machine word (``None``: any); one of ``words`` must occur in its description."""

    kind: type[AAMCredentialError]
    advice: str = ""
    step: Step | None = None
    error: str | None = None
    words: tuple[str, ...] = ()

    @property
    def remedy(self) -> str:
        return " ".join(filter(None, [self.advice, self.step and self.step.pointer]))

    def fits(self, error: str, description: str) -> bool:
        said = description.lower()
        return self.error in (None, error) and (not self.words or any(word in said for word in self.words))


JWT = (
    Verdict(
        error="internal_error",
        kind=AAMCredentialConverted,
        advice="For a JWT this is what IMS returns when the credential has been converted; if it has not been, IMS is "
        f"down: run the task again later. {_MIGRATION}",
        step=Step.CREDENTIAL,
    ),
    Verdict(
        error="invalid_client", words=("secret",), kind=AAMClientRejected, advice=_NOT_ITS_OWN, step=Step.CREDENTIAL
    ),
    Verdict(
        error="invalid_client",
        kind=AAMClientRejected,
        advice="IMS does not know the Connection's login (client id) for JWT: it is mistyped, or Adobe has removed or "
        f"converted the credential. {_MIGRATION}",
        step=Step.CREDENTIAL,
    ),
    *(
        Verdict(
            error=error,
            words=words,
            kind=AAMKeyRejected,
            advice="The private key does not belong to the credential's certificate, or that certificate has "
            f"expired (since 2025-06-30 it cannot be renewed). {_MIGRATION}",
            step=Step.CREDENTIAL,
        )
        for error, words in (("invalid_signature", ()), ("invalid_token", ("signature", "binding")))
    ),
    Verdict(
        error="invalid_scope",
        kind=AAMScopeRejected,
        advice="The credential does not have the metascope of Audience Manager; extra['metascopes'] overrides what is "
        "asked for.",
        step=Step.ADD_API,
    ),
    Verdict(
        error="invalid_token",
        words=("expired",),
        kind=AAMClaimsRejected,
        advice="IMS calls a JWT expired that was signed a moment ago: is this machine's clock right (NTP)?",
    ),
    Verdict(
        kind=AAMClaimsRejected,
        advice="Check extra['org_id'] (…@AdobeOrg), extra['technical_account_id'] (…@techacct.adobe.com) and this "
        "machine's clock.",
        step=Step.CONNECTION,
    ),
)

SERVER_TO_SERVER = (
    Verdict(
        error="invalid_client", words=("secret",), kind=AAMClientRejected, advice=_NOT_ITS_OWN, step=Step.CREDENTIAL
    ),
    Verdict(
        error="invalid_client",
        kind=AAMClientRejected,
        advice="IMS does not know the Connection's login (client id).",
        step=Step.CREDENTIAL,
    ),
    Verdict(
        error="invalid_scope",
        kind=AAMScopeRejected,
        advice="Copy the scopes that the Developer Console shows for the credential into extra['scopes'] (Adobe "
        "publishes no list, our default is a guess).",
        step=Step.CREDENTIAL,
    ),
    Verdict(
        error="unauthorized_client",
        kind=AAMClientRejected,
        advice="This client cannot use server-to-server: it is a JWT credential that has not been converted (set "
        "extra['auth'] to 'jwt'), or a credential of another kind.",
        step=Step.CREDENTIAL,
    ),
    Verdict(kind=AAMCredentialError, step=Step.TOKEN),
)

LEGACY = (
    *(
        Verdict(
            error=error,
            kind=AAMClientRejected,
            advice="Check the Connection's login (client id) and password (client secret).",
        )
        for error in ("invalid_client", "unauthorized")
    ),
    Verdict(
        kind=AAMClientRejected,
        advice="Check extra['username'] and extra['user_password'], and that the user is not locked.",
    ),
)
