// The states of TCP as RFC 9293 draws them, with the way that one end of a connection has gone.
// Which changes there are is told by the model; here is only where to draw them.

const STATE_PLACES = {
  CLOSED: [400, 40], LISTEN: [170, 130], "SYN-SENT": [630, 130], "SYN-RECEIVED": [170, 240],
  ESTABLISHED: [400, 330], "FIN-WAIT-1": [170, 420], "CLOSE-WAIT": [630, 420],
  "FIN-WAIT-2": [110, 530], CLOSING: [330, 530], "LAST-ACK": [630, 530], "TIME-WAIT": [330, 620],
};
const STATE_BOX = {width: 138, height: 40};
/** Ways back to CLOSED round the outside, where a straight line would go through other states. */
const STATE_BENDS = {
  "LAST-ACK CLOSED": [[772, 530], [772, 40]],
  "TIME-WAIT CLOSED": [[330, 662], [788, 662], [788, 24]],
  "TIME-WAIT SYN-RECEIVED": [[18, 620], [18, 240]],
};
const RARE_EVENTS = ["ABORT", "rcv RST", "user timeout"];

class StatesView {
  constructor(run, place, picker) {
    this.run = run;
    this.place = place;
    this.picker = picker;
    this.side = 0;
  }

  show(i) {
    this.moment = i;
    const ends = this.run.ends(i) ?? this.lastEnds(i);
    const sides = ends ? this.sidesOf(ends) : [];
    const chosen = sides[this.side] ?? sides[0];
    this.showPicker(sides, chosen);
    const way = chosen ? (this.run.connections.get(chosen.key) ?? [])
      .filter((change) => change.moment <= i) : [];
    replace(this.place, this.diagram(lastLife(way, this.run), chosen));
  }

  /** The connection that the events before were about. */
  lastEnds(i) {
    for (let before = i - 1; before >= Math.max(0, i - 200); --before) {
      const ends = this.run.ends(before);
      if (ends) return ends;
    }
    return null;
  }

  /** Both ends of a connection, as far as anything is known of them; that of the event first. */
  sidesOf({host, local, peer}) {
    const mine = endKey(host, local, peer);
    const sides = this.run.pairs.get(pairKey(local, peer)) ?? [];
    return [...sides].sort((a, b) => Number(b.key === mine) - Number(a.key === mine));
  }

  showPicker(sides, chosen) {
    replace(this.picker, sides.map((side, n) => html("button", {type: "button", class: "chip",
      "aria-pressed": String(side === chosen), click: () => {
        this.side = n;
        this.show(this.moment);
        this.picker.children[n].focus();
      }}, `${this.run.hostName(side.host)}: ${this.run.endpoint(side.local)}`)));
  }

  diagram(way, chosen) {
    const visited = new Map();
    way.forEach(({from, to}, n) => {
      if (n === 0) visited.set(this.run.states[from], [0]);
      const name = this.run.states[to];
      visited.set(name, [...(visited.get(name) ?? []), n + 1]);
    });
    const now = way.length ? this.run.states[way[way.length - 1].to] : "";
    const text = chosen ? `${this.run.hostName(chosen.host)}'s end: ` +
      (way.length ? [way[0].from, ...way.map(({to}) => to)].map((state) => this.run.states[state])
        .join(", then ") : "no state yet") : "no connection is chosen";
    return svg("svg", {viewBox: "0 0 800 674", role: "img", "aria-label":
      `State diagram of RFC 9293; ${text}`}, this.edges(way),
    Object.keys(STATE_PLACES).map((name) => stateBox(name, visited.get(name), name === now)));
  }

  edges(way) {
    const isLit = (from, to) => way.some((change) => change.from === from && change.to === to);
    const drawn = new Map();
    for (const [from, to, event] of this.run.transitions) {
      const lit = isLit(from, to);
      if (RARE_EVENTS.includes(event) && !lit) continue;
      const key = `${this.run.states[from]} ${this.run.states[to]}`;
      if (!drawn.has(key)) drawn.set(key, {lit, events: []});
      if (!RARE_EVENTS.includes(event)) drawn.get(key).events.push(event);
    }
    // What is lit is drawn last, above the others.
    return [...drawn].sort(([, a], [, b]) => Number(a.lit) - Number(b.lit))
      .map(([key, {lit, events}]) => edge(key, {text: events.join(" / "), lit,
        isPair: drawn.has(key.split(" ").reverse().join(" "))}));
  }
}

/** A 4-tuple may live several times; only the last life is shown. */
function lastLife(way, run) {
  let first = 0;
  way.forEach(({from, to}, n) => {
    const begins = run.states[from] === "CLOSED" ||
      run.states[from] === "LISTEN" && run.states[to] !== "CLOSED";
    if (begins) first = n;
  });
  return way.slice(first);
}

function stateBox(name, numbers, isNow) {
  const [x, y] = STATE_PLACES[name];
  const {width, height} = STATE_BOX;
  const kind = isNow ? "state now" : numbers ? "state visited" : "state";
  return svg("g", {class: kind, transform: `translate(${x} ${y})`},
    svg("rect", {x: -width / 2, y: -height / 2, width, height, rx: 8}),
    svg("text", {"text-anchor": "middle", y: 6}, name),
    numbers ? svg("g", {class: "badge", transform: `translate(${width / 2 - 4} ${-height / 2})`},
      svg("rect", {x: -5 - 6 * numbers.length, y: -11, width: 10 + 12 * numbers.length, height: 22,
        rx: 11}), svg("text", {"text-anchor": "middle", y: 5},
        numbers.map((number) => number + 1).join(" "))) : null);
}

/** Of two changes that lead to and fro, each keeps to its own side. */
function edge(key, {text, lit, isPair}) {
  const places = key.split(" ").map((name) => STATE_PLACES[name]);
  const length = Math.hypot(places[1][0] - places[0][0], places[1][1] - places[0][1]);
  const aside = isPair ? 13 / length : 0;
  const [from, to] = places.map(([x, y]) => [Math.round(x - (places[1][1] - places[0][1]) * aside),
    Math.round(y + (places[1][0] - places[0][0]) * aside)]);
  const bends = STATE_BENDS[key] ?? [];
  const points = [from, ...bends, to];
  const start = leave(places[0], points[0], points[1]);
  const end = leave(places[1], points[points.length - 1], points[points.length - 2]);
  const all = [start, ...bends, end];
  const [bx, by] = all[all.length - 2];
  const angle = Math.atan2(end[1] - by, end[0] - bx) * 180 / Math.PI;
  const middle = Math.floor((all.length - 1) / 2);
  const along = isPair ? 0.36 : 0.5;
  const tx = Math.round(all[middle][0] + along * (all[middle + 1][0] - all[middle][0]));
  const ty = Math.round(all[middle][1] + along * (all[middle + 1][1] - all[middle][1]));
  return svg("g", {class: lit ? "edge lit" : "edge"},
    svg("polyline", {points: all.map((point) => point.join(",")).join(" ")}),
    svg("path", {d: "M0 0L-11 -5L-11 5Z",
      transform: `translate(${end[0]} ${end[1]}) rotate(${angle})`}),
    text ? svg("text", {"text-anchor": tx > 740 ? "end" : tx < 60 ? "start" : "middle",
      x: Math.min(tx, 784), y: ty + 4}, text) : null);
}

/** Where a line from a point in a state's box to another point leaves the box. */
function leave([middleX, middleY], [x, y], [toX, toY]) {
  const dx = toX - x, dy = toY - y;
  const share = (size, middle, at, way) =>
    way === 0 ? 1 : (middle + Math.sign(way) * size / 2 - at) / way;
  const part = Math.min(1, share(STATE_BOX.width, middleX, x, dx),
    share(STATE_BOX.height, middleY, y, dy));
  return [Math.round(x + dx * part), Math.round(y + dy * part)];
}
