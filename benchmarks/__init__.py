"""Speed, each figure beside its ceiling of the same run: `make bench`, or `python -m benchmarks NAME`."""
