"""The steps of docs/setup-aam-access.md, so that an error can name the one to repeat (a test holds both together)."""

from __future__ import annotations

import enum
import re

GUIDE = "airflow-aam docs setup"
"""The command that prints the guide, which is not among the files of an installed package."""
POINTER = re.compile(rf"Repeat setup step \d+: [^()]+ \({GUIDE}\)\.")


class Step(enum.Enum):
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
    def pointer(self) -> str:
        return f"Repeat setup step {self.number}: {self.title} ({GUIDE})."
