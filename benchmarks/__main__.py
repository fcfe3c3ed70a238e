"""Run every benchmark and print its figures."""

from benchmarks import checks, demo, intake, library, rerun, start, statistics, store

for benchmark in (store, library, intake, checks, statistics, demo, start, rerun):
    benchmark.main()
