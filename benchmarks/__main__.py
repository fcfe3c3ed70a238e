"""Run every benchmark and print its figures."""

from benchmarks import (
    checks,
    demo,
    engine_batch_elsewhere,
    engine_batches,
    engine_quality,
    engine_speed,
    intake,
    library,
    rerun,
    start,
    statistics,
    store,
)

for benchmark in (store, library, intake, checks, statistics, demo, start, rerun):
    benchmark.main()
for of_the_engine in (engine_speed, engine_batches, engine_batch_elsewhere, engine_quality):
    of_the_engine.main()
