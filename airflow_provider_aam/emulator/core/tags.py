"""The groups of the documentation page, in its order."""

from __future__ import annotations

TAGS: dict[str, str] = {
    "Segments": "Rules over traits; who qualifies is sent to destinations.",
    "Traits": "What people did or are, by rule, by inbound file or by a model.",
    "Trait folders": "The tree that traits are in.",
    "Segment folders": "The tree that segments are in.",
    "Data sources": "Where data comes from, and the inbound files of each.",
    "Destinations": "Where segments are sent.",
    "Mappings": "Which segment goes to which destination.",
    "Derived signals": "Signals that AAM adds when it sees another one.",
    "Models and algorithms": "Look-alike models and how they are computed.",
    "Taxonomy": "The categories of traits.",
    "Trait types": "What a trait's `type` names: predefined ones and the customer's own.",
    "DCS regions": "The data collection servers' regions.",
    "Partner sites": "The customer's own domains, for cookie destinations.",
    "Users": "People and technical accounts.",
    "Groups and permissions": "Role-based access: who may do what to which objects.",
    "Reports": "Populations over time, the largest and the most changed.",
    "Limits": "How many objects there are and may be.",
    "Validation and estimates": "Check a rule, or estimate a segment, without storing anything.",
    "Segment test groups": "Audience Lab: one segment split into test and control segments.",
    "Data feeds": "Audience Marketplace, as far as it can be read.",
    "IMS": "Where tokens come from: Adobe IMS, and AAM's own legacy OAuth.",
    "Control plane": "What tests ask of the emulator itself, under `/_emulator/`; described in docs/emulator.md.",
}


def openapi_tags() -> list[dict[str, str]]:
    """Return the groups as an OpenAPI document names them."""
    return [{"name": name, "description": about} for name, about in TAGS.items()]
