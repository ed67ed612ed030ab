// What kinds of segments and ports look like, and what happened in a moment in one sentence.

const FLAG_BITS = [["FIN", 1], ["SYN", 2], ["RST", 4], ["PSH", 8], ["ACK", 16], ["URG", 32]];

/** In the order in which people say them: "SYN,ACK". */
const SPOKEN_FLAGS = ["SYN", "FIN", "RST", "PSH", "URG", "ACK"];

const KINDS = {
  syn: {name: "SYN", shape: "triangle"},
  data: {name: "data", shape: "square"},
  ack: {name: "ACK", shape: "circle"},
  fin: {name: "FIN", shape: "diamond"},
  rst: {name: "RST", shape: "cross"},
};

function hasFlag(segment, name) {
  return FLAG_BITS.some(([flag, bit]) => flag === name && (segment.flags & bit) !== 0);
}

/** An ICMP error looks like a reset: both tell that it does not go on. */
function kindOf(segment) {
  if (segment.icmp || hasFlag(segment, "RST")) return "rst";
  if (hasFlag(segment, "SYN")) return "syn";
  if (hasFlag(segment, "FIN")) return "fin";
  return segment.bytes > 0 ? "data" : "ack";
}

function flagsText(segment) {
  if (segment.icmp) return `ICMP ${segment.icmp}`;
  return SPOKEN_FLAGS.filter((name) => hasFlag(segment, name)).join(",") || "no flags";
}

/** "SYN,ACK seq 0 ack 1", "PSH,ACK 1:201 ack 1". */
function segmentText(segment) {
  const parts = [flagsText(segment)];
  const takesSpace = ["SYN", "FIN", "RST"].some((name) => hasFlag(segment, name));
  if (segment.bytes > 0) {
    const end = (segment.relativeSeq + segment.bytes) % 2 ** 32;
    parts.push(`${segment.relativeSeq}:${end}`);
  } else if (takesSpace) {
    parts.push(`seq ${segment.relativeSeq}`);
  }
  if (hasFlag(segment, "ACK")) parts.push(`ack ${segment.relativeAck}`);
  return parts.join(" ");
}

/** "SYN", "200 bytes (PSH,ACK)". */
function segmentNoun(segment) {
  if (segment.bytes === 0) return flagsText(segment);
  return `${counted(segment.bytes, "byte")} (${flagsText(segment)})`;
}

function changeText(run, [local, peer, from, to]) {
  const ends = run.port(peer) === 0 ? run.endpoint(local)
    : `${run.endpoint(local)} - ${run.endpoint(peer)}`;
  return `${ends}: ${run.states[from]} \u2192 ${run.states[to]}`;
}

function portText(run, [action, port, process]) {
  const who = process < 0 ? "the host" : run.processName(process);
  const what = `port ${port} (${run.className(port)})`;
  return [`${who} takes ${what} by its number`, `the host gives ${who} ${what}`,
    `${what} is free again`][action];
}

/** Everything that changed beside the segment or call, as sentences. */
function changesText(run, moment) {
  return [...(moment.p ?? []).map((port) => portText(run, port)),
    ...(moment.x ?? []).map((change) => changeText(run, change))];
}

/** A moment in words: where, what, and what came of it. */
function momentText(run, i) {
  const moment = run.moments[i];
  const segment = moment.s === undefined ? null : run.segments[moment.s];
  const said = [sentText, receivedText, droppedText, callText, otherText][moment.k];
  return {host: run.hostName(moment.h), ...said(run, moment, segment)};
}

function sentText(run, moment, segment) {
  const lost = moment.r === undefined ? "" : `Dropped (${run.word(moment.r)}): ` +
    `${run.word(moment.w)}.`;
  const who = moment.q === undefined ? "" : `${run.processName(moment.q)} `;
  const again = segment.isAgain ? " again" : "";
  return {what: `${who}sends ${segmentNoun(segment)} to ${run.endpoint(segment.to)}${again}.`,
    outcome: lost || changesText(run, moment).join("; ")};
}

function receivedText(run, moment, segment) {
  const lookup = run.lookup(moment);
  const lost = moment.r === undefined ? "" : ` But then it is dropped: ${run.word(moment.w)}.`;
  return {what: `receives ${segmentNoun(segment)} for ${run.endpoint(segment.to)} from ` +
    `${run.endpoint(segment.from)}.`, outcome: (lookup ? lookup.verdict : "") + lost};
}

function droppedText(run, moment, segment) {
  return {what: `${segmentNoun(segment)} to ${run.endpoint(segment.to)} is on its way.`,
    outcome: `Dropped (${run.word(moment.r)}): ${run.word(moment.w)}.`};
}

function callText(run, moment) {
  const [call, process, result] = moment.c;
  const who = run.processName(process) || "the host";
  return {what: `${who} calls ${run.word(call)}: ${run.word(result)}.`,
    outcome: changesText(run, moment).join("; ")};
}

function otherText(run, moment) {
  const ports = (moment.p ?? []).map((port) => portText(run, port));
  const changes = (moment.x ?? []).map((change) => changeText(run, change));
  return {what: ports.length ? `${ports.join("; ")}.` : "time has passed.",
    outcome: changes.join("; ")};
}

/** The same in one line. */
function momentLine(run, i) {
  const {host, what, outcome} = momentText(run, i);
  return `${host}: ${what} ${outcome}`;
}

/** The outline of a segment's token around 0,0, as wide as 2 * `size`. */
function tokenShape(kind, size) {
  const s = size;
  const points = {
    triangle: `0,${-s} ${s},${0.8 * s} ${-s},${0.8 * s}`,
    diamond: `0,${-1.15 * s} ${1.15 * s},0 0,${1.15 * s} ${-1.15 * s},0`,
    cross: crossPoints(s),
  };
  const shape = KINDS[kind].shape;
  const look = {class: `token ${kind}`};
  if (shape === "circle") return svg("circle", {...look, r: 0.75 * s});
  if (shape === "square") {
    return svg("rect", {...look, x: -s, y: -0.75 * s, width: 2 * s, height: 1.5 * s, rx: 2});
  }
  return svg("polygon", {...look, points: points[shape]});
}

function crossPoints(s) {
  const inner = 0.4 * s;
  const corners = [[-s, -s + inner], [-s + inner, -s], [0, -inner], [s - inner, -s],
    [s, -s + inner], [inner, 0], [s, s - inner], [s - inner, s], [0, inner], [-s + inner, s],
    [-s, s - inner], [-inner, 0]];
  return corners.map((corner) => corner.join(",")).join(" ");
}

/** A door: a port's number in the colour and shape of its range. */
function doorShape(className, width, height) {
  const w = width, h = height;
  const outline = {
    "well-known": `M0 0H${w}V${h}H0Z`,
    registered: `M0 ${h}V${0.45 * h}Q0 0 ${w / 2} 0Q${w} 0 ${w} ${0.45 * h}V${h}Z`,
    ephemeral: `M0 ${h}V${0.35 * h}L${w / 2} 0L${w} ${0.35 * h}V${h}Z`,
  };
  return svg("path", {class: `door ${className}`, d: outline[className]});
}

/** The same beside text. */
function doorIcon(className) {
  return svg("svg", {class: "icon", viewBox: "-1 -1 22 22", "aria-hidden": "true"},
    doorShape(className, 20, 20));
}

function tokenIcon(kind) {
  return svg("svg", {class: "icon", viewBox: "-12 -12 24 24", "aria-hidden": "true"},
    tokenShape(kind, 9));
}
