"""The push operator as a task of a DAG in a real Airflow."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from events import extras_of_events
from keep import Keep
from operator_checks import arguments_of, failure_of

from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS, Asset, BaseOperator
from airflow_provider_aam.operators.push import AAMPushCatalogOperator, AAMPushSegmentsOperator, AAMPushTraitsOperator

POST = "POST /v1/traits"
NOT_TEMPLATED = {
    "create_folders": "a switch: the text 'False' would switch it on",
    "prune": "a switch",
    "dry_run": "a switch",
    "max_deletes": "a number",
    "max_changes_ratio": "a number",
    "max_failed": "a number",
    "max_concurrency": "a number",
    "emit_when_unchanged": "a switch",
}
RETRIES = {"retries": 1, "retry_delay": timedelta(0)}
YAML = """\
traits:
- name: One
  traitType: RULE_BASED_TRAIT
  dataSource: web
  folder: /Web
  integrationCode: one
  traitRule: c_page == "1"
"""


class Rows(BaseOperator):
    """Returns rows to be pushed."""

    def __init__(self, *, rows: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows = rows

    def execute(self, context: Any) -> Any:  # noqa: ARG002
        return self.rows


@pytest.fixture(autouse=True)
def _account(emulator, monkeypatch) -> None:
    emulator.add("data_sources", {"name": "Web", "integrationCode": "web"})
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server", max_attempts=1))


@pytest.fixture
def source(tmp_path) -> Path:
    path = tmp_path / "traits.yaml"
    path.write_text(YAML)
    return path


def push(**arguments: Any) -> AAMPushTraitsOperator:
    return AAMPushTraitsOperator(task_id="push", **arguments)


def task_of(dag_run: Any, task_id: str = "push") -> Any:
    (found,) = [instance for instance in dag_run.get_task_instances() if instance.task_id == task_id]
    return found


def row(number: int, **more: Any) -> dict[str, Any]:
    common = {"traitType": "ON_BOARDED_TRAIT", "dataSource": "web", "folder": "/"}
    return {"name": f"Trait {number}", "integrationCode": f"t{number}", **common, **more}


def codes(emulator: Any) -> list[str]:
    return sorted(trait["integrationCode"] for trait in emulator.objects("traits"))


def test_task_pushes_the_file_and_returns_the_receipt(emulator, run, source, tmp_path):
    def build() -> None:
        task = push(
            source=f"file://{source}", plan_path=f"{tmp_path}/plan.json", outcome_path=f"file://{tmp_path}/ends.jsonl"
        )
        Keep(task_id="keep", value=task.output, path=str(tmp_path / "receipt.json"))

    assert run(build).state == "success"
    assert codes(emulator) == ["one"]
    receipt = json.loads((tmp_path / "receipt.json").read_text())
    assert [*receipt] == [
        *("source", "dry_run", "plan", "outcomes", "plan_uri", "plan_sha256", "outcome_uri"),
        *("started_at", "finished_at", "written"),
    ]
    assert receipt["outcomes"] == {
        "created": 2,  # the folder, too
        "updated": 0,
        "unchanged": 0,
        "deleted": 0,
        "rejected": 0,
        "unknown": 0,
    }
    assert json.loads((tmp_path / "plan.json").read_text())["counts"]["create"] == 2
    ends = [json.loads(line) for line in (tmp_path / "ends.jsonl").read_text().splitlines()]
    assert [(end["status"], end["kind"]) for end in ends] == [("created", "trait folder"), ("created", "trait")]
    assert ends[1]["place"] == f"file://{source}:2"


def test_dry_run_changes_nothing(emulator, run, source, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    arguments = {"plan_path": f"{tmp_path}/plan.json", "outcome_path": f"{tmp_path}/ends.jsonl"}
    assert run(lambda: push(source=source, dry_run=True, **arguments)).state == "success"
    assert (codes(emulator), emulator.count(POST)) == ([], 0)
    assert (tmp_path / "plan.json").is_file()
    assert not (tmp_path / "ends.jsonl").exists()


def test_rows_may_come_from_another_task(emulator, run):
    def build() -> None:
        push(source=Rows(task_id="rows", rows=[row(1), row(2)]).output)

    assert run(build).state == "success"
    assert codes(emulator) == ["t1", "t2"]


def test_arguments_are_templates(emulator, run, tmp_path):
    (tmp_path / "2026-01-02.yaml").write_text(YAML)
    emulator.add("traits", {"name": "Old", "integrationCode": "old", "folderId": 0, "traitType": "ON_BOARDED_TRAIT"})

    def build() -> None:
        push(
            source=f"{tmp_path}/{{{{ ds }}}}.yaml",
            match_on="{{ 'integrationCode' }}",
            prune=True,
            prune_scope={"dataSource": "{{ 'w' ~ 'eb' }}"},
            plan_path=f"{tmp_path}/{{{{ ds }}}}.plan.json",
            outcome_path=f"{tmp_path}/{{{{ ds }}}}.jsonl",
            aam_conn_id="{{ 'aam_default' }}",
        )

    when = "logical_date" if AIRFLOW_V_3_0_PLUS else "execution_date"
    assert run(build, **{when: datetime(2026, 1, 2, tzinfo=UTC)}).state == "success"
    assert codes(emulator) == ["one"]
    assert {path.name for path in tmp_path.iterdir()} == {"2026-01-02.yaml", "2026-01-02.plan.json", "2026-01-02.jsonl"}


def test_mapped_tasks_push_a_batch_each(emulator, run, tmp_path):
    batches = [[row(number) for number in range(start, start + 3)] for start in (0, 3, 6)]

    def build() -> None:
        task = AAMPushTraitsOperator.partial(task_id="push").expand(source=batches)
        Keep(task_id="keep", value=task.output, path=str(tmp_path / "receipts.json"))

    assert run(build).state == "success"
    assert codes(emulator) == sorted(f"t{number}" for number in range(9))
    receipts = json.loads((tmp_path / "receipts.json").read_text())
    assert [receipt["outcomes"]["created"] for receipt in receipts] == [3, 3, 3]


def test_asset_event_says_what_changed(emulator, run, source):
    asset = Asset("aam://push/traits")
    assert run(lambda: push(source=str(source), outlets=[asset])).state == "success"
    (extra,) = extras_of_events(asset.uri)
    assert {name: extra[name] for name in ("source", "created", "unchanged")} == {
        "source": str(source),
        "created": 2,
        "unchanged": 0,
    }


def test_row_of_unknown_fate_is_finished_by_airflow_s_retry(emulator, run):
    emulator.trouble(POST, "status", status=504)
    # The look-ups after a time-out take as long as a request may: one second here instead of a minute.
    dag_run = run(lambda: push(source=[row(1), row(2)], aam_conn_id="aam_quick", **RETRIES))
    assert (dag_run.state, task_of(dag_run).try_number) == ("success", 2)
    assert codes(emulator) == ["t1", "t2"]
    assert emulator.count(POST) == 3


@pytest.fixture(autouse=True)
def _quick(emulator, monkeypatch) -> None:
    quick = emulator.connection_json("oauth_server_to_server", max_attempts=1, timeout_s=1)
    monkeypatch.setenv("AIRFLOW_CONN_AAM_QUICK", quick)


def test_refused_rows_fail_the_task_at_once_after_the_others_are_written(emulator, run, tmp_path):
    emulator.trouble(POST, "status", status=400)
    dag_run = run(lambda: push(source=[row(1), row(2)], outcome_path=f"{tmp_path}/ends.jsonl", **RETRIES))
    assert (dag_run.state, task_of(dag_run).try_number) == ("failed", 1)
    assert len(codes(emulator)) == 1
    assert len((tmp_path / "ends.jsonl").read_text().splitlines()) == 2


def test_as_many_rows_as_max_failed_may_be_refused(emulator, run):
    emulator.trouble(POST, "status", status=400)
    assert run(lambda: push(source=[row(1), row(2)], max_failed=1)).state == "success"


def test_prune_deletes_within_its_scope(emulator, run):
    emulator.add("traits", {"name": "Old", "integrationCode": "old", "folderId": 0, "traitType": "ON_BOARDED_TRAIT"})
    assert run(lambda: push(source=[row(1)], prune=True, prune_scope={"folder": "/"})).state == "success"
    assert codes(emulator) == ["t1"]


BAD = {
    "unknown suffix": {"source": "{tmp}/a.xlsx"},
    "missing file": {"source": "{tmp}/none.yaml"},
    "scheme": {"source": "no_such_scheme://x/a.yaml"},
    "source connection": {"source": "file://{tmp}/a.yaml", "source_conn_id": "none_such"},
    "broken yaml": {"source": "{tmp}/broken.yaml"},
    "no list": {"source": {"name": "a"}},
    "unknown column": {"source": [row(1, Rule="x")]},
    "duplicate key": {"source": [row(1), row(1)]},
    "unknown folder": {"source": [row(1, folder="/None")], "create_folders": False},
    "unknown data source": {"source": [row(1, dataSource="wep")]},
    "broken rule": {"source": [row(1, traitRule="a = b")]},
    "long name": {"source": [row(1, name="x" * 256)]},
    "plan file": {"source": [row(1)], "plan_path": "{tmp}/file/plan.json"},
    "outcome file": {"source": [row(1)], "outcome_path": "{tmp}/file/ends.jsonl"},
    "match_on": {"source": [row(1)], "match_on": "code"},
    "scope without prune": {"source": [row(1)], "prune_scope": {"dataSource": "web"}},
    "prune without scope": {"source": [row(1)], "prune": True},
    "ratio": {"source": [row(1)], "max_changes_ratio": 2},
    "max_deletes": {"source": [row(1)], "max_deletes": -1},
    "max_failed": {"source": [row(1)], "max_failed": -1},
    "max_concurrency": {"source": [row(1)], "max_concurrency": 0},
}


@pytest.mark.parametrize("arguments", BAD.values(), ids=BAD)
def test_bad_input_fails_at_once_and_changes_nothing(emulator, run, tmp_path, arguments):
    (tmp_path / "file").touch()
    (tmp_path / "broken.yaml").write_text("- name: [a")
    before = {path.name for path in tmp_path.iterdir()}
    arguments = {n: v.replace("{tmp}", str(tmp_path)) if isinstance(v, str) else v for n, v in arguments.items()}
    dag_run = run(lambda: push(**arguments, **RETRIES))
    assert (dag_run.state, task_of(dag_run).try_number) == ("failed", 1)
    assert (codes(emulator), emulator.objects("trait_folders"), emulator.count(POST)) == ([], [], 0)
    assert {path.name for path in tmp_path.iterdir()} == before


def test_unreadable_file_does_not_hide_what_is_wrong_with_others(emulator, tmp_path):
    (tmp_path / "a.yaml").write_text("- name: A\n  ttl: x\n")
    (tmp_path / "b.yaml").symlink_to(tmp_path / "nowhere.yaml")
    said = failure_of(push(source=str(tmp_path), match_on="name"))
    assert "b.yaml: cannot be read: No such file" in said
    assert "a.yaml:2: ttl: “x” is not an integer" in said
    assert emulator.count(POST) == 0


def test_source_that_describes_nothing_is_said(emulator, run, tmp_path, caplog, capfd):
    (tmp_path / "traits.csv").write_text("name,ttl\n")
    assert run(lambda: push(source=str(tmp_path / "traits.csv"))).state == "success"
    printed = capfd.readouterr()
    assert "describes no objects" in printed.out + printed.err + caplog.text
    assert codes(emulator) == []


def test_only_a_push_that_changes_something_raises_an_event(run, tmp_path):
    asset = Asset("aam://push/news")

    def pushed(*rows: Any, **arguments: Any) -> list[tuple[bool, int]]:
        plan = f"{tmp_path}/plan.json"
        assert run(lambda: push(source=[*rows], outlets=[asset], plan_path=plan, **arguments)).state == "success"
        return [(extra["changed"], extra["created"]) for extra in extras_of_events(asset.uri)]

    assert pushed(row(1), dry_run=True) == []
    assert pushed(row(1), row(2)) == [(True, 2)]
    assert pushed(row(1), row(2)) == [(True, 2)]
    assert pushed(row(1), row(2), emit_when_unchanged=True) == [(True, 2), (False, 0)]


class Told:
    """In place of Airflow's accessor of outlet events."""

    def __init__(self) -> None:
        self.extra: dict[str, Any] = {}

    def __getitem__(self, asset: Asset) -> Told:
        return self


@pytest.mark.parametrize(("attempt", "told"), [(1, False), (2, True)])
def test_a_retry_tells_of_what_an_earlier_try_may_have_changed(attempt, told):
    def pushed(number: int) -> bool:
        task, events = push(source=[row(1)], outlets=[Asset("aam://push/retry")]), Told()
        task.execute({"ti": SimpleNamespace(try_number=number), "outlet_events": events})
        assert bool(events.extra) == bool(task.outlets)
        return bool(task.outlets)

    assert pushed(1)
    assert pushed(attempt) == told


@pytest.mark.parametrize("operator", [AAMPushTraitsOperator, AAMPushSegmentsOperator, AAMPushCatalogOperator])
def test_every_argument_is_a_template_or_deliberately_not(operator):
    assert arguments_of(operator) == {*operator.template_fields, *NOT_TEMPLATED}
    task = operator(task_id="push", source="a.yaml")
    assert all(hasattr(task, name) for name in operator.template_fields)
    assert set(operator.template_fields_renderers) <= set(operator.template_fields)


def test_arguments_that_cannot_be_are_named_in_one_error():
    bad = {"match_on": "code", "prune_scope": {"folder": "/"}, "max_deletes": -1, "max_changes_ratio": 2}
    more = {"max_failed": -1, "max_concurrency": 0}
    said = failure_of(push(source=[row(1)], **bad, **more))
    assert [name for name in (*bad, *more) if f"{name} is " not in said] == []


def test_segments_name_traits_by_code(emulator, run):
    trait = emulator.add("traits", {"name": "Cart", "integrationCode": "cart", "dataSourceId": source_id(emulator)})
    rows = [segment("left", "{cart}"), segment("left-web", "{web:cart}")]
    assert run(lambda: AAMPushSegmentsOperator(task_id="push", source=rows)).state == "success"
    rules = {each["integrationCode"]: each["segmentRule"] for each in emulator.objects("segments")}
    assert rules == {"left": f"{trait['sid']}T", "left-web": f"{trait['sid']}T"}


def test_segments_keep_the_codes_they_are_matched_on(emulator, run):
    emulator.add("traits", {"name": "Cart", "integrationCode": "cart", "dataSourceId": source_id(emulator)})
    for name in ("Left", "Renamed"):
        rows = [segment("left", "{cart}", name=name)]
        assert run(lambda rows=rows: AAMPushSegmentsOperator(task_id="push", source=rows)).state == "success"
    assert [(each["integrationCode"], each["name"]) for each in emulator.objects("segments")] == [("left", "Renamed")]


CATALOG = {
    "traits": [row(1)],
    "segments": [
        {"name": "S", "integrationCode": "s", "dataSource": "web", "folder": "/", "segmentRule": "{t1}"},
    ],
}


def catalog_as(form: str, folder: Path) -> dict[str, Any]:
    """Arguments that say CATALOG in one of the ways that a source may have."""
    folder.mkdir()
    (folder / "all.json").write_text(json.dumps(CATALOG))
    if form == "mapping":
        return {"source": CATALOG}
    if form == "file":
        return {"source": str(folder / "all.json")}
    files = {key: folder / f"{key}.json" for key in CATALOG}
    for key, path in files.items():
        path.write_text(json.dumps({key: CATALOG[key]}))
    (folder / "all.json").unlink()
    return {"source": str(folder)} if form == "folder" else {"source": [str(path) for path in files.values()]}


@pytest.mark.parametrize("form", ["mapping", "file", "folder", "files"])
def test_a_catalog_of_several_kinds_is_pushed_in_the_order_of_its_needs(emulator, run, tmp_path, form):
    arguments = catalog_as(form, tmp_path / "catalog")
    assert run(lambda: AAMPushCatalogOperator(task_id="push", **arguments)).state == "success"
    (trait,), (made,) = emulator.objects("traits"), emulator.objects("segments")
    assert made["segmentRule"] == f"{trait['sid']}T"


def test_rows_of_one_kind_need_that_kind(emulator):
    task = AAMPushCatalogOperator(task_id="push", source=[{"path": "/Web/Pricing"}])
    assert "nothing tells what they are: give kind" in failure_of(task)
    assert emulator.objects("trait_folders") == []


def test_kind_says_what_rows_are(emulator, run):
    rows = [{"path": "/Web/Pricing"}]
    assert run(lambda: AAMPushCatalogOperator(task_id="push", source=rows, kind="traitFolders")).state == "success"
    assert sorted(folder["name"] for folder in emulator.objects("trait_folders")) == ["Pricing", "Web"]


@pytest.mark.parametrize("arguments", [{"kind": "cats"}, {"source": {"cats": []}}, {"source": []}, {"source": 7}])
def test_a_catalog_that_is_none_is_refused(emulator, run, arguments):
    dag_run = run(lambda: AAMPushCatalogOperator(task_id="push", **{"source": CATALOG, **arguments}, **RETRIES))
    assert (dag_run.state, task_of(dag_run).try_number) == ("failed", 1)
    assert emulator.count(POST) == 0


def segment(code: str, rule: str, **more: Any) -> dict[str, Any]:
    common = {"name": code, "dataSource": "web", "folder": "/"}
    return {**common, "integrationCode": code, "segmentRule": rule, **more}


def source_id(emulator: Any) -> int:
    return int(emulator.objects("data_sources")[0]["dataSourceId"])


def test_prune_is_yes_or_no(emulator):
    said = failure_of(AAMPushTraitsOperator(task_id="push", source=[], prune={"trait"}))
    assert "prune is {'trait'}; it must be True or False" in said
    assert emulator.requests == []
