#!/usr/bin/env python3
"""Prints what bench_peers measured as Markdown: the machine, the goals, the table.

Usage: peer_table.py LIKE_WITH_LIKE.json [OWN_DEFAULTS.json]

Times are medians in nanoseconds a look-up (churn: an insertion and an erasure). tools/peers runs
all of it.
"""

import pathlib
import platform
import re
import sys

from bench_compare import Run

KEYS = ["one-server", "random"]
HITS = ["uniform", "zipf", "trains"]
LOOKUPS = HITS + ["miss"]
LIBRARIES = ["boost::unordered_flat_map", "absl::flat_hash_map", "tsl::robin_map", "rte_hash",
             "std::unordered_map"]
SINGLE, BATCH = "single", "batch64"
OURS = ("open", BATCH)

# Table and manner of each row, and what it is called.
ROWS = [
    (("open", SINGLE), "ours, `find`"),
    (("open", BATCH), "ours, `find_batch` of 64"),
    (("open", "batch256"), "ours, `find_batch` of 256"),
    (("open-keyed", SINGLE), "ours, keyed hash, `find`"),
    (("open-keyed", BATCH), "ours, keyed hash, `find_batch` of 64"),
    (("open-roomy", SINGLE), "ours at half the load, `find`"),
    (("open-roomy", BATCH), "ours at half the load, `find_batch` of 64"),
    (("boost::unordered_flat_map", SINGLE), "`boost::unordered_flat_map`"),
    (("absl::flat_hash_map", SINGLE), "`absl::flat_hash_map`"),
    (("tsl::robin_map", SINGLE), "`tsl::robin_map`"),
    (("rte_hash", SINGLE), "DPDK `rte_hash`, single"),
    (("rte_hash", BATCH), "DPDK `rte_hash`, bulk of 64"),
    (("std::unordered_map", SINGLE), "`std::unordered_map`"),
    (("bound", SINGLE), "a line read from as many bytes as ours"),
    (("bound-roomy", SINGLE), "the same, ours at half the load"),
]


def name_of(what, keys, row, size):
    return f"{what}/{keys}/{row[0]}/{row[1]}/{size}"


def sizes_of(run):
    return sorted({int(name.rsplit("/", 1)[1]) for name in run.median})


# --- The machine --------------------------------------------------------------------------------

def processor():
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    fields = dict(re.findall(r"^([^\t:]+)\t*: (.*)$", text, re.MULTILINE))
    parts = [fields.get("model name", platform.machine())]
    if "model" in fields:
        parts.append(f"family {fields.get('cpu family')} model {fields['model']}")
    return ", ".join(parts)


def machine(run):
    context = run.context
    caches = []
    for cache in context.get("caches", []):
        kilobytes = cache["size"] // 1024
        size = f"{kilobytes // 1024} MiB" if kilobytes >= 1024 else f"{kilobytes} KiB"
        caches.append(f"L{cache['level']} {cache['type'].lower()} {size}")
    versions = [f"{name} {context[key]}" for name, key in
                [("Boost", "boost"), ("Abseil", "absl"), ("tsl::robin_map", "tsl"),
                 ("DPDK", "dpdk")] if key in context]
    yield f"- Processor: {processor()}; {', '.join(caches)}"
    yield (f"- {platform.system()} {platform.release()}, {platform.libc_ver()[0]} "
           f"{platform.libc_ver()[1]}, compiler {context.get('compiler', 'unknown')}")
    yield f"- {', '.join(versions)}"
    yield f"- Measured {context['date'][:10]}, load {context.get('load_avg', ['?'])[0]}"


# --- The goals ----------------------------------------------------------------------------------

class Goals:
    """Rows of the table of goals. A ratio is the worst of those that a goal is about."""

    def __init__(self, run):
        self.run = run
        self.rows = []

    def add(self, goal, ratios, reached):
        """`ratios`: pairs of a ratio and where it was; `reached` judges one ratio."""
        missing = self.run.failures and goal.endswith("best other")
        ratios = [(ratio, where) for ratio, where in ratios if ratio is not None]
        if not ratios:
            self.rows.append((goal, "absent", "", "not measured"))
            return
        failing = [pair for pair in ratios if not reached(pair[0])]
        low_is_bad = not reached(0)
        worst = (min if low_is_bad else max)(ratios)
        compared = ", of those here" if missing else ""
        self.rows.append((goal, f"{worst[0]:.2f}", worst[1],
                          "no" if failing else "reached" + compared))

    def faster(self, goal, what, other, size, least, ours=OURS):
        """Ours is to be at least so many times as fast as another on both sets of keys."""
        ratios = [(self.run.ratio(name_of(what, keys, other, size),
                                  name_of(what, keys, ours, size)), keys) for keys in KEYS]
        self.add(goal, ratios, lambda ratio: ratio >= least)

    def best_other(self, what, keys, manners, size):
        medians = [self.run.median.get(name_of(what, keys, (library, manner), size))
                   for library in LIBRARIES for manner in manners]
        return min((median for median in medians if median is not None), default=None)

    def among_the_best(self, goal, ours, size):
        """Within 5 % of the best other; a batch is set beside their batches too."""
        manners = [SINGLE] if ours[1] == SINGLE else [SINGLE, BATCH]
        ratios = []
        for what in LOOKUPS:
            for keys in KEYS:
                mine = self.run.median.get(name_of(what, keys, ours, size))
                best = self.best_other(what, keys, manners, size)
                ratios.append((mine / best if mine and best else None, f"{what}, {keys}"))
        self.add(goal, ratios, lambda ratio: ratio <= 1.05)


def goals(run):
    table = Goals(run)
    sizes = sizes_of(run)
    if 10**7 in sizes:
        for other, least in [(("rte_hash", BATCH), 2.5),
                             (("boost::unordered_flat_map", SINGLE), 2.3),
                             (("std::unordered_map", SINGLE), 6)]:
            table.faster(f"1e7, `find_batch` hits: at least {least} times {dict(ROWS)[other]}",
                         "uniform", other, 10**7, least)
        table.faster("1e7, `find_batch` hits: at least 0.4 of the bound", "uniform",
                     ("bound", SINGLE), 10**7, 0.4)
        table.faster("1e7, half the load: at least 0.6 of the bound", "uniform",
                     ("bound-roomy", SINGLE), 10**7, 0.6, ("open-roomy", BATCH))
        table.faster("1e7, `find_batch` misses: at least 1.2 times boost", "miss",
                     ("boost::unordered_flat_map", SINGLE), 10**7, 1.2)
        for row, most in [("open", 28), ("open-roomy", 56)]:
            used = run.counters.get(name_of("uniform", KEYS[0], (row, BATCH), 10**7))
            table.add(f"1e7: at most {most} bytes an entry",
                      [(used and used["bytes/entry"], dict(ROWS)[row, SINGLE].split(",")[0])],
                      lambda ratio, most=most: ratio <= most)
    for size in sizes:
        if size < 10**7:
            for manner in (SINGLE, BATCH):
                table.among_the_best(f"{size:.0e}, {manner}: at most 1.05 times the best other"
                                     .replace("e+0", "e"), ("open", manner), size)
    table.add("churn: no slower than boost",
              [(run.ratio(name_of("churn", KEYS[0], ("open", SINGLE), size),
                          name_of("churn", KEYS[0], (LIBRARIES[0], SINGLE), size)), f"{size:,}")
               for size in sizes], lambda ratio: ratio <= 1)
    if 10**7 in sizes:
        for manner in (SINGLE, BATCH):
            table.add(f"1e7, {manner}: keyed at most 1.6 times unkeyed",
                      [(run.ratio(name_of(what, keys, ("open-keyed", manner), 10**7),
                                  name_of(what, keys, ("open", manner), 10**7)),
                        f"{what}, {keys}") for what in LOOKUPS for keys in KEYS],
                      lambda ratio: ratio <= 1.6)
    yield "| goal | measured | where worst | |"
    yield "|---|---:|---|---|"
    for row in table.rows:
        yield f"| {' | '.join(row)} |"


# --- The table ----------------------------------------------------------------------------------

def cell(run, what, keys, row, size):
    name = name_of(what, keys, row, size)
    if name not in run.median:
        return "absent" if f"absent/{row[0]}" in run.failures or name in run.failures else ""
    base = ("open", SINGLE) if what == "churn" else OURS
    ratio = run.ratio(name, name_of(what, keys, base, size))
    return f"{run.median[name]:.1f}" + (f" ({ratio:.2f})" if ratio is not None else "")


def table(run, size):
    columns = [(what, keys) for keys in KEYS for what in LOOKUPS] + [("churn", KEYS[0])]
    yield f"| {size:,} connections | bytes/entry | " + " | ".join(
        what if what == "churn" else f"{what}, {keys}" for what, keys in columns) + " |"
    yield "|---|---:|" + "---:|" * len(columns)
    for row, title in ROWS:
        cells = [cell(run, what, keys, row, size) for what, keys in columns]
        if any(cells):
            used = run.counters.get(name_of("uniform", KEYS[0], row, size))
            memory = f"{used['bytes/entry']:.1f}" if used else ""
            yield f"| {title} | {memory} | {' | '.join(cells)} |"


def report(like_with_like, own_defaults):
    yield from machine(like_with_like)
    for reason in sorted({f"- Absent: {name.split('/')[1 if name.startswith('absent/') else 2]}: "
                          f"{why}" for name, why in like_with_like.failures.items()}):
        yield reason
    for run in filter(None, [like_with_like, own_defaults]):
        for name in run.disturbed:
            yield f"- Disturbed, run it again ({run.context.get('comparison')}): {name}"
    yield ""
    yield from goals(like_with_like)
    for title, run in [("One hash and one page policy for all", like_with_like),
                       ("Each with its own defaults", own_defaults)]:
        if run is not None:
            yield f"\n**{title}**: ns, and in brackets times ours (`find_batch` of 64)"
            for size in sizes_of(run):
                yield ""
                yield from table(run, size)


def main(arguments):
    if len(arguments) not in (1, 2):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    runs = [Run(path) for path in arguments]
    print("\n".join(report(runs[0], runs[1] if len(runs) > 1 else None)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
