"""Why AAM did not store a record: the categories of its Onboarding Status Report, in words, with what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Category:
    """``label`` as the AAM UI shows it."""

    label: str
    meaning: str
    remedy: str


EXPLANATIONS = {
    "format_errors": Category(
        "Format Errors",
        "The line is not of the form that AAM reads: an id, one tab, items with commas between them.",
        "Check that no other program changed the files (airflow-aam members verify) or writes to the same folder.",
    ),
    "invalid_aam_id": Category(
        "Invalid AAM ID",
        "AAM expected one of its own ids, 38 digits, and found something else.",
        "Check the Inbound setting of the data source in the AAM UI: it says whose ids these are.",
    ),
    "invalid_device_id": Category(
        "Invalid Device ID",
        "The device id has not the form that its global data source needs.",
        "Send device ids unhashed, in the letter case of their kind (GAID lower, IDFA upper).",
    ),
    "no_matching_aam_id": Category(
        "No Matching AAM ID",
        "AAM knows no device of this user: the id was never synchronized.",
        "Synchronize the ids first, on your pages or by an ID sync file. Expect some for users who were never online; "
        "AAM keeps the records of unmatched mobile ids.",
    ),
    "no_trait_realized": Category(
        "No Trait Realized",
        "Nothing in the line belongs to a trait.",
        "Check that the traits are onboarded traits of the data source that owns them, and existed before the upload.",
    ),
}
"""By the names of :data:`airflow_provider_aam.api.inbound.CATEGORIES`."""
