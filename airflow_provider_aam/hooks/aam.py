"""The Airflow hook: turns a Connection into an AAM client."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.api.errors import AAMConfigError, AAMError
from airflow_provider_aam.api.guide import Step
from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS, AirflowNotFoundException, BaseHook
from airflow_provider_aam.failures import read_docs_url
from airflow_provider_aam.hooks.masking import mask

if TYPE_CHECKING:
    from airflow_provider_aam.api.client import AAMClient
    from airflow_provider_aam.api.config import AAMConfig
    from airflow_provider_aam.compat import Connection

log = logging.getLogger(__name__)


class AAMHook(BaseHook):
    """Adobe Audience Manager, with the credential of an Airflow Connection.

    ::

        for segment in AAMHook("aam_default").client.segments.list(folderId=7):
            ...

    Nothing is read or sent until the client is used for the first time.

    :param aam_conn_id: id of a Connection of type ``aam``; its fields are explained in *The Airflow Connection*.
    """

    conn_name_attr = "aam_conn_id"
    default_conn_name = "aam_default"
    conn_type = "aam"
    hook_name = "Adobe Audience Manager"

    def __init__(self, aam_conn_id: str = default_conn_name, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.aam_conn_id = aam_conn_id
        self._connection: Connection | None = None
        read_docs_url()

    @cached_property
    def client(self) -> AAMClient:
        """The client, built once. Raises ``AAMConfigError`` with every problem of the Connection."""
        return self.new_client()

    def new_client(self, *, most_attempts: int | None = None, longest_timeout_s: float | None = None) -> AAMClient:
        """A client apart from :attr:`client`, less patient than the Connection says if told to; close it."""
        from airflow_provider_aam.api.client import AAMClient

        config = self.read_config()
        impatient = replace(
            config,
            max_attempts=min(config.max_attempts, most_attempts or config.max_attempts),
            timeout_s=min(config.timeout_s, longest_timeout_s or config.timeout_s),
        )
        return AAMClient.from_config(impatient, user_agent=_user_agent(), on_secret=mask)

    async def aload(self) -> None:
        """Read the Connection on the event loop of a triggerer, for the clients to come: plain reads would block it."""
        from airflow_provider_aam.compat.triggers import get_async_connection

        with self._explained():
            self._connection = await get_async_connection(self.aam_conn_id, hook=self)

    def get_conn(self) -> AAMClient:
        """:attr:`client`, under the name that Airflow gives it."""
        return self.client

    def get_access_token(self) -> str:
        """A token that AAM accepts now; shared by the whole process, so it costs one request to Adobe at most."""
        return self.client.session.sender.access_token()

    def close(self) -> None:
        """Close the connections to Adobe. The next use builds a new client."""
        client = self.__dict__.pop("client", None)
        if client is not None:
            client.close()

    def test_connection(self) -> tuple[bool, str]:
        """What the *Test* button shows: who we are in AAM, or what failed and which setup step to repeat.

        Never raises. Makes two requests, a new token and ``GET /v1/users/self``.
        """
        from airflow_provider_aam.hooks.probe import LONGEST_TIMEOUT_S, MOST_ATTEMPTS, explain, probe

        try:
            with self.new_client(most_attempts=MOST_ATTEMPTS, longest_timeout_s=LONGEST_TIMEOUT_S) as client:
                passed, said = probe(client)
        except AAMError as error:
            # Airflow's page tests it under an id that it has made up.
            said = explain(error, Step.CONNECTION).replace(f"Connection {self.aam_conn_id!r}", "The Connection")
            passed = False
        except AirflowNotFoundException as missing:
            return False, str(missing)
        except Exception as unexpected:  # noqa: BLE001  Airflow expects a response, not an exception
            # Without its text: a Connection that cannot be parsed is quoted there, password and all.
            kind = type(unexpected).__name__
            return False, f"Connection {self.aam_conn_id!r} could not be read ({kind}). {Step.CONNECTION.pointer}"
        return passed, said if passed else f"{said}{self._unknown_secrets()}"

    def _unknown_secrets(self) -> str:
        """The page of Airflow 2 tests what its form shows, and that shows no secret that is saved."""
        if AIRFLOW_V_3_0_PLUS:
            return ""
        from airflow_provider_aam.compat.widgets import STORED

        connection = self.get_connection(self.aam_conn_id)
        if connection.password and STORED not in (connection.extra or ""):
            return ""
        return (
            " Of secrets that are saved, Airflow's form shows none, and Test does not know them: type them again, or "
            "run airflow-aam doctor --conn-id with the id of the Connection."
        )

    @classmethod
    def get_connection_form_widgets(cls) -> dict[str, Any]:
        """The form's fields on Airflow 2.11; later versions read them from the provider's info."""
        from airflow_provider_aam.hooks.form import build_widgets

        return build_widgets()

    @classmethod
    def get_ui_field_behaviour(cls) -> dict[str, Any]:
        """Labels and placeholders of the form on Airflow 2.11; later versions read them from the provider's info."""
        from airflow_provider_aam.hooks.form import build_field_behaviour

        return build_field_behaviour()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except AirflowNotFoundException:
            raise AirflowNotFoundException(self._missing()) from None

    def _missing(self) -> str:
        variable = f"AIRFLOW_CONN_{self.aam_conn_id}".upper()
        if os.environ.get(variable):  # Airflow passes over what it cannot parse
            return (
                f"Connection {self.aam_conn_id!r}: the environment variable {variable} is set, but Airflow cannot read "
                "it. It must be JSON, or a URI with the special characters of its password percent-encoded. "
                f"{Step.CONNECTION.pointer}"
            )
        return (
            f"There is no Connection {self.aam_conn_id!r}. Create one of type {self.conn_type!r} (Admin > Connections, "
            f"airflow-aam connection --add, or the variable {variable}), or give the id of one that there is. "
            f"{Step.CONNECTION.pointer}"
        )

    def read_config(self) -> AAMConfig:
        """The checked Connection. Raises ``AAMConfigError`` with every problem."""
        from airflow_provider_aam.api.credentials import JwtCredential
        from airflow_provider_aam.hooks.connection import read_config

        with self._explained():
            connection = self._connection or self.get_connection(self.aam_conn_id)
        if connection.conn_type not in ("", None, self.conn_type):
            problem = f"its type is {connection.conn_type!r}: set it to {self.conn_type!r}, or give another Connection"
            raise AAMConfigError.from_problems(f"Connection {self.aam_conn_id!r}", [problem])
        config = read_config(connection)
        if isinstance(config.credential, JwtCredential):
            _warn_of_jwt()
        return config


@cache
def _warn_of_jwt() -> None:
    """Once a process: a task that builds ten hooks has one thing to say about it."""
    log.warning(
        "The AAM Connection uses a JWT service account. Adobe has retired these; it works only until Adobe stops "
        "accepting it. %s",
        Step.CREDENTIAL.pointer,
    )


def _user_agent() -> str:
    return f"apache-airflow/{version('apache-airflow')}"
