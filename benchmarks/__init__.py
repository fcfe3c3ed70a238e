"""What is fast is shown here: run all with `python -m benchmarks`, one with `python -m benchmarks.NAME`."""
