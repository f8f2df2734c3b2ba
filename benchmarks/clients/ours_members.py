"""Our push of memberships to a local folder: what the operator does, without Airflow and the account around it."""

from pathlib import Path

import duckdb  # noqa: F401
import isal.isal_zlib  # noqa: F401
import pyarrow.compute
import pyarrow.parquet  # noqa: F401
from report import measure, options

from airflow_provider_aam.files.engine import Limits
from airflow_provider_aam.members.grammar.ids import CUSTOMER_ID
from airflow_provider_aam.members.making.partition import Rules
from airflow_provider_aam.members.making.sets import find_sets
from airflow_provider_aam.members.push import push_members
from airflow_provider_aam.members.reading.engine import open_engine
from airflow_provider_aam.members.reading.preflight import Sources
from airflow_provider_aam.members.reading.shape import Shape
from airflow_provider_aam.members.reading.source import find_files
from airflow_provider_aam.members.reading.traits import Traits
from airflow_provider_aam.members.target import Target

given = options()


def push() -> int:
    files = find_files(Path(given["source"]))
    sources = Sources(source_id=478, target_id=None, id_format=CUSTOMER_ID)
    sets = find_sets(Path(given["previous"]), given["batch"]) if given["previous"] else None
    target = Target(folder=Path(given["folder"]), batch=1_700_000_000 + given["batch"])
    with open_engine(Limits(threads=given["threads"], memory_mb=given["memory_mb"])) as engine:
        rules = Rules(shape=Shape(), traits=Traits())
        return push_members(engine, files, rules, sources, target, sets=sets).rows


measure(push)
