// A segment in full: its header field by field, and why it went where it went, as a way through the
// receiving host's own tables.

const MOST_ENTRIES = 9;
const NEAR = 6; // Moments after a look-up in which it still explains what happens.

class LookupView {
  constructor(run, place, goTo) {
    this.run = run;
    this.place = place;
    this.goTo = goTo;
    this.stops = null; // The moments that are kept to; null: all.
  }

  show(i, tables) {
    const moment = this.run.moments[i];
    if (moment.s === undefined) {
      replace(this.place, this.withoutSegment(i), this.before(i, tables));
      return;
    }
    const segment = this.run.segments[moment.s];
    const lookup = this.run.lookup(moment);
    const way = lookup ? this.way(moment, segment, lookup, tables) : this.onItsWay(i, segment);
    replace(this.place, way, lookup ? this.steps(moment, lookup) : null,
      html("h3", {}, "The segment's header"), headerOf(this.run, segment));
  }

  withoutSegment(i) {
    const moment = this.run.moments[i];
    const changes = changesText(this.run, moment);
    const isList = changes.length > 1;
    const {host, what} = momentText(this.run, i);
    const head = !isList ? momentLine(this.run, i) : moment.k === CALL ? `${host}: ${what}`
      : `${host}:`;
    const next = this.run.nextLookup(i, 1, this.stops);
    return [html("p", {}, head),
      isList ? html("ul", {}, changes.map((text) => html("li", {}, text))) : null,
      html("div", {class: "on-its-way"}, html("p", {class: "quiet"},
        "No segment moves in this event, so nothing is looked up."),
      next === i ? null : html("button", {type: "button", class: "go",
        click: () => this.goTo(next)}, `The next look-up: event ${next + 1}`))];
  }

  /** What a process does often follows from a segment; its look-up stays in view. */
  before(i, tables) {
    const last = this.run.nextLookup(i, -1, this.stops);
    const moment = this.run.moments[last];
    const isNear = last < i && i - last <= NEAR && moment.h === this.run.moments[i].h;
    if (!isNear) return null;
    const lookup = this.run.lookup(moment);
    tables.moveTo(last);
    const way = this.way(moment, this.run.segments[moment.s], lookup, tables);
    tables.moveTo(i);
    return [html("h3", {}, `The look-up before, in event ${last + 1}`), way,
      this.steps(moment, lookup)];
  }

  onItsWay(i, segment) {
    const run = this.run;
    if (i === segment.end) {
      const moment = run.moments[i];
      return html("p", {class: "verdict nobody"},
        `Dropped (${run.word(moment.r)}): ${run.word(moment.w)}.`);
    }
    if (segment.isWithoutEnd) {
      return html("p", {}, `On its way to ${run.endpoint(segment.to)}; its arrival is not among ` +
        "the events of this page.");
    }
    const text = segment.lost ? "Where it is dropped" : "Why it goes where it goes";
    return html("div", {class: "on-its-way"},
      html("p", {},
        `On its way to ${run.endpoint(segment.to)}; its look-up comes when it arrives.`),
      html("button", {type: "button", class: "go", click: () => this.goTo(segment.end)},
        `${text}: event ${segment.end + 1}`));
  }

  /** Segment, connections, listeners, process: four stations, and what was found in each. */
  way(moment, segment, lookup, tables) {
    const rows = tables.of(moment.h).filter((row) => row.before >= 0)
      .map((row) => socketOf(this.run, row.before));
    const isByTuple = ["exact-4-tuple", "time-wait"].includes(lookup.rule);
    return html("ol", {class: "stations", "aria-label": "The way of the segment through the host"},
      this.segmentStation(segment),
      this.connectionStation(lookup, rows, isByTuple, moment),
      this.listenerStation(lookup, rows, segment, isByTuple),
      this.endStation(lookup, moment));
  }

  segmentStation(segment) {
    const run = this.run;
    return station("Segment", "", [
      html("div", {class: "tuple"}, tokenIcon(kindOf(segment)), html("b", {}, flagsText(segment))),
      html("dl", {class: "pairs"},
        html("dt", {}, "to"), html("dd", {}, breakable(run.endpoint(segment.to))),
        html("dt", {}, "from"), html("dd", {}, breakable(run.endpoint(segment.from)))),
    ]);
  }

  connectionStation(lookup, rows, isByTuple, moment) {
    const connections = rows.filter((row) => this.run.port(row.peer) !== 0);
    const algorithm = this.run.actors[this.run.actorOf(moment.h)].algorithm;
    const details = lookup.steps.flatMap((step) => step.details);
    const entries = details.map(({outcome, text}) =>
      entry(["chosen", "another", "found"][outcome], text));
    if (entries.length === 0) {
      entries.push(entry("chosen", connections.length === 0 ? "the table is empty"
        : `${counted(connections.length, "connection")}, none of them it`));
    }
    return station(`Connections: table '${algorithm}'`, isByTuple ? "found" : "missed", [
      html("ul", {class: "entries"}, entries),
      html("p", {class: "cost"}, `${counted(lookup.connections, "key")} compared`)]);
  }

  listenerStation(lookup, rows, segment, isByTuple) {
    if (isByTuple || lookup.rule === "port-switch") {
      return station("Listeners", "unasked", [html("p", {class: "quiet"},
        isByTuple ? "not asked: the 4-tuple settles it" : "not asked: this host has called")]);
    }
    const listeners = rows.filter((row) => row.state === "LISTEN");
    const port = this.run.port(segment.to);
    const isIt = (row) => row.process === lookup.process && row.fd === lookup.fd &&
      this.run.port(row.local) === port;
    listeners.sort((a, b) => Number(isIt(b)) - Number(isIt(a)));
    const isAsked = (row) => this.run.port(row.local) === port;
    const kind = (row) => isIt(row) ? "found" : isAsked(row) ? "another" : "chosen";
    const entries = listeners.slice(0, MOST_ENTRIES).map((row) => entry(kind(row),
      `${this.run.endpoint(row.local)}  ${this.run.owner(row.process, row.fd)}`));
    if (listeners.length > MOST_ENTRIES) {
      entries.push(entry("chosen", `and ${listeners.length - MOST_ENTRIES} more`));
    }
    if (entries.length === 0) entries.push(entry("chosen", "nobody listens on this host"));
    return station("Listeners", lookup.process >= 0 ? "found" : "missed", [
      html("ul", {class: "entries"}, entries),
      html("p", {class: "cost"}, `${counted(lookup.listeners, "key")} compared`)]);
  }

  endStation(lookup, moment) {
    const isSomebody = lookup.process >= 0;
    const name = this.run.processName(lookup.process);
    const dropped = moment.r === undefined ? null
      : html("p", {class: "quiet"}, `But then it is dropped: ${this.run.word(moment.w)}.`);
    return station(isSomebody ? "Process" : "No process", isSomebody ? "found end" : "missed end", [
      isSomebody ? html("p", {class: name.length > 8 ? "receiver long" : "receiver"}, name) : null,
      isSomebody ? html("p", {}, this.run.owner(lookup.process, lookup.fd)
        .replace(`${name} `, "")) : null,
      isSomebody ? null : html("p", {}, lookup.verdict),
      html("p", {class: "rule"}, lookup.rule), dropped]);
  }

  /** The same in words, as `demuxsim explain` has it. */
  steps(moment, lookup) {
    return html("div", {class: "words"},
      html("h3", {}, "Step by step"),
      html("ol", {}, lookup.steps.map((step) =>
        html("li", {}, html("b", {}, step.name), html("span", {}, ` ${step.sentence}`)))),
      html("p", {class: lookup.process >= 0 ? "verdict" : "verdict nobody"}, lookup.verdict,
        html("span", {class: "rule"},
          ` [${lookup.rule}, examined ${lookup.connections}+${lookup.listeners}]`)),
      html("p", {class: "quiet"}, lookup.note));
  }
}

function station(title, kind, content) {
  return html("li", {class: `station ${kind}`}, html("h3", {}, title), content);
}

const ENTRY_MARKS = {
  chosen: ["\u00b7", ""], another: ["\u2717", "no: "], found: ["\u2713", "yes: "],
};

function entry(kind, text) {
  const [mark, spoken] = ENTRY_MARKS[kind];
  return html("li", {class: `entry ${kind}`}, html("span", {class: "mark", "aria-hidden": "true"},
    mark), html("span", {class: "spoken"}, spoken), html("span", {}, breakable(text)));
}

/** A header as RFC 9293 draws it: rows of 32 bits. */
function headerOf(run, segment) {
  const [source, destination] = [segment.from, segment.to].map((end) => run.endpoint(end));
  const address = (text) => text.slice(0, text.lastIndexOf(":"));
  const relative = (absolute, counted) => absolute === counted ? String(absolute)
    : `${counted} (${absolute})`;
  const cells = [
    ["Source address", address(source), 12], ["Destination address", address(destination), 12],
    [source.startsWith("[") ? "Hop limit" : "TTL", segment.hops, 4],
    ["IP length", segment.ipBytes, 4],
    ["Source port", run.port(segment.from), 16], ["Destination port", run.port(segment.to), 16],
    ["Sequence number", relative(segment.seq, segment.relativeSeq), 16],
    ["Acknowledgment number", hasFlag(segment, "ACK")
      ? relative(segment.ack, segment.relativeAck) : "not valid", 16],
    ["Flags", flagBoxes(segment), 16], ["Window", segment.window, 8],
    ["MSS option", segment.mss || "none", 8],
    ["Data", counted(segment.bytes, "byte"), 16],
    ["Number of the segment in this run", segment.id, 16],
  ];
  return html("dl", {class: "header"}, cells.map(([name, value, bits]) =>
    html("div", {class: `bits-${bits}`}, html("dt", {}, name),
      html("dd", {}, typeof value === "string" ? breakable(value) : value))));
}

function flagBoxes(segment) {
  const boxes = [...FLAG_BITS].reverse().map(([name]) =>
    html("span", {class: hasFlag(segment, name) ? "flag set" : "flag"}, name,
      html("span", {class: "spoken"}, hasFlag(segment, name) ? " set, " : " not set, ")));
  return html("span", {class: "flags"}, boxes);
}
