#!/usr/bin/env python3
"""Compares benchmarks of one run of a Google Benchmark program by the ratio of their medians.

Usage: bench_compare.py RUN.json A B

For every benchmark with A in its name and its fellow with B in the same place it prints how many
times as long A takes. RUN.json is what --benchmark_out writes; take it with
--benchmark_enable_random_interleaving=true and some --benchmark_repetitions, or a ratio says
little.
"""

import collections
import json
import pathlib
import statistics
import sys


class Run:
    """The benchmarks of one run by name: nanoseconds an item, and the other counters.

    Google Benchmark gives a benchmark too few iterations for the whole run if something else has
    the processor while it looks for their number; `disturbed` names those.
    """

    def __init__(self, path):
        run = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
        self.context = run["context"]
        self.failures = {}  # Name to reason.
        self.counters = {}
        times = collections.defaultdict(list)
        lengths = {}  # Of one repetition.
        for row in run["benchmarks"]:
            name = row["run_name"]
            if row.get("error_occurred"):
                self.failures[name] = row["error_message"]
            elif row.get("run_type", "iteration") == "iteration":
                times[name].append(1e9 / row["items_per_second"])
                self.counters[name] = row
                lengths[name] = row["iterations"] * row["cpu_time"]
        self.median = {name: statistics.median(values) for name, values in times.items()}
        usual = statistics.median(lengths.values()) if lengths else 0
        self.disturbed = [name for name, length in lengths.items() if length < usual / 3]

    def ratio(self, name, base):
        """How many times as long `name` takes, or None where one of them is not there."""
        if name not in self.median or base not in self.median:
            return None
        return self.median[name] / self.median[base]


def main(arguments):
    if len(arguments) != 3:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    run = Run(arguments[0])
    found = 0
    for name in run.median:
        base = name.replace(arguments[1], arguments[2])
        ratio = run.ratio(name, base) if base != name else None
        if ratio is not None:
            found += 1
            print(f"{ratio:6.2f}  {name} / {base}")
    for name in run.disturbed:
        print(f"disturbed, do not count: {name}", file=sys.stderr)
    if not found:
        print("no two benchmarks to compare", file=sys.stderr)
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
