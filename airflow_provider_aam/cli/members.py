"""`airflow-aam members verify`: are the files of a push still what its receipt says?"""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

from airflow_provider_aam.api.errors import AAMArgumentError, AAMDestinationError, AAMSourceError
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.cli.exits import Ending, ExitCode
from airflow_provider_aam.files.refusals import UNREADABLE, reason
from airflow_provider_aam.members.judging.verify import Checked, verify
from airflow_provider_aam.members.receipt import MembersReceipt


def verify_receipt(uri: str, *, destination_conn_id: str | None) -> Ending:
    """Read every file of the receipt. The exit code is ``FOUND`` if one of them differs or is missing."""
    receipt = _read(uri, destination_conn_id)
    checks = [*verify(receipt, lambda each: _open(each, destination_conn_id))]
    files = [each for each in checks if each.uri is not None]
    good = sum(not each.problems for each in files)
    ok = all(not each.problems for each in checks)

    def show() -> None:
        for each in checks:
            if each.uri is not None or each.problems:
                print(_line(each))
        print(f"{good:,} of {len(files):,} files match the receipt")

    return Ending(
        document={"ok": ok, "files": [_as_json(each) for each in files], "problems": _of_all(checks)},
        show=show,
        code=ExitCode.OK if ok else ExitCode.FOUND,
    )


def _read(uri: str, conn_id: str | None) -> MembersReceipt:
    try:
        with _open(uri, conn_id) as file:
            content = file.read()
    except AAMDestinationError:
        raise
    except UNREADABLE as unreadable:
        raise AAMSourceError(f"{one_line(uri)} cannot be read: {one_line(reason(unreadable))}.") from unreadable
    try:
        return MembersReceipt.from_xcom(content)
    except AAMArgumentError as refused:
        raise AAMSourceError(f"{one_line(uri)}: {refused.message}") from refused


def _open(uri: str, conn_id: str | None) -> IO[bytes]:
    """A local file needs no Airflow."""
    local = uri.removeprefix("file://")
    if "://" not in local:
        return Path(local).open("rb")
    from airflow_provider_aam.cli.airflow_context import look_into_the_database
    from airflow_provider_aam.hooks.paths import open_path

    look_into_the_database()
    path = open_path(uri, conn_id, what="file")
    file: IO[bytes] = path.fs.open(path.path, "rb")
    return file


def _line(checked: Checked) -> str:
    name = checked.uri or "all files"
    return one_line(f"differs  {name}: {'; '.join(checked.problems)}" if checked.problems else f"ok       {name}")


def _as_json(checked: Checked) -> dict[str, Any]:
    return {"uri": checked.uri, "ok": not checked.problems, "problems": [*checked.problems]}


def _of_all(checks: list[Checked]) -> list[str]:
    return [problem for each in checks if each.uri is None for problem in each.problems]
