"""The folders of inbound files, through Airflow's Connections."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from airflow_provider_aam.api.errors import AAMDestinationError
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.hooks.paths import names_in

if TYPE_CHECKING:
    from airflow_provider_aam.members.judging.inbound import Folders
    from airflow_provider_aam.members.judging.question import Question

log = logging.getLogger(__name__)


def folders(question: Question, conn_id: str | None) -> Folders:
    """Looks into folders; one that cannot be looked into is an error only where ``.processed`` marks are needed."""

    def look(uri: str) -> frozenset[str] | None:
        try:
            return names_in(uri, conn_id)
        except (AAMDestinationError, OSError) as unseen:
            if question.signal in ("marker", "both"):
                raise
            log.info("Files are not looked for, AAM's history alone counts: %s", one_line(str(unseen)))
            return None

    return look
