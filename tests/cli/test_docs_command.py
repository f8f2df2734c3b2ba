"""`airflow-aam docs`: what a pip user can read without a checkout."""

from __future__ import annotations

from pathlib import Path

DAGS = Path(__file__).parents[2] / "dags"


def test_examples_are_listed_with_their_folder(airflow_aam):
    head, *lines = airflow_aam("docs", "example").stdout.splitlines()
    folder = Path(head.removeprefix("Example DAGs and their catalog files, in ").removesuffix(":"))
    assert (folder / "catalog").is_dir()
    assert [line.split()[0] for line in lines] == sorted(path.stem for path in DAGS.glob("*.py"))
    assert all(len(line.split()) > 4 for line in lines)


def test_example_is_printed_as_it_is(airflow_aam):
    assert airflow_aam("docs", "example", "aam_drift").stdout == (DAGS / "aam_drift.py").read_text()
    assert airflow_aam("docs", "example", "traits.yaml").stdout == (DAGS / "traits.yaml").read_text()


def test_unknown_example_ends_with_2(airflow_aam):
    done = airflow_aam("docs", "example", "aam_drif")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "There is no example 'aam_drif'. Did you mean “aam_drift”?" in " ".join(done.stderr.split())
