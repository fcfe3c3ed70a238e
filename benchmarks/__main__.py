"""Run every benchmark and print its figures."""

from benchmarks import demo, rerun, start, statistics, store

for benchmark in (store, statistics, demo, start, rerun):
    benchmark.main()
