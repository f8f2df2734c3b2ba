"""The Connection form: declared once, valid, complete, and shown by both Airflow versions."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from airflow_provider_aam.api.config import EXTRA_KEYS, AAMConfig
from airflow_provider_aam.api.errors import AAMConfigError
from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS
from airflow_provider_aam.hooks.aam import AAMHook
from airflow_provider_aam.hooks.form import EVERYBODY, FIELDS, JWT, LEGACY, RARELY, SECRET_FIELDS, STANDARD_FIELDS

AIRFLOW = Path(importlib.util.find_spec("airflow").origin).parent
DOCS = Path(__file__).parents[2] / "docs" / "connection.md"
SECRET_BY_NAME = re.compile("private_key|passphrase|password|proxies")

on_airflow_3 = pytest.mark.skipif(not AIRFLOW_V_3_0_PLUS, reason="Airflow 3 reads the form from the provider's info")
on_airflow_2 = pytest.mark.skipif(AIRFLOW_V_3_0_PLUS, reason="Airflow 2.11 reads the form from the hook")


def test_form_has_one_field_for_each_key_of_extra():
    assert sorted(FIELDS) == sorted(EXTRA_KEYS)


def test_documentation_lists_each_key_of_extra():
    _, _, table = DOCS.read_text().partition("| Key of `extra` |")
    listed = re.findall(r"^\| `(\w+)` \|", table.partition("\n\n")[0], re.MULTILINE)
    assert sorted(listed) == sorted(EXTRA_KEYS)


def test_every_field_may_stay_empty():
    assert [key for key, field in FIELDS.items() if "null" not in field["schema"]["type"]] == []


def test_what_everybody_needs_comes_first_and_what_is_rarely_needed_last():
    sections = [field["schema"]["section"] for field in FIELDS.values()]
    assert list(dict.fromkeys(sections)) == [EVERYBODY, JWT, LEGACY, RARELY]
    assert sections == sorted(sections, key=[EVERYBODY, JWT, LEGACY, RARELY].index)
    assert list(FIELDS)[: sections.count(EVERYBODY)] == ["auth", "org_id", "scopes"]


def test_secret_fields_are_typed_hidden_or_hidden_by_airflow_because_of_their_name():
    hidden = {key for key, field in FIELDS.items() if field["schema"].get("format") == "password"}
    assert hidden == {"private_key_passphrase", "user_password"}
    assert all(SECRET_BY_NAME.search(key) for key in SECRET_FIELDS)


def test_a_form_left_empty_asks_for_nothing_but_client_id_and_secret():
    empty = dict.fromkeys(FIELDS)
    assert AAMConfig.from_connection(login="id", password="secret", extra=empty).timeout_s == 60
    blank = dict.fromkeys(FIELDS, "")
    assert AAMConfig.from_connection(login="id", password="secret", extra=blank).max_attempts == 5


@pytest.mark.parametrize(
    ("key", "value"),
    [(key, value) for key, field in FIELDS.items() for value in field["schema"].get("enum", ())],
)
def test_each_choice_of_the_form_is_known(key, value):
    assert f"extra[{key!r}]" not in _problems({key: value})


@pytest.mark.parametrize("key", [key for key, field in FIELDS.items() if "maximum" in field["schema"]])
def test_bounds_of_the_form_are_those_of_the_connection(key):
    schema = FIELDS[key]["schema"]
    for bound, beyond in ((schema["minimum"], -1), (schema["maximum"], 1)):
        assert f"extra[{key!r}]" not in _problems({key: bound})
        assert f"extra[{key!r}]" in _problems({key: bound + beyond})


@pytest.mark.parametrize("text", [True, False], ids=["as text", "as JSON"])
def test_values_are_read_as_the_form_of_either_version_sends_them(text):
    values: dict[str, Any] = {"timeout_s": 5, "max_attempts": 2, "verify": False, "proxies": {"https": "http://p:1"}}
    extra = {key: json.dumps(value) for key, value in values.items()} if text else values
    config = AAMConfig.from_connection(login="id", password="secret", extra=extra)
    assert {key: getattr(config, key) for key in values} == values


def test_airflow_finds_the_hook_of_the_connection_type():
    found = _providers_manager().hooks["aam"]
    assert found.hook_class_name == f"{AAMHook.__module__}.{AAMHook.__qualname__}"
    assert (found.connection_id_attribute_name, found.hook_name) == (AAMHook.conn_name_attr, AAMHook.hook_name)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # flask-appbuilder's own, on 2.11
def test_airflow_shows_a_field_for_each_key():
    from airflow.providers_manager import ProvidersManager

    manager = ProvidersManager()
    widgets = {name for name in manager.connection_form_widgets if name.startswith("extra__aam__")}
    assert widgets == {f"extra__aam__{key}" for key in FIELDS}
    assert manager.field_behaviours["aam"]["relabeling"] == STANDARD_FIELDS["relabeling"]
    assert manager.field_behaviours["aam"]["hidden_fields"] == STANDARD_FIELDS["hidden-fields"]


@on_airflow_3
def test_the_ui_offers_the_form_as_declared():
    from airflow.api_fastapi.core_api.services.ui.connections import HookMetaService

    meta = next(hook for hook in HookMetaService.hook_meta_data() if hook.connection_type == "aam")
    assert meta.hook_name == "Adobe Audience Manager"
    assert meta.default_conn_name in (None, "aam_default")
    assert {key: field["schema"]["title"] for key, field in meta.extra_fields.items()} == {
        key: field["label"] for key, field in FIELDS.items()
    }


@on_airflow_2
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # flask-appbuilder's own
def test_airflow_2_hides_the_secret_fields():
    from airflow.providers_manager import ProvidersManager

    widgets = ProvidersManager().connection_form_widgets
    assert {w.field_name for name, w in widgets.items() if name.startswith("extra__aam__") and w.is_sensitive} == set(
        SECRET_FIELDS
    )


@on_airflow_2
def test_airflow_2_keeps_what_its_fields_cannot_show():
    from wtforms import Form

    from airflow_provider_aam.compat.widgets import STORED
    from airflow_provider_aam.hooks.form import build_widgets

    stored = {"private_key": "-----BEGIN", "scopes": ["a", "b"], "proxies": {"https": "http://p:1"}, "timeout_s": 5}
    form = type("ConnectionForm", (Form,), build_widgets())(data=stored)
    shown = {key: re.search('value="([^"]*)"', str(form[key]())).group(1) for key in (*stored, "user_password")}
    assert shown == {
        "private_key": STORED,
        "user_password": "",
        "scopes": "a,b",
        "proxies": "{&#34;https&#34;: &#34;http://p:1&#34;}",
        "timeout_s": "5",
    }


@on_airflow_2
def test_airflow_2_names_section_and_choices_in_the_description():
    from airflow.providers_manager import ProvidersManager

    widgets = ProvidersManager().connection_form_widgets
    described = {
        key: widgets[f"extra__aam__{key}"].field.kwargs["description"] for key in ("auth", "metascopes", "environment")
    }
    assert described["auth"].startswith("oauth_server_to_server, jwt, legacy_oauth. ")
    assert described["metascopes"].startswith("Service Account (JWT): ")
    assert described["environment"].startswith("Rarely needed: production, beta. ")


@on_airflow_3
def test_loading_the_form_raises_no_deprecation_warning():
    code = (
        "import warnings; warnings.simplefilter('ignore')\n"
        "from airflow.providers_manager import ProvidersManager\n"
        "from airflow.exceptions import AirflowProviderDeprecationWarning\n"
        "warnings.simplefilter('error', AirflowProviderDeprecationWarning)\n"
        "manager = ProvidersManager()\n"
        "assert manager.hooks['aam'].hook_name == 'Adobe Audience Manager'\n"
        "assert 'extra__aam__auth' in manager.connection_form_widgets\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _providers_manager() -> Any:
    """What a task asks for the hook of a Connection."""
    if AIRFLOW_V_3_0_PLUS:
        from airflow.sdk.providers_manager_runtime import ProvidersManagerTaskRuntime

        return ProvidersManagerTaskRuntime()
    from airflow.providers_manager import ProvidersManager

    return ProvidersManager()


def _problems(extra: dict[str, Any]) -> str:
    try:
        AAMConfig.from_connection(login="id", password="secret", extra=extra)
    except AAMConfigError as error:
        # A choice of `auth` asks for other keys, which is no fault of that choice.
        return "\n".join(problem for problem in error.problems if "is missing" not in problem)
    return ""
