#!/usr/bin/env python3
"""The same socket calls in the simulator and in the kernel of this machine: equal answers.

Takes the program, and perhaps a number of random cases. Needs root, for network namespaces; where
it cannot have them it is skipped, but not where CI=true.
"""

import collections
import os
import platform
import re
import sys

import bind_matrix
import exceptions
import exhaustion
import kernel
import random_cases
import simulator
import single_cases
from case import number
from network_namespaces import Network, skip_without_namespaces

RANDOM_CASES = 1000
BATCH = 5000  # As many as have ports, and room in one scenario file.
MOST_SHOWN = 10


def release():
    """The kernel's, as far as decisions of it are known to have changed."""
    return tuple(map(int, re.match(r"(\d+)\.(\d+)", platform.release()).groups()))


def all_cases(random_count):
    cases = [*bind_matrix.cases(), *single_cases.cases(), *exhaustion.cases(),
             *random_cases.cases(random_count)]
    return [case for case in cases if not case.since or release() >= case.since]


def run(program, cases):
    """Each case with the simulator's answers and the kernel's."""
    for first in range(0, len(cases), BATCH):
        batch = number(cases[first:first + BATCH])
        simulated = simulator.run_cases(program, batch)
        with Network() as network:
            yield from zip(batch, simulated, kernel.run_cases(network, batch))


def first_difference(case, ours, theirs):
    for place, step in enumerate(case.steps):
        if ours[place] != theirs[place]:
            before = list(zip(case.steps[:place], theirs))
            return exceptions.Difference(case, step, ours[place], theirs[place], before)
    return None


def show(case, ours, theirs):
    print(f"\n{case.name}\n    {'':42} {'demuxsim':14} Linux")
    for step, our, their in zip(case.steps, ours, theirs):
        print(f"    {str(step):42} {our:14} {their}{'' if our == their else '   <--'}")


def main(program, random_count):
    skip_without_namespaces()
    cases = all_cases(random_count)
    excepted = collections.Counter()
    failed = 0
    for case, ours, theirs in run(program, cases):
        difference = first_difference(case, ours, theirs)
        exception = difference and exceptions.find(difference, release())
        if exception:
            excepted[exception.reason] += 1
        elif difference:
            failed += 1
            if failed <= MOST_SHOWN:
                show(case, ours, theirs)

    answers = sum(len(case.steps) for case in cases)
    count = sum(excepted.values())
    print(f"cases run {len(cases)}, agreed {len(cases) - count - failed}, excepted {count}"
          f" (Linux {platform.release()}, {answers} steps)")
    for reason, times in excepted.items():
        print(f"excepted {times}: {reason}")
    stale = [each for each in exceptions.of_release(release())
             if each.needed and not excepted[each.reason]]
    for each in stale:
        print(f"an exception is not needed any more: {each.reason}")
    if failed:
        print(f"{failed} cases differ")
    return 1 if failed or stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "demuxsim",
                  int(sys.argv[2]) if len(sys.argv) > 2 else RANDOM_CASES))
