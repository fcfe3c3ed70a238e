"""The report as one HTML file: everything is in it, it asks for nothing, and it prints on A4."""

from collections.abc import Iterator
from html import escape

from core.report.drawings import evidence_line, raters_forest, votes_bar
from core.report.one_page import OnePage
from core.report.vote_shares import basis_words
from core.text.unbroken import unbroken

STYLE = """
@page { size: A4; margin: 16mm 15mm }
* { box-sizing: border-box }
body { font: 11pt/1.45 system-ui, "Segoe UI", "Noto Sans", sans-serif; color: #22272b; max-width: 48rem;
  margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.05rem; margin: 1.3rem 0 .4rem }
header p, footer { color: #5a5f62; margin: .1rem 0 }
.verdict { border-left: 4px solid #b98a1a; padding: .2rem 0 .2rem .9rem; margin: 1rem 0; font-size: 1.12rem }
.do { background: #f0eee8; padding: .6rem .9rem; border-radius: 6px; margin: 0 }
svg { width: 100%; height: auto; font-family: inherit }
table { border-collapse: collapse; width: 100%; font-size: .92em }
th { text-align: left; font-weight: 600; width: 8.5rem; vertical-align: top; padding: .2rem .6rem .2rem 0 }
td { padding: .2rem 0; overflow-wrap: anywhere } ul { padding-left: 1.1rem; margin: .3rem 0 }
footer { margin-top: 1.4rem; font-size: .85em; border-top: 1px solid #d8d4ca; padding-top: .5rem }
section { break-inside: avoid }
@media print { body { margin: 0; max-width: none; padding: 0; font-size: 10pt } }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def html_page(report: OnePage) -> str:
    """The report as HTML."""
    title = f"{report.project}: study {report.study_id}"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>"
        f"{unbroken(''.join(_body(report)))}</body></html>\n"
    )


def _body(report: OnePage) -> Iterator[str]:
    verdict = report.verdict
    closed = f", closed {report.closed_at:%d %B %Y}" if report.closed_at else ""
    yield f"<header><h1>{escape(report.project)}</h1><p>Blind study {report.study_id}{closed}</p></header>"
    yield f'<p class="verdict">{escape(verdict.sentence)}</p>'
    yield f'<p class="do"><strong>What to do.</strong> {escape(report.recommendation)}</p>'
    pair = verdict.pair
    if pair is not None and pair.mean is not None:
        heading = escape(f"How {basis_words(verdict.shares)} fell")
        yield f"<section><h2>{heading}</h2>{votes_bar(verdict.shares)}</section>"
        heading = escape(f"How sure, rater by rater: for {verdict.arms[1].words}")
        yield f"<section><h2>{heading}</h2>{raters_forest(verdict, pair)}</section>"
        if len(verdict.path) > 1:
            drawn = evidence_line(verdict.path)
            yield f"<section><h2>The evidence, prompt by prompt (1 is none)</h2>{drawn}</section>"
    if verdict.accuracy is not None:
        yield f"<section><h2>Word for word</h2><p>{escape(verdict.accuracy.sentence)}</p></section>"
    rows = "".join(
        f"<tr><th>{escape(one.name)}</th><td>{escape(one.value)}</td></tr>" for one in report.facts
    )
    yield f"<section><h2>What it rests on</h2><table>{rows}</table></section>"
    lines = "".join(f"<li>{escape(line)}</li>" for line in (*report.cautions, *verdict.beside))
    yield f"<section><h2>How to read it</h2><ul>{lines}</ul></section>"
    yield "<footer>Made by Touchstone from the votes as they were cast.</footer>"
