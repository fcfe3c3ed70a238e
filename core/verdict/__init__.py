"""Verdict: what blind votes and checked answers say, and how sure it is; pure statistics.

A library of its own: it needs numpy, scipy and pandas and nothing else of this project. Tables come in as
data frames (`votes.read_votes`) or as plain arrays with one number a prompt; results go
out as frozen dataclasses in which None means "undefined" and no number is NaN or infinite. What every number
means, its formula, source and measured coverage stand in docs/statistics.md.

Votes: `summary` (everything at once), `preference` (a pair), `signs`, `sequential` (evidence one may stop
on), `margins` (not worse, equal), `strength` and `cycles` (many arms), `agreement`, `consistency`,
`position`, `scale` (ratings from 1 to 5), `length`, `crossed` (raters like these, training seeds),
`blinding`, `allocation` (which duel next).
A judge model: `judge`, `assisted`. Answers with one right text: `accuracy`, `forgetting`, `curve` (more
examples). Before and between: `plan`, `next_votes`, `spread`. Below them: `votes`, `rows`, `repeats`,
`entry`, `table`, `plain_csv`, `davidson`, `resample`, `intervals`, `arrays`, `errors`.
"""
