"""Messages send people to pages that there are: by the address of a site, or by the command that prints the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from airflow_provider_aam.api import errors, guide
from airflow_provider_aam.api.errors import AAMCheckFailed, AAMError, AAMPlanRefused
from airflow_provider_aam.api.guide import Step, address, runbook, use_docs_url, where
from airflow_provider_aam.api.meanings import meaning_of
from airflow_provider_aam.cli.pages import anchors_of

DOCS = Path(__file__).parents[2] / "docs"
SITE = "https://docs.example.com/aam"


@pytest.fixture(autouse=True)
def _not_told(monkeypatch):
    """As in a new process."""
    monkeypatch.setattr(guide, "_told", [])
    monkeypatch.delenv("AIRFLOW__AAM__DOCS_URL", raising=False)


def test_without_a_site_the_command_is_named():
    assert address("errors") is None
    assert where("errors") == "airflow-aam docs errors"
    assert where("setup-aam-access") == "airflow-aam docs setup"
    assert where(*runbook(AAMError)) == "airflow-aam docs errors"
    assert where(*runbook(AAMPlanRefused)) == "airflow-aam docs errors AAMPlanRefused"
    assert Step.TOKEN.pointer == "Repeat setup step 8: Exchange the credential for a token (airflow-aam docs setup 8)."


@pytest.mark.parametrize("given", [SITE, f"{SITE}/"])
@pytest.mark.parametrize("way", ["told", "environment"])
def test_with_a_site_its_address_is(given, way, monkeypatch):
    if way == "told":
        use_docs_url(given)
    else:
        monkeypatch.setenv("AIRFLOW__AAM__DOCS_URL", given)
    assert where("errors") == address("errors") == f"{SITE}/errors.html"
    assert where(*runbook(AAMPlanRefused)) == f"{SITE}/errors.html#aamplanrefused"
    section = f"{SITE}/setup-aam-access.html#4-add-the-audience-manager-api"
    step = f"Repeat setup step 4: Add the Audience Manager API ({section})."
    assert Step.ADD_API.pointer == step
    assert meaning_of(403, "403003", from_aam=True)[1].endswith(step)  # from a table that is older than the address
    assert guide.POINTER.fullmatch(step)


@pytest.mark.parametrize("told", [True, False])
def test_a_public_site_is_the_default(told, monkeypatch):
    monkeypatch.setattr(guide, "DOCS_URL", SITE)
    if told:
        use_docs_url(None)
    assert address("errors") == f"{SITE}/errors.html"


def test_what_airflow_is_configured_with_wins(monkeypatch):
    monkeypatch.setenv("AIRFLOW__AAM__DOCS_URL", "https://elsewhere.example.com")
    use_docs_url(None)
    assert address("errors") is None


def test_every_class_of_errors_has_its_part_of_the_runbook():
    anchors = {*anchors_of((DOCS / "errors.md").read_text())}
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, AAMError)]
    public = [kind for kind in kinds if not kind.__name__.startswith("_") and kind is not AAMError]
    assert AAMCheckFailed in public
    assert {guide.anchor_of(runbook(kind)[1]) for kind in public} <= anchors
