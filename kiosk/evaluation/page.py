"""Pieces of a report's page: plain HTML, no script, no network, light or dark.

In go words that are escaped already, but for a page's title; out comes HTML.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from string import Template
from typing import Any

_PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
:root { color-scheme: light dark; --ink: #1c1a17; --paper: #fbfaf7; --line: #cfc9bd;
  --good: #1d6b33; --bad: #a3271b; --soft: #5d574d; }
@media (prefers-color-scheme: dark) { :root { --ink: #ece7dd; --paper: #191714; --line: #47423a;
  --good: #7fcf95; --bad: #ff9c8f; --soft: #b0a899; } }
body { margin: 0 auto; padding: 1.5rem; max-width: 72rem; color: var(--ink);
  background: var(--paper); font: 1.05rem/1.5 Georgia, "Times New Roman", serif; }
h2 { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1.5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .45rem .9rem .45rem 0;
  border-bottom: 1px solid var(--line); }
td small, figcaption, .note { color: var(--soft); font-size: .9rem; }
td small { display: block; max-width: 40rem; }
.good { color: var(--good); font-weight: bold; } .bad { color: var(--bad); font-weight: bold; }
img, video { max-width: 100%; height: auto; background: #181818; }
figure { margin: 1rem 0; }
.moments { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr));
  gap: 0 1.2rem; }
.wide { overflow-x: auto; }
.figures td, .figures th { font-family: ui-monospace, monospace; font-size: .85rem;
  padding-block: .2rem; }
</style>
</head>
<body>
<h1>$title</h1>
$body
</body>
</html>
""")


def whole_page(title: str, parts: Sequence[str]) -> str:
    """A whole page of parts in HTML."""
    return _PAGE.substitute(title=escape(title), body="\n".join(parts))


def picture(path: str, alt: str, caption: str) -> str:
    """A picture that lies beside the page."""
    image = f'<img src="{path}" alt="{alt}" loading="lazy">'
    return f"<figure>{image}<figcaption>{caption}</figcaption></figure>"


def film(path: str, label: str, caption: str) -> str:
    """A film without sound that plays when asked to."""
    return (
        f'<figure><video controls muted loop playsinline preload="metadata" src="{path}"'
        f' aria-label="{label}"><a href="{path}">{label}</a></video>'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def flatten(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Figures within figures as one list, their names joined by dots."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from flatten(value, f"{above}{name}.")
        else:
            yield above + name, value


def text(value: object) -> str:
    """A figure, or a dash for none."""
    return "–" if value is None else str(value)


def row(kind: str, *cells: str) -> str:
    """One of a table; of `th` or of `td`."""
    scope = ' scope="col"' if kind == "th" else ""
    return "<tr>" + "".join(f"<{kind}{scope}>{cell}</{kind}>" for cell in cells) + "</tr>"


def table(head: str, rows: Sequence[str], *, style: str = "") -> str:
    """Its rows under their heads; as wide as it must be."""
    body = "\n".join(rows)
    opening = f'<div class="wide"><table class="{style}">' if style else '<div class="wide"><table>'
    return f"{opening}<thead>{head}</thead><tbody>\n{body}\n</tbody></table></div>"
