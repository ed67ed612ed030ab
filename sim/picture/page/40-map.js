// The network as a town: hosts are buildings, processes their rooms, ports their doors, and
// segments go from door to door along the links.

const ROOM = {width: 104, height: 40, gap: 6};
const HALL = 34; // Between rooms and doors: where a segment stands when it has come.
const DOOR = {width: 58, height: 38, gap: 6};
const PAD = 10;
const HUB = {width: 92, height: 52};
const GAP = 18; // Between buildings.
const MOST_TOKENS = 60;
const MOST_ROOMS = 8;
const MOST_ADDRESSES = 3; // Of a building; the others are counted.
const LINE = 17;
const LONG_ADDRESS = 22; // Characters; what differs is at the end, so the middle is left out.

class NetworkView {
  constructor(run, stage) {
    this.run = run;
    this.stage = stage;
    this.isNarrow = stage.clientWidth < 560;
    // As wide as the frame, so that nothing of it stays empty.
    const shape = stage.clientHeight > 120 ? stage.clientHeight / stage.clientWidth : 0.5;
    this.width = this.isNarrow ? 640 : 1120;
    this.height = this.isNarrow ? 700 : Math.round(this.width * Math.min(0.8, shape));
    this.scale = 1;
    this.placeNodes();
    this.ways = svg("g", {});
    this.lit = svg("g", {});
    this.buildings = svg("g", {});
    this.tokens = svg("g", {});
    this.root = svg("svg", {viewBox: `0 0 ${this.width} ${this.height}`, role: "img",
      "aria-labelledby": "map-title"}, svg("title", {id: "map-title"}), this.ways, this.lit,
      this.buildings, this.tokens);
    this.drawWays();
    replace(stage, this.root);
  }

  /** The largest buildings that do not stand in each other's way. */
  placeNodes() {
    for (let scale = 1.5; scale > 0.3; scale -= 0.05) {
      this.boxes = this.run.nodes.map((node, i) => this.boxOf(node, i, scale));
      this.scale = scale;
      const fits = this.boxes.every(({width, height}) =>
        width <= this.width - 12 && height <= this.height - 12);
      if (fits && this.pushApart()) return;
    }
  }

  /** Moves what overlaps a little at a time; whether that was enough. */
  pushApart() {
    for (let round = 0; round < 80; ++round) {
      let isApart = true;
      this.boxes.forEach((box, i) => {
        for (let j = 0; j < i; ++j) {
          if (!overlap(box, this.boxes[j])) continue;
          isApart = false;
          push(box, this.boxes[j]);
        }
      });
      for (const box of this.boxes) this.keepInside(box);
      if (isApart) return true;
    }
    return false;
  }

  keepInside(box) {
    const within = (at, size, all) => Math.min(all - size / 2 - 6, Math.max(size / 2 + 6, at));
    box.x = within(box.x, box.width, this.width);
    box.y = within(box.y, box.height, this.height);
  }

  boxOf([kind, , x, y], i, scale) {
    const actor = this.run.actors[i];
    const size = kind === "host" ? buildingSize(actor) : HUB;
    const width = size.width * scale, height = size.height * scale;
    const edge = 14;
    return {
      x: edge + width / 2 + x / 1000 * (this.width - width - 2 * edge),
      y: edge + height / 2 + y / 600 * (this.height - height - 2 * edge),
      width, height,
    };
  }

  drawWays() {
    for (const [a, b, text] of this.run.edges) {
      const from = this.boxes[a], to = this.boxes[b];
      this.ways.append(svg("line", {class: "way", x1: from.x, y1: from.y, x2: to.x, y2: to.y},
        svg("title", {}, text)));
    }
  }

  /** Shows the town after a moment. */
  show(i) {
    this.moment = i;
    const moment = this.run.moments[i];
    const segment = moment.s === undefined ? null : this.run.segments[moment.s];
    this.doors = new Map();
    this.ends = this.run.ends(i);
    replace(this.buildings, this.run.nodes.map((node, n) =>
      node[0] === "host" ? this.building(n, moment, segment) : this.hub(node, n)));
    replace(this.lit, segment ? this.litWay(segment, moment) : null);
    byId("map-title").textContent = `The network at ${seconds(moment.t)}: ` +
      this.run.actors.map((actor) => actor.name).join(", ");
    this.showTokens(i);
  }

  hub([kind, name], n) {
    const box = this.boxes[n], s = this.scale;
    const shape = kind === "router"
      ? svg("ellipse", {class: "hub", rx: box.width / 2, ry: box.height / 2})
      : svg("rect", {class: "hub", x: -box.width / 2, y: -box.height / 2, width: box.width,
        height: box.height, rx: 6 * s});
    return svg("g", {transform: `translate(${box.x} ${box.y})`}, shape,
      label(name, 0, 6 * s, 17 * s, "middle", box.width - 8 * s));
  }

  building(n, moment, segment) {
    const actor = this.run.actors[n], box = this.boxes[n], s = this.scale;
    const isHere = this.run.actorOf(moment.h) === n;
    const left = box.x - box.width / 2, top = box.y - box.height / 2;
    const size = buildingSize(actor);
    const wall = svg("path", {class: isHere ? "wall here" : "wall",
      d: `M0 ${22}L${size.width / 2} 0L${size.width} ${22}V${size.height}H0Z`});
    const group = svg("g", {transform: `translate(${left} ${top}) scale(${s})`}, wall,
      svg("title", {}, `${actor.name}: ${actor.addresses.join(", ")}`),
      label(actor.name, size.width / 2, 42, 21, "middle", size.width - 20, "name"),
      addressLines(actor).map((text, line) =>
        label(text, size.width / 2, 61 + line * LINE, 15, "middle", size.width - 12, "faint")));
    this.drawRooms(group, n, moment, size);
    this.drawDoors(group, n, size, segment, moment);
    return group;
  }

  drawRooms(group, n, moment, size) {
    const rooms = this.run.actors[n].rooms;
    const wanted = this.roomOfMoment(moment, n);
    const shown = shownRooms(rooms.length, wanted);
    shown.forEach((room, place) => {
      const x = PAD + (place % size.columns) * (ROOM.width + ROOM.gap);
      const y = size.top + Math.floor(place / size.columns) * (ROOM.height + ROOM.gap);
      const isLit = room === wanted;
      group.append(svg("rect", {class: isLit ? "room lit" : "room", x, y, width: ROOM.width,
        height: ROOM.height, rx: 5}),
      label(rooms[room], x + ROOM.width / 2, y + 26, 17, "middle", ROOM.width - 8));
      if (isLit) this.litRoom = this.toMap(n, x + ROOM.width / 2, y + ROOM.height / 2);
    });
  }

  /** The room of the process that the moment is about, if it is in this building. */
  roomOfMoment(moment, n) {
    this.litRoom = null;
    if (this.run.actorOf(moment.h) !== n) return -1;
    const process = moment.q ?? (moment.d ? moment.d[3] : moment.c ? moment.c[1]
      : moment.x ? moment.x[0][4] : moment.p ? moment.p[0][2] : -1);
    return process < 0 ? -1 : this.run.processes[process][3];
  }

  drawDoors(group, n, size, segment, moment) {
    const open = this.openDoors(n, segment);
    const most = Math.floor((size.width - 2 * PAD + DOOR.gap) / (DOOR.width + DOOR.gap));
    const shown = open.length > most ? open.slice(0, most - 1) : open;
    shown.sort((a, b) => a.port - b.port);
    shown.forEach(({port, isLit, isShut}, place) => {
      const x = PAD + place * (DOOR.width + DOOR.gap), y = size.height - DOOR.height;
      const className = this.run.className(port);
      group.append(svg("g", {class: `doorway${isLit ? " lit" : ""}${isShut ? " shut" : ""}`,
        transform: `translate(${x} ${y})`}, doorShape(className, DOOR.width, DOOR.height),
      label(String(port), DOOR.width / 2, 30, 17, "middle", DOOR.width - 6, "number")));
      this.doors.set(`${n} ${port}`, this.toMap(n, x + DOOR.width / 2, y - HALL / 2));
      if (isLit && !isShut && this.litRoom && this.run.actorOf(moment.h) === n) {
        group.append(this.innerWay(n, port));
      }
    });
    if (open.length > shown.length) {
      group.append(label(`+${grouped(open.length - shown.length)}`, size.width - PAD,
        size.height - 12, 17, "end", DOOR.width, "faint"));
    }
  }

  /** From the door to the room of who gets the segment. */
  innerWay(n, port) {
    const box = this.boxes[n], s = this.scale;
    const inside = (point) => [(point.x - box.x + box.width / 2) / s,
      (point.y - box.y + box.height / 2) / s];
    const [x1, y1] = inside(this.doors.get(`${n} ${port}`));
    const [x2, y2] = inside(this.litRoom);
    return svg("line", {class: "inner-way", x1, y1, x2, y2: y2 + ROOM.height / 2 + 3});
  }

  /** The ports that somebody has in a building now, those of the moment first. */
  openDoors(n, segment) {
    const mine = new Set();
    if (segment) {
      const {from, to} = segment;
      if (this.run.actorOf(segment.host ?? -1) === n) mine.add(this.run.port(from));
      if (this.run.actorOf(segment.receiver ?? -1) === n) mine.add(this.run.port(to));
    }
    // A port that nobody has is a door that stays shut.
    const ports = new Map([...mine].map((port) => [port, {port, isLit: true, isShut: true}]));
    for (const {port, first, last} of this.run.holdingsOf.get(n) ?? []) {
      const isOpen = first <= this.moment && this.moment < last;
      if (isOpen) ports.set(port, {port, isLit: mine.has(port), isShut: false});
    }
    const doors = [...ports.values()];
    const weight = (door) => (door.isLit ? 0 : 1e6) + door.port;
    return doors.sort((a, b) => weight(a) - weight(b));
  }

  toMap(n, x, y) {
    const box = this.boxes[n], s = this.scale;
    return {x: box.x - box.width / 2 + x * s, y: box.y - box.height / 2 + y * s};
  }

  /** The points that a segment passes: a wall, nodes between, a wall; within a host its doors. */
  wayOf(segment) {
    const nodes = segment.path < 0 ? [] : this.run.paths[segment.path];
    if (nodes.length === 1) {
      return [this.door(nodes[0], segment.from), this.door(nodes[0], segment.to)];
    }
    const points = nodes.map((node) => this.boxes[node]);
    const last = points.length - 1;
    return points.map((point, n) => n === 0 ? wallPoint(point, points[1])
      : n === last ? wallPoint(point, points[last - 1]) : point);
  }

  /** Where a segment stands that is about to leave, or has come. */
  door(node, end) {
    return this.doors.get(`${node} ${this.run.port(end)}`) ?? this.boxes[node];
  }

  litWay(segment, moment) {
    const points = this.wayOf(segment);
    if (points.length < 2) return null;
    return svg("polyline", {class: `lit-way ${kindOf(segment)}`,
      points: points.map(({x, y}) => `${x},${y}`).join(" ")});
  }

  /** Shows the segments that are on their way, a part of the time from moment `i` to another. */
  showTokens(i, part = 0, next = i) {
    const run = this.run;
    const now = run.moments[i].t + part * (run.moments[next].t - run.moments[i].t);
    const tokens = [];
    for (const segment of run.flights(i, i)) {
      if (this.followed && !isSameConnection({local: segment.from, peer: segment.to},
        this.followed)) continue;
      if (tokens.length === MOST_TOKENS) break;
      const token = this.token(segment, i, now);
      if (token) tokens.push(token);
    }
    replace(this.tokens, tokens);
  }

  token(segment, i, now) {
    const way = this.wayOf(segment);
    if (way.length < 2) return null;
    const sent = this.run.moments[segment.sent].t, end = this.run.moments[segment.end].t;
    const isOver = i === segment.end;
    let part = end > sent ? Math.min(1, Math.max(0, (now - sent) / (end - sent))) : isOver ? 1 : 0;
    if (segment.lost && segment.receiver === undefined) part *= this.partOfLoss(segment);
    const nodes = this.run.paths[segment.path];
    const isHome = i === segment.sent && now === sent;
    const {x, y} = isHome ? this.door(nodes[0], segment.from)
      : isOver && !segment.lost ? this.door(nodes[nodes.length - 1], segment.to)
        : pointOn(way, part);
    const size = 14 * Math.max(0.8, this.scale);
    const mark = isOver && segment.lost ? lostMark(0, 0, size) : null;
    const isMine = this.run.moments[i].s !== undefined &&
      this.run.segments[this.run.moments[i].s] === segment;
    const text = isMine ? label(flagsText(segment), size + 6, 7, 20, "start", 220, "halo") : null;
    return svg("g", {transform: `translate(${x} ${y})`}, tokenShape(kindOf(segment), size), mark,
      text);
  }

  /** How far a lost segment got: the routers that counted it down, and a little further. */
  partOfLoss(segment) {
    const nodes = this.run.paths[segment.path];
    const links = Math.max(1, nodes.length - 1);
    let passed = segment.hops - segment.hopsLeft;
    let node = 0;
    while (passed > 0 && node < links) {
      node += 1;
      if (this.run.nodes[nodes[node]][0] === "router") passed -= 1;
    }
    return Math.min(1, (node + (node === links ? 0 : 0.5)) / links);
  }
}

function buildingSize(actor) {
  const rooms = Math.min(MOST_ROOMS, Math.max(1, actor.rooms.length));
  const columns = rooms > 3 ? Math.ceil(rooms / 2) : Math.max(2, rooms);
  const rows = Math.ceil(rooms / columns);
  const top = 70 + (addressLines(actor).length - 1) * LINE; // Of the rooms.
  return {
    columns, top,
    width: 2 * PAD + columns * ROOM.width + (columns - 1) * ROOM.gap,
    height: top + rows * (ROOM.height + ROOM.gap) + HALL + DOOR.height,
  };
}

/** The addresses there is place for: "10.0.0.1", or with others "10.0.0.3 +2". */
function addressLines({addresses, count}) {
  if (count > 1) return [`${addresses[0]} \u2026`];
  const lines = addresses.slice(0, MOST_ADDRESSES).map((text) =>
    text.length > LONG_ADDRESS ? `${text.slice(0, 10)}\u2026${text.slice(-10)}` : text);
  const more = addresses.length - lines.length;
  if (more > 0) lines[lines.length - 1] += ` +${more}`;
  return lines.length > 0 ? lines : [""];
}

/** The rooms there is place for, among them the one that matters. */
function shownRooms(count, wanted) {
  const rooms = Array.from({length: Math.min(count, MOST_ROOMS)}, (_, room) => room);
  if (wanted >= MOST_ROOMS) rooms[MOST_ROOMS - 1] = wanted;
  return rooms;
}

function overlap(a, b) {
  return Math.abs(a.x - b.x) < (a.width + b.width) / 2 + GAP - 1 &&
    Math.abs(a.y - b.y) < (a.height + b.height) / 2 + GAP - 1;
}

/** Text that shrinks where there is less room than it needs. */
function label(text, x, y, size, anchor, room, kind = "", least = 0.6) {
  const needed = text.length * size * 0.62;
  const fitting = needed > room ? Math.max(size * least, size * room / needed) : size;
  const shown = cutText(text, Math.max(1, Math.floor(room / (fitting * 0.6))));
  return svg("text", {class: `label ${kind}`, x, y, "font-size": fitting, "text-anchor": anchor},
    shown, shown === text ? null : svg("title", {}, text));
}

/** Moves two boxes apart along the axis on which they overlap less. */
function push(a, b) {
  const dx = (a.width + b.width) / 2 + GAP - Math.abs(a.x - b.x);
  const dy = (a.height + b.height) / 2 + GAP - Math.abs(a.y - b.y);
  const axis = dx < dy ? "x" : "y";
  const by = Math.min(dx, dy) / 2 * (a[axis] < b[axis] ? -1 : 1);
  a[axis] += by;
  b[axis] -= by;
}

function lostMark(x, y, size) {
  return svg("path", {class: "lost", d: `M${x - size} ${y - size}l${2 * size} ${2 * size}` +
    `M${x - size} ${y + size}l${2 * size} ${-2 * size}`});
}

/** Where a line from the middle of a box to another point leaves the box. */
function wallPoint(box, to) {
  const dx = to.x - box.x, dy = to.y - box.y;
  const share = Math.min(1, box.width / 2 / Math.max(1, Math.abs(dx)),
    box.height / 2 / Math.max(1, Math.abs(dy)));
  return {x: box.x + dx * share, y: box.y + dy * share};
}

function pointOn(points, part) {
  const lengths = points.slice(1).map((point, i) =>
    Math.hypot(point.x - points[i].x, point.y - points[i].y));
  let left = part * lengths.reduce((sum, length) => sum + length, 0);
  for (let i = 0; i < lengths.length; ++i) {
    if (left <= lengths[i] || i === lengths.length - 1) {
      const share = lengths[i] === 0 ? 0 : Math.min(1, left / lengths[i]);
      return {x: points[i].x + share * (points[i + 1].x - points[i].x),
        y: points[i].y + share * (points[i + 1].y - points[i].y)};
    }
    left -= lengths[i];
  }
  return points[0];
}
