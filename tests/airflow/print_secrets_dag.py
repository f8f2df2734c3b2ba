"""A DAG whose only task prints and logs every secret that its hooks hold: the worst that a user's code can do."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from airflow.providers.common.compat.sdk import DAG

from airflow_provider_aam.compat import BaseOperator
from airflow_provider_aam.hooks.aam import AAMHook

CONN_IDS = ("aam_server_to_server", "aam_jwt", "aam_legacy")


class PrintSecrets(BaseOperator):
    def execute(self, context: Any) -> None:  # noqa: ARG002
        Path(os.environ["TOLD_SECRETS"]).write_text(json.dumps(print_secrets()))


def print_secrets() -> list[str]:
    """What was shown, for the test that looks for it in the log."""
    print("stdout reaches the log")
    logging.getLogger("users.code").warning("logging reaches the log")
    told = []
    for conn_id in CONN_IDS:
        hook = AAMHook(conn_id)
        token = hook.get_access_token()
        redactor = hook.client.session.sender.redactor
        for secret in sorted({token, *redactor._secrets}):
            _show(secret)
            told.append(secret)
        print(hook.get_connection(conn_id).get_uri())
        print(hook.get_connection(conn_id).extra)
        hook.close()
    print("every secret was shown")
    return told


def _show(secret: str) -> None:
    log = logging.getLogger("users.code")
    for text in (secret, json.dumps(secret), quote_plus(secret), *secret.splitlines()):
        print(text)
        print(f"prefix {text} suffix")
        log.warning("%s", text)


with DAG("print_secrets", schedule=None):
    PrintSecrets(task_id="print")
