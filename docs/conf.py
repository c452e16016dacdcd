"""The documentation site: `make docs` writes it to site/.

The pages are plain Markdown that reads well on GitHub as it is. What Sphinx needs beyond that is made here: the
navigation from the lists of index.md, and links to files of the project that are no pages.
"""

import re
from pathlib import Path
from urllib.parse import unquote

from docutils import nodes
from sphinx.application import Sphinx

ROOT = Path(__file__).parents[1]

project = "Ground Truth toolkit"
author = "the Ground Truth toolkit's authors"
copyright = "the Ground Truth toolkit's authors, Apache License 2.0"  # noqa: A001 (Sphinx's name)
extensions = ["myst_parser"]
exclude_patterns = ["_static"]
nitpicky = True
myst_heading_anchors = 4
myst_links_external_new_tab = False
pygments_style = "default"
pygments_dark_style = "github-dark"
highlight_language = "text"

html_theme = "furo"
html_title = "Ground Truth toolkit"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#0b5a8a",
        "color-brand-content": "#0b5a8a",
        "color-brand-visited": "#5b3f8f",
    },
    "dark_css_variables": {
        "color-brand-primary": "#7cc4f0",
        "color-brand-content": "#7cc4f0",
        "color-brand-visited": "#c4aef5",
    },
}


def navigation(text: str) -> str:
    """The toctrees of index.md: one for each heading, of the pages that are linked to below it."""
    trees = []
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        caption = section.partition("\n")[0]
        pages = list(dict.fromkeys(re.findall(r"\]\(([\w-]+)\.md\)", section)))
        if pages:
            trees.append("\n".join(["```{toctree}", ":hidden:", f":caption: {caption}", "", *pages, "```"]))
    return "\n\n".join(trees)


def add_navigation(_app: Sphinx, docname: str, source: list[str]) -> None:
    """Give the site's first page the navigation that GitHub needs none of."""
    if docname == "index":
        source[0] += "\n\n" + navigation(source[0]) + "\n"


def show_paths_outside(_app: Sphinx, doctree: nodes.document) -> None:
    """A link to a file of the project that is no page names the file, which the site does not have.

    Such links work on GitHub and in a checkout. One that leads nowhere stays, and Sphinx complains of it.
    """
    folder = Path(doctree["source"]).parent
    for node in list(doctree.findall(nodes.Element)):
        target = unquote(str(node.get("reftarget", "")))
        suffix = ".md" if node.get("refdomain") == "doc" else ""
        path = (folder / f"{target}{suffix}").resolve()
        if target and path.is_relative_to(ROOT) and not path.is_relative_to(ROOT / "docs") and path.exists():
            name = path.relative_to(ROOT).as_posix()
            node.replace_self(nodes.literal(name, name))


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the above."""
    app.connect("source-read", add_navigation)
    app.connect("doctree-read", show_paths_outside, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
