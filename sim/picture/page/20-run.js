// A run as the page's other parts ask for it. It is unpacked from the model once; what a model
// consists of is told in sim/picture/page_model.hpp.

const SENT = 0, RECEIVED = 1, DROPPED = 2, CALL = 3;
const BLOCK = 64; // Moments; the flights of each block are listed, so that drawing looks at few.

class Run {
  constructor(data) {
    Object.assign(this, data);
    this.segments = data.segments.map((fields) => unpackSegment(fields));
    this.connections = new Map(); // Of each end, its changes of state.
    this.pairs = new Map(); // Of each connection, its ends.
    this.blocks = Array.from({length: Math.ceil(this.moments.length / BLOCK)}, () => []);
    this.linkSegments();
    this.fillBlocks();
    this.linkConnections();
    this.linkRows();
    this.linkHoldings();
    this.others = new Map(this.gap ? this.gap.others : []);
  }

  /** Tells each segment the moments it is sent and ends in. */
  linkSegments() {
    this.moments.forEach((moment, i) => {
      if (moment.s === undefined) return;
      const segment = this.segments[moment.s];
      if (moment.k === SENT) {
        segment.sent = i;
        segment.host = moment.h;
        segment.isAgain = moment.a === 1;
      }
      // What a link loses at once is sent and dropped in one moment.
      if (moment.k !== SENT || moment.r !== undefined) {
        segment.end = i;
        segment.lost = moment.r !== undefined;
        if (moment.k === RECEIVED) segment.receiver = moment.h;
        segment.hopsLeft = moment.l;
      }
    });
    for (const segment of this.segments) this.closeSegment(segment);
  }

  /** Of some segments the gap or the end of the run leaves one half out. */
  closeSegment(segment) {
    const gap = this.gap ? this.gap.moment : this.moments.length;
    segment.isWithoutStart = segment.sent === undefined;
    segment.isWithoutEnd = segment.end === undefined;
    // What a router reports is not seen before it arrives.
    segment.sent ??= segment.icmp ? segment.end : this.gap ? gap : 0;
    segment.end ??= segment.sent < gap && this.gap ? gap - 1 : this.moments.length - 1;
  }

  fillBlocks() {
    for (const segment of this.segments) {
      const last = Math.floor(segment.end / BLOCK);
      for (let b = Math.floor(segment.sent / BLOCK); b <= last; ++b) this.blocks[b].push(segment);
    }
  }

  /** The segments on their way at some moment from `first` to `last`. */
  flights(first, last) {
    const found = new Set();
    const from = Math.max(0, Math.floor(first / BLOCK));
    const to = Math.min(this.blocks.length - 1, Math.floor(last / BLOCK));
    for (let b = from; b <= to; ++b) {
      for (const segment of this.blocks[b]) {
        if (segment.sent <= last && segment.end >= first) found.add(segment);
      }
    }
    return found;
  }

  linkConnections() {
    this.moments.forEach((moment, i) => {
      for (const [local, peer, from, to] of moment.x ?? []) {
        const key = endKey(moment.h, local, peer);
        if (!this.connections.has(key)) {
          this.connections.set(key, []);
          const pair = pairKey(local, peer);
          this.pairs.set(pair, [...(this.pairs.get(pair) ?? []), {host: moment.h, local, key}]);
        }
        this.connections.get(key).push({moment: i, from, to});
      }
    });
  }

  /** Gives each change of a row what was there before. */
  linkRows() {
    let table = [];
    this.moments.forEach((moment, i) => {
      if (this.gap && i === this.gap.moment) {
        const after = [];
        for (const [number, row] of this.gap.rows) after[number] = row;
        this.jump = {before: table, after};
        table = after.slice();
      }
      moment.changes = (moment.b ?? []).map(([number, after]) => {
        const before = table[number] ?? -1;
        table[number] = after;
        return {number, before, after};
      });
    });
  }

  linkHoldings() {
    this.holdings = this.ledger.map(([host, port, process, action, first, last, since]) =>
      ({host, port, process, action, first, last: last < 0 ? Infinity : last, since}));
    this.holdingsOf = new Map();
    for (const holding of this.holdings) {
      // What was taken while nobody looked is there from the end of the gap on.
      if (holding.first < 0) holding.first = this.gap ? this.gap.moment : 0;
      const actor = this.actorOf(holding.host);
      if (!this.holdingsOf.has(actor)) this.holdingsOf.set(actor, []);
      this.holdingsOf.get(actor).push(holding);
    }
  }

  word(number) { return number < 0 ? "" : this.words[number]; }
  hostName(host) { return host < 0 ? "nobody" : this.words[this.hosts[host][0]]; }
  actorOf(host) { return host < 0 ? -1 : this.hosts[host][1]; }
  endpoint(number) { return this.endpoints[number][0]; }
  port(number) { return this.endpoints[number][1]; }
  processName(process) { return process < 0 ? "" : this.words[this.processes[process][1]]; }
  /** "nginx (pid 101, fd 3)". */
  owner(process, fd) {
    if (process < 0) return "";
    const descriptor = fd < 0 ? "" : `, fd ${fd}`;
    return `${this.processName(process)} (pid ${this.processes[process][2]}${descriptor})`;
  }
  className(port) {
    return this.classes.find(([, first, last]) => port >= first && port <= last)[0];
  }
  lookup(moment) { return moment.d ? unpackLookup(this, moment.d) : null; }

  /** The last moment at a time or before it; the first one, where there is none. */
  momentAt(time) {
    let low = 0, high = this.moments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.moments[middle].t <= time) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  /** The next of some moments (null: of all) with a look-up, or the one before with `by` -1. */
  nextLookup(i, by, stops = null) {
    for (let at = i + by; at >= 0 && at < this.moments.length; at += by) {
      if (this.moments[at].d && (!stops || stops.includes(at))) return at;
    }
    return i;
  }

  /** The moments of a connection, whichever end. */
  momentsOf({local, peer}) {
    const found = [];
    for (let i = 0; i < this.moments.length; ++i) {
      const ends = this.ends(i);
      if (ends && isSameConnection(ends, {local, peer})) found.push(i);
    }
    return found;
  }

  /** The ends that a moment is about: the connection of its segment, call or change. */
  ends(i) {
    const moment = this.moments[i];
    if (moment.e) return {host: moment.h, local: moment.e[0], peer: moment.e[1]};
    if (moment.x) return {host: moment.h, local: moment.x[0][0], peer: moment.x[0][1]};
    if (moment.s === undefined) return null;
    const {from, to} = this.segments[moment.s];
    if (moment.k === RECEIVED) return {host: moment.h, local: to, peer: from};
    return {host: moment.h, local: from, peer: to};
  }
}

function isSameConnection(a, b) {
  return a.local === b.local && a.peer === b.peer || a.local === b.peer && a.peer === b.local;
}

function pairKey(local, peer) {
  return local < peer ? `${local} ${peer}` : `${peer} ${local}`;
}

function endKey(host, local, peer) {
  return `${host} ${local} ${peer}`;
}

function unpackSegment(fields) {
  const [id, from, to, flags, seq, ack, relativeSeq, relativeAck, window, mss, bytes, hops, ipBytes,
    path, icmp] = fields;
  return {id, from, to, flags, seq, ack, relativeSeq, relativeAck, window, mss, bytes, hops,
    ipBytes, path, icmp};
}

function unpackLookup(run, [rule, connections, listeners, process, fd, verdict, note, steps]) {
  return {
    rule: run.rules[rule], connections, listeners, process, fd,
    verdict: run.words[verdict],
    note: run.words[note],
    steps: steps.map(([name, sentence, details]) => ({
      name: run.words[name],
      sentence: run.words[sentence],
      details: details.map(([outcome, text]) => ({outcome, text: run.words[text]})),
    })),
  };
}

/** The socket tables as they are after a moment; moves to any other by what changed between. */
class Tables {
  constructor(run) {
    this.run = run;
    this.at = -1;
    this.rows = [];
  }

  moveTo(moment) {
    while (this.at < moment) this.forward(++this.at);
    while (this.at > moment) this.back(this.at--);
  }

  forward(i) {
    if (this.run.jump && i === this.run.gap.moment) this.rows = this.run.jump.after.slice();
    for (const {number, after} of this.run.moments[i].changes) this.rows[number] = after;
  }

  back(i) {
    const changes = this.run.moments[i].changes;
    for (let c = changes.length - 1; c >= 0; --c) this.rows[changes[c].number] = changes[c].before;
    if (this.run.jump && i === this.run.gap.moment) this.rows = this.run.jump.before.slice();
  }

  /** A host's rows as {number, before, after}; both are -1 where there is none. */
  of(host) {
    const changed = new Map();
    for (const {number, before, after} of this.run.moments[this.at].changes) {
      const first = changed.has(number) ? changed.get(number).before : before;
      changed.set(number, {number, before: first, after});
    }
    const found = [];
    const isHere = (row) => row >= 0 && this.run.rows[row][0] === host;
    for (let number = 0; number < this.rows.length; ++number) {
      const after = this.rows[number] ?? -1;
      const row = changed.get(number) ?? {number, before: after, after};
      if (isHere(row.before) || isHere(row.after)) found.push(row);
    }
    return found;
  }

  /** The rows of a connection, one for each end that there is. */
  between(local, peer) {
    const found = [];
    for (const row of this.rows) {
      if (row === undefined || row < 0) continue;
      const [, , , , , from, to] = this.run.rows[row];
      if (from === local && to === peer || from === peer && to === local) found.push(row);
    }
    return found;
  }

  hosts() {
    const seen = new Set();
    for (const row of this.rows) if (row >= 0) seen.add(this.run.rows[row][0]);
    return [...seen].sort((a, b) => a - b);
  }
}

/** A row of a socket table, unpacked. */
function socketOf(run, number) {
  const [host, process, fd, name, state, local, peer] = run.rows[number];
  return {host, process, fd, name: run.word(name), state: run.states[state], local, peer};
}
