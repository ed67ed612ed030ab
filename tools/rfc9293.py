"""What tools/rfc9293_table.py and tools/rfc9293_mutants.py read: the requirements of RFC 9293, where
the code cites them and which tests prove them.

The code cites a requirement in a comment that ends a line and holds nothing else:

    if (in.seq != rcv_nxt_) {  // MUST-11, SHLD-2

A test proves it by its tag: TEST_CASE("...", "[MUST-11][SHLD-2]").
"""

import collections
import csv
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
NUMBER = r"(?:MUST|SHLD|MAY|REC)-\d+"
CITATION = re.compile(rf"^(?P<code>.*\S)\s+// (?P<numbers>{NUMBER}(?:, {NUMBER})*)$")
LITERALS = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
TEST_CASE = re.compile(rf"^TEST_CASE\(\s*{LITERALS},\s*{LITERALS}\)", re.MULTILINE)

Requirement = collections.namedtuple("Requirement", "number level section words scope")
Citation = collections.namedtuple("Citation", "path line numbers")  # The line counts from 1.
Test = collections.namedtuple("Test", "path name numbers")


def requirements(root=ROOT):
    with open(root / "tools" / "rfc9293_requirements.tsv", encoding="utf-8") as rows:
        table = csv.reader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(table)
        return [Requirement(*row) for row in table]


def _files(root, folders, pattern):
    for folder in folders:
        yield from sorted((root / folder).rglob(pattern))


def citations(root=ROOT):
    """All citations in their order; the place in this list names the mutant, from 1."""
    found = []
    for path in _files(root, ("include", "sim"), "*.[ch]pp"):
        for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = CITATION.match(text)
            if match:
                numbers = match["numbers"].split(", ")
                found.append(Citation(path.relative_to(root), line, numbers))
    return found


def tests(root=ROOT):
    found = []
    for path in _files(root, ("tests",), "*_test.cpp"):
        for name, tags in TEST_CASE.findall(path.read_text(encoding="utf-8")):
            numbers = re.findall(rf"\[({NUMBER})\]", tags)
            if numbers:
                name = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', name))
                found.append(Test(path.relative_to(root), name, numbers))
    return found
