"""The JSON Schema against the scenarios: whole ones pass, broken ones do not.

Editors check with the schema alone, so it has to be as strict as the loader about keys, words and
units. What needs the whole file (names, addresses used twice) is the loader's alone.
"""

import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
SCHEMA = ROOT / "scenarios" / "scenario.schema.json"
BROKEN = ROOT / "tests" / "golden" / "diagnostics"
CORPUS = ROOT / "tests" / "fuzz" / "corpus" / "load_scenario"

# Broken scenarios in which a single value, key or word is to blame: the schema must see each.
SEEN_BY_SCHEMA = """
    bad_expectations bad_ports bad_steps bad_units bad_when bad_words byte_order_mark crlf
    empty_values huge_key list_at_top missing_keys negative_numbers prose unknown_keys
    wrong_types wrong_version yaml_traps
""".split()


def require_modules():
    """Skips loudly where the modules are missing, but not in CI."""
    try:
        import jsonschema  # noqa: F401
        import yaml  # noqa: F401
    except ImportError as error:
        import os

        print(f"SKIPPED: {error}; install python3-jsonschema and python3-yaml")
        sys.exit(1 if os.environ.get("CI") == "true" else 0)


def load_as_text(text):
    """YAML in which only whole numbers, true, false and nothing are more than texts."""
    import re

    import yaml

    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers = {}

    for tag, pattern, first in (
        ("bool", r"^(true|false)$", "tf"),
        ("int", r"^(0|-?[1-9][0-9]*)$", "-0123456789"),
        ("null", r"^(~|null|)$", ["~", "n", ""]),
    ):
        Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))
    return yaml.load(text, Loader)


def whole_scenarios():
    yield from sorted((ROOT / "scenarios").glob("*.yaml"))
    yield CORPUS / "every_key.yaml"
    yield CORPUS / "plain.json"


def changed(scenario, path, value):
    """A copy with the value at the path replaced, added, or taken out where it is None."""
    copy = json.loads(json.dumps(scenario))
    place = copy
    for key in path[:-1]:
        place = place[key]
    if value is None:
        del place[path[-1]]
    elif isinstance(place, list) and path[-1] == len(place):
        place.append(value)
    else:
        place[path[-1]] = value
    return copy


# One mistake each in an otherwise whole scenario.
MISTAKES = [
    (["scenario"], 2),
    (["hosts"], None),
    (["hosts"], {}),
    (["hosts", "web", "ip"], None),
    (["hosts", "web", "ip"], "web"),
    (["hosts", "web", "adress"], "10.0.0.1"),
    (["hosts", "web.1"], {"ip": "10.0.0.1"}),
    (["hosts", "web", "demux"], "lineer"),
    (["hosts", "web", "profile"], "Linux"),
    (["hosts", "web", "processes", "nginx", "listen"], 70000),
    (["hosts", "web", "processes", "nginx", "listen"], {"setup": "announce"}),
    (["hosts", "web", "processes", "nginx", "listen"], {"port": 80, "reply": "1KB"}),
    (["hosts", "web", "processes", "nginx", "connect"], {"times": 3}),
    (["hosts", "web", "processes", "nginx", "connect"], {"to": "web:80", "arrivals": 1000}),
    (["hosts", "web", "processes", "nginx", "connect"],
     {"to": "web:80", "arrivals": "5/s", "every": "1s"}),
    (["tcp", "msl"], 30),
    (["tcp", "msl"], "30 s"),
    (["tcp", "msl"], "030s"),
    (["tcp", "msl"], "-30s"),
    (["tcp", "iss"], "random"),
    (["network", "rate"], "100mbit"),
    (["network", "loss"], "5"),
    (["network", "loss"], 5),
    (["network", "queue"], "20 packets"),
    (["network", "links"], [{"between": ["web"]}]),
    (["network", "nodes"], {"sw": {"kind": "hub"}}),
    (["timeline", 0, "at"], None),
    (["timeline", 0, "at"], 10),
    (["timeline", 0, "conect"], "web:80"),
    (["timeline", 0, "connect"], "web"),
    (["timeline", 0, "close"], True),
    (["timeline", 0, "socket"], "a1"),
    (["timeline", 0, "expect"], "ECONREFUSED"),
    (["timeline", 0, "proto"], "udp"),
    (["timeline", 3, "shutdown"], "read"),
    (["timeline", 4, "close"], False),
    (["timeline", 4], {"at": "1s", "down": True}),
    (["timeline", 4], {"at": "1s", "link": ["web"], "up": True}),
    (["timeline", 4], {"at": "1s", "partition": ["web"]}),
    (["timeline", 4], {"at": "1s", "heal": False}),
    (["timeline", 4], {"at": "1s", "by": "web", "inject": {"icmp": "time-exceeded", "from": "web"}}),
    (["network", "corrupt"], "often"),
    (["expect", 0, "state"], "established"),
    (["expect", 1, "equals"], None),
    (["expect", 1, "equals"], "3%"),
    (["expect", 3, "rule"], "exact"),
    (["expect", 5], {"socket": "a1"}),
    (["expect", 5], {"segment": {"from": "a1"}}),
]


def main():
    require_modules()
    import jsonschema

    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    failures = []

    for path in whole_scenarios():
        text = path.read_text(encoding="utf-8")
        scenario = json.loads(text) if path.suffix == ".json" else load_as_text(text)
        for error in validator.iter_errors(scenario):
            failures.append(f"{path.name}: {list(error.path)}: {error.message[:200]}")
        if path.parent.name == "scenarios":
            first = text.split("\n", 1)[0]
            if first != "# yaml-language-server: $schema=scenario.schema.json":
                failures.append(f"{path.name}: its first line does not name the schema")

    base = load_as_text((ROOT / "scenarios" / "web-server.yaml").read_text(encoding="utf-8"))
    base["network"]["nodes"] = {}
    if not validator.is_valid(base):
        failures.append("the scenario that the mistakes are made in is not valid itself")
    for path, value in MISTAKES:
        if validator.is_valid(changed(base, path, value)):
            failures.append(f"passes with {path} = {value!r}")

    for name in SEEN_BY_SCHEMA:
        text = (BROKEN / f"{name}.yaml").read_text(encoding="utf-8-sig")
        if validator.is_valid(load_as_text(text)):
            failures.append(f"passes: {name}.yaml")

    print("\n".join(failures) or f"{len(MISTAKES) + len(SEEN_BY_SCHEMA)} mistakes seen")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
