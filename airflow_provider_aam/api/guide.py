"""Where a message sends its reader: to a page of the documentation, by one function.

`[aam] docs_url` is the address of the site that `make docs` builds; else the pages are where Airflow is, served by our
plugin. Where neither is known a message names the command that prints the page, which is in every installed package.
"""

from __future__ import annotations

import enum
import os
import re

from airflow_provider_aam.api.errors import AAMError

DOCS_URL = ""
"""The default of `[aam] docs_url`: the public site, as soon as there is one."""
IN_AIRFLOW = "aam/docs"
"""The path below Airflow's address at which our plugin serves the pages."""
COMMAND = "airflow-aam docs"
SHORT_NAMES = {"setup-aam-access": "setup"}
"""What the command calls a page, where that is not its file's name."""
POINTER = re.compile(r"Repeat setup step \d+: [^()]+ \([^()]+\)\.")
_VARIABLE = "AIRFLOW__AAM__DOCS_URL"
_told: list[str] = []


def use_docs_url(url: str | None) -> None:
    """What Airflow is configured with; until this is called, the environment variable of `[aam] docs_url` decides."""
    _told[:] = [url or ""]


def address(page: str, heading: str = "") -> str | None:
    """The URL of a page, or of what is below one of its headings; ``None`` where no site is known."""
    base = (_told[0] if _told else os.environ.get(_VARIABLE)) or DOCS_URL
    if not base:
        return None
    return f"{base.rstrip('/')}/{file_of(page, heading)}"


def file_of(page: str, heading: str = "") -> str:
    """Of the site, with the anchor."""
    return f"{page}.html" + (f"#{anchor_of(heading)}" if heading else "")


def where(page: str, heading: str = "") -> str:
    """The URL, else the command that prints it."""
    return address(page, heading) or " ".join(filter(None, [COMMAND, SHORT_NAMES.get(page, page), heading]))


def anchor_of(heading: str) -> str:
    """As code hosts make it, and the site."""
    text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", text.lower()).strip().replace(" ", "-")


def runbook(error: type[AAMError]) -> tuple[str, str]:
    """Page and heading about errors of this class, for :func:`address` and :func:`where`."""
    return "errors", "" if error is AAMError else error.__name__


class Step(enum.Enum):
    """The steps of docs/setup-aam-access.md, so that an error can name the one to repeat (a test compares them)."""

    ADMINISTRATOR = (1, "Become, or find, a system administrator")
    OPEN_CONSOLE = (2, "Open the Developer Console")
    PROJECT = (3, "Create a project")
    ADD_API = (4, "Add the Audience Manager API")
    CREDENTIAL = (5, "Create the credential")
    PRODUCT_PROFILE = (6, "Assign product profiles")
    CONNECTION = (7, "Fill in the Airflow Connection")
    TOKEN = (8, "Exchange the credential for a token")
    TECHNICAL_USER = (9, "Create the technical account and add it to a group")
    FIRST_CALL = (10, "Make the first call")

    @property
    def number(self) -> int:
        return self.value[0]

    @property
    def title(self) -> str:
        return self.value[1]

    @property
    def heading(self) -> str:
        return f"{self.number}. {self.title}"

    @property
    def pointer(self) -> str:
        """Read it when the message is made: the site's address may become known after the import."""
        guide = address("setup-aam-access", self.heading) or where("setup-aam-access", str(self.number))
        return f"Repeat setup step {self.number}: {self.title} ({guide})."
