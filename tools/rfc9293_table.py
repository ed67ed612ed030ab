#!/usr/bin/env python3
"""Prints each requirement of RFC 9293 with the code that obeys it and the tests that prove it.

Usage: rfc9293_table.py [--format text|markdown] [ROOT]

The requirements stand in tools/rfc9293_requirements.tsv; tools/rfc9293.py tells how code and tests
name them. The exit status is 1, and the holes are listed, where a requirement in scope has no code or
no test, where one out of scope has code, and where a number stands that is none.
"""

import argparse
import collections
import pathlib
import sys

import rfc9293


def by_number(things):
    found = collections.defaultdict(list)
    for thing in things:
        for number in thing.numbers:
            found[number].append(thing)
    return found


def holes(requirements, code, tests):
    known = {requirement.number for requirement in requirements}
    for kind, found in (("code", code), ("tests", tests)):
        for number in sorted(found.keys() - known):
            yield f"{number}: no such requirement ({kind}: {found[number][0].path})"
    for requirement in requirements:
        number = requirement.number
        if requirement.scope == "in":
            if not code[number]:
                yield f"{number}: no code cites it ({requirement.words})"
            if not tests[number]:
                yield f"{number}: no test has it for a tag ({requirement.words})"
        elif not requirement.scope.startswith("out: "):
            yield f"{number}: neither in scope nor out of it for a reason"
        elif code[number]:
            yield f"{number}: out of scope, yet {code[number][0].path} cites it"


def rows(requirements, code, tests):
    for each in requirements:
        places = [f"{place.path}:{place.line}" for place in code[each.number]]
        proofs = [f"{test.path}: {test.name}" for test in tests[each.number]]
        yield each, places, proofs


def print_text(table):
    for each, places, proofs in table:
        print(f"{each.number}  {each.level}, section {each.section}: {each.words}")
        if each.scope != "in":
            print(f"    {each.scope}")
        for place in places:
            print(f"    code  {place}")
        for proof in proofs:
            print(f"    test  {proof}")


def print_markdown(table):
    print("| requirement | section | in short | code | test |")
    print("|---|---|---|---|---|")
    for each, places, proofs in table:
        code = "<br>".join(places) if each.scope == "in" else each.scope
        proof = "<br>".join(proofs).replace("|", "\\|")
        print(f"| {each.number} | {each.section} | {each.level}: {each.words} | {code} | {proof} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--format", choices=("text", "markdown"), default="text")
    parser.add_argument("root", nargs="?", type=pathlib.Path, default=rfc9293.ROOT)
    options = parser.parse_args()
    requirements = rfc9293.requirements(options.root)
    code = by_number(rfc9293.citations(options.root))
    tests = by_number(rfc9293.tests(options.root))
    table = rows(requirements, code, tests)
    print_markdown(table) if options.format == "markdown" else print_text(table)
    in_scope = sum(each.scope == "in" for each in requirements)
    print(f"\n{len(requirements)} requirements, {in_scope} of them in scope")
    found = list(holes(requirements, code, tests))
    for hole in found:
        print(f"rfc9293_table.py: {hole}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
