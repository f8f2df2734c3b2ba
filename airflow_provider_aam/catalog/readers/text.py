"""Bytes of a text file as text, or the finding that they are not."""

from __future__ import annotations

from airflow_provider_aam.catalog.findings import Finding, Place


def decode_text(content: bytes, source: str, findings: list[Finding]) -> str | None:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        problem = f"byte 0x{content[wrong.start]:02x} is not UTF-8; save the file as UTF-8"
        findings.append(Finding(place=Place(source=source, line=line), problem=problem))
        return None


def is_extra(name: str) -> bool:
    """Whether a document's top-level key is for editors and people: ``$schema``, and ``x-…`` for YAML anchors."""
    return name == "$schema" or name.startswith("x-")
