"""`airflow-aam export`: the account as catalog files."""

from __future__ import annotations

from pathlib import Path

from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.catalog import ExportReceipt, export_catalog
from airflow_provider_aam.cli.client import aam_client
from airflow_provider_aam.cli.exits import Ending
from airflow_provider_aam.cli.kinds import count_of, keys_of


def export_account(directory: Path, *, conn_id: str, kinds: str | None) -> Ending:
    """Write the account's files to ``directory``. ``kinds`` are separated by commas; ``None``: all.

    Raises ``AAMArgumentError`` for an unknown kind, ``AAMDestinationError`` when the files cannot be written there.
    """
    chosen = None if kinds is None else keys_of([name.strip() for name in kinds.split(",")], option="--kinds")
    with aam_client(conn_id) as client:
        receipt = export_catalog(client, directory, kinds=chosen)
    return Ending(document=receipt.as_xcom(), show=lambda: _show(directory, receipt))


def _show(directory: Path, receipt: ExportReceipt) -> None:
    width = max(len(name) for name in receipt.files)
    for name, (key, count) in zip(receipt.files, receipt.objects.items(), strict=True):
        left_out = receipt.left_out[key]
        note = f"; {left_out:,} left out, the file's comments say why" if left_out else ""
        print(f"{name:{width}}  {count_of(key, count)}{note}")
    print(f"Written to {one_line(str(directory))}, sha256 {receipt.sha256}")
