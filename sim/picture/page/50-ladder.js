// The ladder: time runs down, a line for each host, an arrow for each segment. Of a long run only
// the part in view is drawn.

const ROW = 46;
const LADDER_HEAD = 46;
const SIDE = 184, LEAST_SIDE = 132; // Beside the outer lines.
const USUAL_STEP = 104, LEAST_STEP = 60; // From line to line.
const STUB = 60; // How far down an arrow that is cut would go.
const MOST_PRINTED = 120;
const PRINTED_WIDTH = 700; // Of a ladder on a sheet of A4.
const LETTER = 7.9; // Of the arrows' texts, on the average.
const BOLD_LETTER = 9; // Of the notes beside them.
const BUSY = 14; // With more arrows in view, those of other connections step back.
const LONG = 24; // Rows; a longer arrow would look like one that goes nowhere.

class Ladder {
  /** `onChoose` is told the moment that a reader clicks on. */
  constructor(run, scroller, onChoose) {
    this.run = run;
    this.scroller = scroller;
    this.onChoose = onChoose;
    this.current = 0;
    this.rows = run.moments.map((_, i) => i);
    this.gutter = run.moments.length === 0 ? 80
      : 16 + 8.5 * (seconds(run.moments[run.moments.length - 1].t).length - 2);
    this.names = svg("svg", {class: "ladder-names"});
    this.corner = html("div", {class: "ladder-corner"});
    this.head = html("div", {class: "ladder-head", "aria-hidden": "true"}, this.names, this.corner);
    this.times = svg("svg", {class: "ladder-times", "aria-hidden": "true"});
    this.timesBox = html("div", {class: "ladder-times-box"}, this.times);
    this.body = svg("svg", {class: "ladder-body", role: "img", "aria-label": ""});
    this.space = html("div", {class: "ladder-space"}, this.body, this.timesBox);
    this.sheets = html("div", {class: "ladder-sheets"});
    replace(scroller, this.head, this.space, this.sheets);
    scroller.addEventListener("scroll", () => this.draw());
    this.space.addEventListener("click", (event) => this.choose(event));
    new ResizeObserver(() => this.resize()).observe(scroller);
    this.resize();
  }

  /** Finds the columns' places: as wide as the frame, wider only where they need it. */
  place(frame) {
    const count = this.run.actors.length;
    const side = Math.min(SIDE,
      Math.max(LEAST_SIDE, (frame - this.gutter - (count - 1) * USUAL_STEP) / 2));
    const width = (step) => this.gutter + 2 * side + (count - 1) * step;
    // What has to scroll sideways needs no narrow columns.
    this.width = width(LEAST_STEP) <= frame ? frame : width(USUAL_STEP);
    this.noteRoom = side - 16;
    this.columns = this.run.actors.map((_, i) => count === 1 ? (this.gutter + this.width) / 2
      : this.gutter + side + i * (this.width - this.gutter - 2 * side) / (count - 1));
  }

  resize() {
    this.place(this.scroller.clientWidth);
    this.space.style.height = `${(this.rows.length + 1) * ROW}px`;
    this.space.style.width = this.head.style.width = `${this.width}px`;
    this.timesBox.style.width = this.corner.style.width = `${this.gutter}px`;
    this.drawHead(this.names);
    this.draw();
  }

  /** Keeps to some of the moments, in order. */
  keepTo(rows) {
    this.rows = rows;
    this.resize();
  }

  /** The row of a moment; between rows for one that has none. */
  rowOf(i) {
    if (this.rows.length === this.run.moments.length) return i;
    const row = firstNotBelow(this.rows, i);
    return this.rows[row] === i ? row : row - 0.5;
  }

  drawHead(head) {
    head.setAttribute("viewBox", `0 0 ${this.width} ${LADDER_HEAD}`);
    const room = this.columns.length > 1 ? this.columns[1] - this.columns[0] - 12 : 300;
    replace(head, this.run.actors.map((actor, i) => svg("g", {},
      svg("rect", {class: "ladder-host", x: this.columns[i] - Math.min(room, 190) / 2, y: 5,
        width: Math.min(room, 190), height: 34, rx: 6}),
      label(actor.name, this.columns[i], 29, 19, "middle", Math.min(room, 190) - 10, "name"))));
  }

  /** Makes a moment the current one and brings it into view. */
  show(i) {
    this.current = i;
    const y = this.rowOf(i) * ROW, view = this.scroller.clientHeight - LADDER_HEAD;
    const top = this.scroller.scrollTop;
    if (y < top + ROW || y > top + view - 2 * ROW) {
      this.scroller.scrollTop = Math.max(0, y - view * 0.4);
    }
    this.body.setAttribute("aria-label",
      `Ladder of ${counted(this.run.segments.length, "segment")}; now at event ${i + 1}: ` +
      momentLine(this.run, i));
    this.showAcross(i);
    this.draw();
  }

  /** Brings the columns of the moment into view where the ladder is wider than its frame. */
  showAcross(i) {
    if (this.width <= this.scroller.clientWidth) return;
    const actor = this.run.actorOf(this.run.moments[i].h);
    if (actor < 0) return;
    const x = this.columns[actor], left = this.scroller.scrollLeft;
    if (x < left + this.gutter + 60 || x > left + this.scroller.clientWidth - 90) {
      this.scroller.scrollLeft = x - (this.scroller.clientWidth + this.gutter) / 2;
    }
  }

  draw() {
    const rows = this.rows.length;
    const inView = Math.ceil(this.scroller.clientHeight / ROW) + 6;
    // With fewer rows than before the frame may still stand below them.
    const wanted = Math.min(rows - inView, Math.floor(this.scroller.scrollTop / ROW) - 3);
    const first = Math.max(0, wanted);
    const last = Math.min(rows - 1, first + inView);
    const top = first * ROW, height = (last - first + 2) * ROW;
    const views = [[this.body, this.width], [this.times, this.gutter]];
    for (const [view, width] of views) {
      view.setAttribute("viewBox", `0 ${top} ${width} ${height}`);
      Object.assign(view.style, {top: `${top}px`, width: `${width}px`, height: `${height}px`});
    }
    this.drawRows(this.body, {first, last, top, height});
    replace(this.times, this.marks(), this.rows.slice(first, last + 1).map((i) => this.time(i)));
  }

  drawRows(view, {first, last, top, height}) {
    const moments = this.rows.slice(first, last + 1);
    const flights = this.shownFlights(moments[0], moments[moments.length - 1]);
    replace(view, this.marks(),
      this.columns.map((x) =>
        svg("line", {class: "life", x1: x, x2: x, y1: top, y2: top + height})),
      flights.map((segment) => this.arrow(segment)),
      moments.map((i) => this.row(i)));
  }

  /** Of those that are long on their way, only the ends are drawn, and only where they are. */
  shownFlights(first, last) {
    const flights = this.flights(first, last).filter((segment) => !this.isLong(segment) ||
      segment.sent >= first || segment.end <= last);
    const short = flights.filter((segment) => !this.isLong(segment));
    this.isBusy = short.length > BUSY && !this.isPrinting;
    return flights;
  }

  isLong({sent, end, isWithoutStart, isWithoutEnd}) {
    return isWithoutStart || isWithoutEnd || this.rowOf(end) - this.rowOf(sent) > LONG;
  }

  /** Segments between two moments; of one connection alone where the rows are. */
  flights(first, last) {
    const flights = [...this.run.flights(first, last)];
    if (this.rows.length === this.run.moments.length) return flights;
    const isShown = (i) => Number.isInteger(this.rowOf(i));
    return flights.filter(({sent, end}) => isShown(sent) && isShown(end));
  }

  /** The rows of the current moment and of its segment's other end. */
  marks() {
    const band = (i, kind) => svg("rect", {class: kind, x: 0, y: this.y(i) - ROW / 2,
      width: this.width, height: ROW});
    const segment = this.currentSegment();
    const other = segment ? (this.current === segment.sent ? segment.end : segment.sent) : -1;
    return [other >= 0 && other !== this.current ? band(other, "band other") : null,
      band(this.current, "band")].filter(Boolean);
  }

  currentSegment() {
    const moment = this.run.moments[this.current];
    return moment.s === undefined ? null : this.run.segments[moment.s];
  }

  y(i) {
    return this.rowOf(i) * ROW + ROW * 0.6;
  }

  time(i) {
    return svg("text", {class: "time", x: 6, y: this.y(i) + 5},
      seconds(this.run.moments[i].t).slice(0, -2));
  }

  /** What a moment did at its host beside arrows. */
  row(i) {
    const moment = this.run.moments[i];
    const y = this.y(i);
    const group = svg("g", {});
    if (this.run.gap && i === this.run.gap.moment) group.append(this.gapMark(y));
    const actor = this.run.actorOf(moment.h);
    if (actor >= 0) group.append(...this.notes(moment, this.columns[actor], y, this.side(actor)));
    return group;
  }

  gapMark(y) {
    const text = `${counted(this.run.gap.segments, "segment")} left out here`;
    return svg("g", {}, svg("line", {class: "gap", x1: 0, x2: this.width, y1: y - ROW * 0.55,
      y2: y - ROW * 0.55}), label(text, this.width / 2, y - ROW * 0.42, 15, "middle", 400, "halo"));
  }

  /** Notes stand beside the outer lines, where no arrow goes. */
  side(actor) {
    return actor === 0 && this.columns.length > 1 ? -1 : 1;
  }

  notes(moment, x, y, side) {
    const lines = [];
    const fit = (texts) => firstThatFits(texts, Math.floor(this.noteRoom / BOLD_LETTER));
    if (moment.c) lines.push([fit(callNotes(this.run, moment)), "call"]);
    const {d: lookup} = moment;
    if (lookup) lines.push([fit(this.receiver(lookup)), lookup[3] < 0 ? "nobody" : "process"]);
    for (const [, , , to] of (moment.x ?? []).slice(-1)) {
      lines.push([fit([`\u2192 ${this.run.states[to]}`, this.run.states[to]]), "state"]);
    }
    if (lines.length === 0 && moment.p) {
      lines.push([moment.p[0][0] === 2 ? `port ${moment.p[0][1]} free` : `port ${moment.p[0][1]}`,
        "call"]);
    }
    const start = y + 5 - (lines.length - 1) * 9;
    return lines.map(([text, kind], n) => label(text, x + side * 14, start + n * 18, 14.5,
      side < 0 ? "end" : "start", this.noteRoom, `note ${kind}`, 0.86));
  }

  receiver(lookup) {
    const [, , , process, fd] = lookup;
    if (process < 0) return ["nobody"];
    const name = this.run.processName(process);
    return fd < 0 ? [name] : [`${name} fd ${fd}`, name];
  }

  arrow(segment) {
    const from = this.run.actorOf(segment.host ?? -1);
    const to = segment.receiver === undefined ? this.destination(segment)
      : this.run.actorOf(segment.receiver);
    if (from < 0 && to < 0) return null;
    const x1 = this.columns[Math.max(0, from)], y1 = this.y(segment.sent), y2 = this.y(segment.end);
    const isLoop = from === to;
    let x2 = this.columns[Math.max(0, to)];
    if (segment.lost && segment.receiver === undefined) x2 = x1 + (x2 - x1) * 0.5;
    const current = this.currentSegment();
    const isCurrent = segment === current;
    const isKin = current && isSameConnection({local: segment.from, peer: segment.to},
      {local: current.from, peer: current.to});
    const kind = kindOf(segment);
    const isLong = this.isLong(segment);
    const {isWithoutStart, isWithoutEnd} = segment;
    const path = arrowPath({x1, y1, x2, y2, isLoop, isLong, isWithoutStart, isWithoutEnd});
    if (this.isBusy && !isKin && !isLong) {
      return svg("path", {class: `arrow-line aside ${kind}`, d: path, "data-moment": segment.end});
    }
    return svg("g", {class: `arrow ${kind}${isCurrent ? " current" : ""}`,
      "data-moment": segment.end},
    svg("path", {class: "arrow-hit", d: path}), svg("path", {class: "arrow-line", d: path}),
    isWithoutEnd ? "" : this.arrowHead(segment, {x1, y1: isLong ? y2 - STUB : y1, x2: isLoop ? x1 + 2 : x2, y2,
      isLoop}),
    isWithoutStart ? "" : [this.arrowToken(x1, y1, kind), this.arrowText(segment, x1, x2, y1)],
    isLong && !isWithoutEnd ? this.stubText(segment, x1, x2, y2) : "");
  }

  /** Where a lost segment was to go, as far as anybody knows. */
  destination(segment) {
    const nodes = segment.path < 0 ? [] : this.run.paths[segment.path];
    const last = nodes[nodes.length - 1];
    if (last !== undefined && last < this.run.actors.length) return last;
    const from = this.run.actorOf(segment.host ?? -1);
    return from + 1 < this.run.actors.length ? from + 1 : from - 1;
  }

  arrowHead(segment, {x1, y1, x2, y2, isLoop}) {
    if (segment.lost) return lostMark(x2, y2, 8);
    const angle = isLoop ? 180 : Math.atan2(y2 - y1, x2 - x1) * 180 / Math.PI;
    return svg("path", {class: "arrow-head", d: "M0 0L-13 -6L-13 6Z",
      transform: `translate(${x2} ${y2}) rotate(${angle})`});
  }

  arrowToken(x, y, kind) {
    const token = tokenShape(kind, 7);
    token.setAttribute("transform", `translate(${x} ${y})`);
    return token;
  }

  arrowText(segment, x1, x2, y) {
    const side = x2 >= x1 ? 1 : -1;
    const room = this.roomFrom(x1, side);
    return svg("text", {class: "arrow-text", x: x1 + side * 14, y: y - 7,
      "text-anchor": side > 0 ? "start" : "end"}, this.arrowWords(segment, room));
  }

  /** From a point to the edge of what is in view. */
  roomFrom(x, side) {
    const left = this.isPrinting ? 0 : this.scroller.scrollLeft;
    const right = this.isPrinting ? this.width : left + this.scroller.clientWidth;
    const room = (side > 0 ? right - x : x - left - this.gutter) - 18;
    return room > 0 ? room : Infinity;
  }

  /** What it is, where it goes if that is out of sight, and as many numbers as there is room. */
  arrowWords(segment, room) {
    const again = segment.isAgain ? " again" : "";
    const flags = flagsText(segment);
    const numbers = segmentText(segment).slice(flags.length);
    const withoutAck = numbers.replace(/ ack \d+$/, "");
    const aims = this.aims(segment);
    const texts = [numbers, withoutAck, ""].map((text) => flags + text + again + aims[0]);
    return firstThatFits([...texts, ...aims.slice(1).map((aim) => flags + again + aim)],
      Math.floor(room / LETTER));
  }

  /** Which host an arrow goes to, where it ends out of sight; long and short. */
  aims(segment) {
    if (!this.isLong(segment)) return [""];
    const number = ` #${segment.id}`;
    if (segment.receiver === undefined) return [number];
    const name = cutText(this.run.hostName(segment.receiver), 16);
    return [`${number} \u2192 ${name}`, number];
  }

  /** Tells at its end which segment it is, for its start is out of sight. */
  stubText(segment, x1, x2, y) {
    const side = x2 >= x1 ? 1 : -1;
    return svg("text", {class: "arrow-text", x: x2 - 0.35 * (x2 - x1) - side * 4,
      y: y - 0.35 * STUB + 5, "text-anchor": side > 0 ? "end" : "start"}, `#${segment.id}`);
  }

  choose(event) {
    const arrow = event.target.closest("[data-moment]");
    if (arrow) {
      this.onChoose(Number(arrow.dataset.moment));
      return;
    }
    const box = this.body.getBoundingClientRect();
    const y = event.clientY - box.top + parseFloat(this.body.style.top);
    const row = Math.min(this.rows.length - 1, Math.max(0, Math.floor(y / ROW)));
    this.onChoose(this.rows[row]);
  }

  /** On paper the ladder is a table, so that its head stands on each sheet and no row is cut. */
  print(isPrinting) {
    this.isPrinting = isPrinting;
    replace(this.sheets, isPrinting ? this.sheetsOfPaper() : null);
    if (!isPrinting) this.resize();
  }

  sheetsOfPaper() {
    this.place(PRINTED_WIDTH);
    const count = this.rows.length;
    const most = Math.max(0, count - MOST_PRINTED);
    const first = Math.min(most, Math.max(0, Math.floor(this.rowOf(this.current)) -
      MOST_PRINTED / 2));
    const last = Math.min(count, first + MOST_PRINTED) - 1;
    const head = svg("svg", {});
    this.drawHead(head);
    const rows = [];
    for (let row = first; row <= last; ++row) rows.push(this.printedRow(row));
    const name = this.run.name ? html("p", {class: "sheet-name"}, this.run.name) : null;
    return [count <= MOST_PRINTED ? null : html("p", {class: "quiet"},
      `Of ${counted(count, "event")} those around event ${grouped(this.current + 1)} are ` +
      `printed: ${grouped(this.rows[first] + 1)} to ${grouped(this.rows[last] + 1)}.`),
    html("table", {}, html("thead", {}, html("tr", {}, html("th", {}, [name, head].filter(Boolean)))),
      html("tbody", {}, rows))];
  }

  printedRow(row) {
    const top = row * ROW + 5; // All text of a row is between here and the same of the next.
    const view = svg("svg", {viewBox: `0 ${top} ${this.width} ${ROW}`});
    const near = {first: Math.max(0, row - 1), last: Math.min(this.rows.length - 1, row + 1)};
    this.drawRows(view, {...near, top, height: ROW});
    view.append(this.time(this.rows[row]));
    return html("tr", {}, html("td", {}, view));
  }
}

/** A line, a loop at one host, or the two ends of what is long on its way. */
function arrowPath({x1, y1, x2, y2, isLoop, isLong, isWithoutStart, isWithoutEnd}) {
  if (isLoop) return `M${x1} ${y1}C${x1 + 60} ${y1} ${x1 + 60} ${y2} ${x1 + 4} ${y2}`;
  if (!isLong) return `M${x1} ${y1}L${x2} ${y2}`;
  const part = 0.35 * (x2 - x1);
  const start = isWithoutStart ? "" : `M${x1} ${y1}l${part} ${0.35 * STUB}`;
  const end = isWithoutEnd ? "" : `M${x2 - part} ${y2 - 0.35 * STUB}L${x2} ${y2}`;
  return start + end;
}

/** The place of the first number that is `wanted` or more. */
function firstNotBelow(numbers, wanted) {
  let low = 0, high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What a process called and what came of it, and the same shorter. */
function callNotes(run, moment) {
  const [call, , result] = moment.c;
  const text = run.word(call);
  const answer = run.word(result);
  const name = text.slice(0, text.indexOf("("));
  return answer === "ok" ? [text, name] : [`${name}: ${answer}`, answer];
}
