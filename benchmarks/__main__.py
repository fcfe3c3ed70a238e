"""Run every benchmark and print its figures."""

from benchmarks import checks, demo, library, rerun, start, statistics, store

for benchmark in (store, library, checks, statistics, demo, start, rerun):
    benchmark.main()
