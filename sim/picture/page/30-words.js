// What kinds of segments and ports look like, and what happened in a moment in one sentence.

const FLAG_BITS = [["FIN", 1], ["SYN", 2], ["RST", 4], ["PSH", 8], ["ACK", 16], ["URG", 32]];

/** In the order in which people say them: "SYN,ACK". */
const SPOKEN_FLAGS = ["SYN", "FIN", "RST", "PSH", "URG", "ACK"];

const KINDS = {
  syn: {name: "SYN", shape: "triangle"},
  data: {name: "data", shape: "square"},
  ack: {name: "ACK only", shape: "circle"},
  fin: {name: "FIN", shape: "diamond"},
  rst: {name: "RST", shape: "cross"},
};

function hasFlag(segment, name) {
  return FLAG_BITS.some(([flag, bit]) => flag === name && (segment.flags & bit) !== 0);
}

function kindOf(segment) {
  if (hasFlag(segment, "RST")) return "rst";
  if (hasFlag(segment, "SYN")) return "syn";
  if (hasFlag(segment, "FIN")) return "fin";
  return segment.bytes > 0 ? "data" : "ack";
}

function flagsText(segment) {
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

function receivedText(run, moment, segment) {
  const lookup = run.lookup(moment);
  const verdict = lookup ? lookup.verdict : "";
  const lost = moment.r === undefined ? "" : ` But then it is dropped: ${run.word(moment.w)}.`;
  return `${segmentNoun(segment)} from ${run.endpoint(segment.from)} reaches ` +
    `${run.endpoint(segment.to)}. ${verdict}${lost}`;
}

/** A moment in words: where, and what. */
function momentText(run, i) {
  const moment = run.moments[i];
  const segment = moment.s === undefined ? null : run.segments[moment.s];
  const host = run.hostName(moment.h);
  if (moment.k === SENT) {
    return {host, what: `sends ${segmentNoun(segment)} to ${run.endpoint(segment.to)}.`};
  }
  if (moment.k === RECEIVED) return {host, what: receivedText(run, moment, segment)};
  if (moment.k === DROPPED) {
    return {host, what: `${segmentNoun(segment)} to ${run.endpoint(segment.to)} is dropped ` +
      `(${run.word(moment.r)}): ${run.word(moment.w)}.`};
  }
  if (moment.k === CALL) {
    const [call, process, result] = moment.c;
    const who = run.processName(process) || "the host";
    return {host, what: `${who} calls ${run.word(call)}: ${run.word(result)}.`};
  }
  const changes = changesText(run, moment).join("; ");
  return {host, what: changes ? `${changes}.` : "something else happens."};
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
