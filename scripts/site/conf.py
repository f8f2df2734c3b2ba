"""How Sphinx makes a site of docs/: `make docs`. The navigation is what docs/index.md lists."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform

from airflow_provider_aam import __version__
from airflow_provider_aam.api.documentation import chapters_of

HERE = Path(__file__).parent

project = "airflow-provider-aam"
author = "the authors of airflow-provider-aam"
project_copyright = author
version = release = __version__
html_title = f"{project} {__version__}"

extensions = ["myst_parser", "sphinx.ext.autodoc"]
root_doc = "index"
html_theme = "furo"
html_static_path = [str(HERE / "static")]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
templates_path: list[str] = []

myst_heading_anchors = 4
myst_enable_extensions = ["attrs_inline"]

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
autodoc_inherit_docstrings = False
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 80
add_module_names = False

# Annotations name types of others, and our own that no page is about; docstrings call ours by their short names.
nitpick_ignore_regex = [("py:class", r".*\..*|datetime|Asset|Context|Credentials|Seed|Service|Uri")]

_OUTSIDE = {"../benchmarks/RESULTS.md": "reference/benchmarks.md", "../CHANGELOG.md": "reference/changelog.md"}
"""Pages of the repository that are not below docs/, and what shows them on the site."""


class CodeHostAnchors(SphinxTransform):
    """Headings have the anchors that code hosts give them, which links and messages use; Sphinx's own stay."""

    default_priority = 900

    def apply(self, **_: Any) -> None:
        for section in self.document.findall(nodes.section):
            slug = section.get("slug")
            if slug and slug not in section["ids"]:
                section["ids"].append(slug)


def lead_by_titles(_: Sphinx, __: str, source: list[str]) -> None:
    """Links that are called as their file get the page's title; those to pages outside lead to what shows them."""
    source[0] = re.sub(r"\[[\w-]+\.md\](?=\([\w-]+\.md\))", "[]", source[0])
    for path, page in _OUTSIDE.items():
        source[0] = source[0].replace(f"({path})", f"({page})")


def add_navigation(_: Sphinx, docname: str, source: list[str]) -> None:
    if docname != root_doc:
        return
    trees = []
    for chapter in chapters_of(source[0]):
        pages = "\n".join(f"{title} <{file.rpartition('.')[0]}>" for title, file in chapter.pages)
        trees.append(f"```{{toctree}}\n:hidden:\n:caption: {chapter.heading}\n\n{pages}\n```\n")
    source[0] += "\n" + "\n".join(trees)


def resolve_short_name(_: Sphinx, env: BuildEnvironment, node: nodes.Element, content: nodes.Element) -> Any:
    """Docstrings call a class by its own name, wherever it is from."""
    domain = env.domains["py"]
    name = node.get("reftarget", "")
    full = [known for known in domain.objects if known.rpartition(".")[2] == name]
    if node.get("refdomain") != "py" or len(full) != 1:
        return None
    return domain.resolve_xref(env, node["refdoc"], env.app.builder, node["reftype"], full[0], node, content)


def setup(app: Sphinx) -> None:
    app.connect("missing-reference", resolve_short_name)
    app.add_transform(CodeHostAnchors)
    app.connect("source-read", lead_by_titles)
    app.connect("source-read", add_navigation)
