#!/usr/bin/env python3
"""Takes out the code that cites a requirement of RFC 9293, one line at a time: a test must fail.

Usage: rfc9293_mutants.py write FOLDER    copies of the sources, each cited line behind a switch
       rfc9293_mutants.py run PROGRAM     the tests built from those copies, once for each switch

A copy is compiled once. DEMUXSIM_TAKEN_OUT=N then takes out the N-th citation: a condition is false, a
statement is not executed, a value is that of its type without arguments, a function returns it. Only
the tests tagged with a number that the line cites are run; one that crashes or does not end has failed.
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

import rfc9293

MOST_SECONDS = 20
SWITCH = "demuxsim_taken_out.hpp"
SWITCH_TEXT = """#pragma once
#include <cstdlib>
#include <type_traits>
inline int demuxsim_switch() {
  static const int number = [] {
    const char* const text = std::getenv("DEMUXSIM_TAKEN_OUT");
    return text == nullptr ? 0 : std::atoi(text);
  }();
  return number;
}
constexpr bool demuxsim_taken_out(int number) {
  return !std::is_constant_evaluated() && demuxsim_switch() == number;
}
template <class Value>
constexpr Value demuxsim_unless_taken_out(int number, Value value) {
  return demuxsim_taken_out(number) ? Value{} : value;
}
"""
DECLARED = r"(?:(?:static|inline|const|constexpr) )*(?P<type>[\w:]+(?:<.*>)?) (?P<name>\w+)"


def closing(text, start):
    """Where the parenthesis that opens at `start` is closed."""
    depth = 0
    for i in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        if depth == 0:
            return i
    raise ValueError(text)


def guarded_value(kind, value, number):
    if kind == "auto":
        return f"demuxsim_unless_taken_out({number}, {value})"
    return f"demuxsim_taken_out({number}) ? {kind}{{}} : ({value})"


def guarded_condition(text, start, number):
    """The condition in the parenthesis at `start`, false when it is taken out."""
    end = closing(text, start)
    first, separator, condition = text[start + 1 : end].rpartition(";")
    declared = re.match(rf"(\s*{DECLARED} = )(?P<value>.*)$", condition, re.DOTALL)
    if declared:
        value = guarded_value(declared["type"], declared["value"], number)
        condition = f"{declared[1]}{value}"
    else:
        condition = f"!demuxsim_taken_out({number}) && ({condition.strip()})"
    return f"{text[: start + 1]}{first}{separator}{condition}{text[end:]}"


def guarded(text, number):
    """The statement or function head `text`, behind switch `number`."""
    out = f"demuxsim_taken_out({number})"
    code = text.strip()
    leave = f"if ({out}) return{'' if re.match('(static |inline )*void ', code) else ' {}'};"
    control = re.match(r"\s*(?:\} )?(?:else )?(?:if|while) (?=\()", text)
    if control:
        return guarded_condition(text, control.end(), number)
    if code == "} else {":
        return f"}} else if (!{out}) {{"
    if code.startswith("case "):
        return f"{text} if ({out}) break;"
    if code == "return;":
        return f"if (!{out}) return;"
    if code.startswith("return "):
        return f"{{ if ({out}) return {{}}; {text} }}"
    one_line = re.match(r"(.*\).*?\{)( return .*; \})$", text, re.DOTALL)
    if one_line:
        return f"{one_line[1]} {leave}{one_line[2]}"
    if code.endswith("{") and "(" in code and not re.match("for|switch|do|struct", code):
        return f"{text} {leave}"
    value = re.match(rf"(\s*{DECLARED} =\s)(?P<value>.*);$", text, re.DOTALL)
    if value:
        return f"{value[1]}{guarded_value(value['type'], value['value'], number)};"
    if code.endswith(";"):
        return f"if (!{out}) {{ {text} }}"
    raise SystemExit(f"rfc9293_mutants.py: this cannot be taken out: {text}")


def first_line(lines, last):
    """Where the statement begins that ends on line `last`."""
    first = last
    while first > 0 and not re.search(r"^\s*(//.*|#.*)?$|[;{}:]\s*(//.*)?$", lines[first - 1]):
        first -= 1
    return first


def mutated(lines, cited):
    """The lines with all their switches; `cited` has pairs of a line and its number."""
    lines = list(lines)
    for line, number in cited:
        last = line - 1
        lines[last] = rfc9293.CITATION.match(lines[last])["code"]
        first = first_line(lines, last)
        text = guarded("\n".join(lines[first : last + 1]), number)
        lines[first : last + 1] = text.split("\n")
    return lines


def write_if_new(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def write(folder):
    switches = {}
    for number, citation in enumerate(rfc9293.citations(), 1):
        switches.setdefault(citation.path, []).append((citation.line, number))
    for old in list(folder.glob("include/**/*.hpp")):
        if old.relative_to(folder) not in switches:
            old.unlink()
    for source in [*rfc9293.ROOT.glob("sim/**/*.[ch]pp"), *map(rfc9293.ROOT.joinpath, switches)]:
        path = source.relative_to(rfc9293.ROOT)
        lines = source.read_text(encoding="utf-8").splitlines()
        write_if_new(folder / path, "\n".join(mutated(lines, switches.get(path, []))) + "\n")
    write_if_new(folder / SWITCH, SWITCH_TEXT)


def fails(program, taken_out, tag):
    environment = {**os.environ, "DEMUXSIM_TAKEN_OUT": str(taken_out)}
    command = [program, f"[{tag}]", "--abort"]
    try:
        run = subprocess.run(
            command, env=environment, capture_output=True, timeout=MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return True
    return run.returncode != 0


def run(program):
    mutants = [
        (number, citation, tag)
        for number, citation in enumerate(rfc9293.citations(), 1)
        for tag in citation.numbers
    ]
    tags = sorted({tag for _, _, tag in mutants})
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        broken = list(pool.map(lambda tag: fails(program, 0, tag), tags))
        killed = list(pool.map(lambda mutant: fails(program, mutant[0], mutant[2]), mutants))
    for tag in (tag for tag, is_broken in zip(tags, broken) if is_broken):
        print(f"rfc9293_mutants.py: the tests of {tag} fail with all code in place")
    for _, citation, tag in (mutant for mutant, is_dead in zip(mutants, killed) if not is_dead):
        print(f"{citation.path}:{citation.line}: no test of {tag} fails without this line")
    print(f"{sum(killed)} of {len(mutants)} citations are missed by a test when they are taken out")
    return 0 if all(killed) and mutants and not any(broken) else 1


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("write", "run"):
        raise SystemExit(__doc__)
    if sys.argv[1] == "run":
        return run(sys.argv[2])
    return write(pathlib.Path(sys.argv[2]))


if __name__ == "__main__":
    sys.exit(main())
