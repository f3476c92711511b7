"""Settings of the site: `make docs` builds it into `output/site`, without a network."""

from __future__ import annotations

import sys
from importlib.metadata import version as version_of
from pathlib import Path

import matplotlib

sys.path.insert(0, str(Path(__file__).parent / "_ext"))
import example_runs

matplotlib.use("Agg")

project = "withdrawal_risk"
version = release = version_of("withdrawal-risk")
language = "en"
extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_parser",
    "sphinx_gallery.gen_gallery",
    "arabic_pages",
    "nothing_remote",
    "public_names",
]
exclude_patterns = ["_templates", "gallery/sg_execution_times.rst"]
templates_path = ["_templates"]

# Headings down to the third rank can be linked to, as on the web pages of repositories.
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]

# A word in single backticks is linked where it is a public name, and code elsewhere.
default_role = "public_name"
# Docstrings say what an argument is; annotations name places inside the package.
autodoc_typehints = "none"
autodoc_class_signature = "mixed"
numpydoc_show_class_members = False
nitpicky = True

html_theme = "furo"
html_title = f"withdrawal_risk {version}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b6374", "color-brand-content": "#0b6374"},
    "dark_css_variables": {"color-brand-primary": "#6cc5d6", "color-brand-content": "#6cc5d6"},
}

sphinx_gallery_conf = example_runs.settings(Path(__file__).parents[1])
rst_prolog = f".. |draws| replace:: {example_runs.DRAWS:,}"
suppress_warnings = [
    # Functions of this file are settings, so what was built is not taken from the last build.
    "config.cache",
]
