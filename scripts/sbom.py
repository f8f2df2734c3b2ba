"""The SBOM of the package: what a user of Airflow 3.3 installs with it, extras included, as pinned. No tool of ours."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from jsonschema import Draft7Validator

PINS = Path(__file__).resolve().parents[1] / "constraints/airflow-3.3.txt"
EXTRAS = "emulator,members,parquet,pgp,xlsx"
"""Without `s3`, which Airflow's Amazon provider decides, and has a pinned set of its own."""


def write(wheel: Path, uv: str) -> Path:
    """A CycloneDX document next to the wheel."""
    name, version = wheel.name.split("-")[:2]
    name = name.replace("_", "-")
    with tempfile.TemporaryDirectory() as folder:
        python = f"{folder}/bin/python"
        install = [uv, "pip", "install", "--quiet", "--python", python]
        _run(uv, "venv", "--quiet", "--python", sys.executable, folder)
        _run(*install, "--constraint", PINS, f"{name}[{EXTRAS}] @ {wheel.as_uri()}")
        # Once more by its name: so the environment forgets the folder that it came from.
        _run(*install, "--reinstall", "--no-deps", "--no-index", "--find-links", wheel.parent, f"{name}=={version}")
        write_it = Path(sys.executable).with_name("cyclonedx-py")
        bill = json.loads(_run(write_it, "environment", "--output-reproducible", "--no-validate", python))
    (ours,) = [each for each in bill["components"] if each["name"] == name]
    bill["components"].remove(ours)
    bill["metadata"]["component"] = ours
    target = wheel.with_name(f"{name.replace('-', '_')}-{version}.cdx.json")
    target.write_text(json.dumps(bill, indent=2, sort_keys=True) + "\n")
    _validate(target)
    return target


def _validate(bill: Path) -> None:
    # Minutes of parsing, for addresses that others wrote.
    Draft7Validator.FORMAT_CHECKER.checkers.pop("iri-reference", None)
    if problem := JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill.read_text()):
        sys.exit(f"{bill.name} is not CycloneDX: {problem}")


def _run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout
