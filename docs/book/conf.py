"""How Sphinx makes the site of what build.py has laid out. Nothing in a page comes from elsewhere."""

import sys
from pathlib import Path

from nnlib import __version__

sys.path.insert(0, str(Path(__file__).parent))  # for pages.py

project = "Perceptron to Transformer"
author = copyright = "the authors of Perceptron to Transformer"
release = version = __version__
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.viewcode", "sphinx.ext.githubpages", "pages"]
html_theme = "furo"
html_title = project
html_static_path = ["_static"]
html_css_files = ["book.css"]
html_copy_source = False
html_show_sphinx = False
html_math_renderer = "mathml"
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
exclude_patterns = ["extra"]

nb_execution_mode = "off"  # build.py has run them
nb_ipywidgets_js: dict = {}  # would come from elsewhere; demos are hand-outs
nb_code_prompt_show = "Show the {type} of this cell"
nb_code_prompt_hide = "Hide the {type} of this cell"
myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 4
myst_heading_slug_func = "pages.anchor"  # by name: Sphinx stores its settings
suppress_warnings = ["myst.header"]  # a lesson's first heading may follow a picture

autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "ignore-module-all": True}
default_role = "code"
add_module_names = False
