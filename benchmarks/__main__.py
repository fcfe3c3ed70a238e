"""Run every benchmark and print its figures."""

from benchmarks import demo, library, rerun, start, statistics, store

for benchmark in (store, library, statistics, demo, start, rerun):
    benchmark.main()
