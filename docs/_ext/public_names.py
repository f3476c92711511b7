"""Public names in the reference: listed and documented by group; linked where they are written."""

from __future__ import annotations

import inspect
import re
from typing import Any, ClassVar, Final

from docutils import nodes
from docutils.parsers.rst.states import Inliner
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import withdrawal_risk as wr

PACKAGE: Final = "withdrawal_risk"


class Functions(SphinxDirective):
    """`.. functions::`, with a public name a line: their table, and then each by itself."""

    has_content: ClassVar[bool] = True

    def run(self) -> list[nodes.Node]:
        """Return the table and what stands in the docstrings."""
        names = [line.strip() for line in self.content if line.strip()]
        lines = [f".. currentmodule:: {PACKAGE}", "", ".. autosummary::", "   :nosignatures:", ""]
        lines += [f"   {name}" for name in names]
        for name in names:
            kind = "class" if inspect.isclass(getattr(wr, name)) else "function"
            lines += ["", f".. auto{kind}:: {name}"]
            if kind == "class":
                lines += ["   :members:", "   :member-order: bysource"]
        return self.parse_text_to_nodes("\n".join(lines))


def public_name(
    _role: str,
    raw: str,
    text: str,
    _line: int,
    _inliner: Inliner,
    _options: dict[str, Any] | None = None,
    _content: list[str] | None = None,
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """Return a word in single backticks as code, and as a link where it is a public name."""
    code = nodes.literal(raw, text)
    name = re.sub(r"^wr\.|\(\)$", "", text)
    if name not in wr.__all__:  # type: ignore[attr-defined]
        return [code], []
    link = addnodes.pending_xref(
        raw, refdomain="py", reftype="obj", reftarget=f"{PACKAGE}.{name}", refwarn=True
    )
    link += code
    return [link], []


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive and the role."""
    app.add_directive("functions", Functions)
    app.add_role("public_name", public_name)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
