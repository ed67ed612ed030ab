// Puts the page together and keeps all of its parts at the same moment of the same run.

class Page {
  constructor(runs) {
    this.runs = runs;
    this.chosen = 0;
    if (runs.length > 1) {
      this.compare = new CompareView(runs, (run, moment) => this.chooseRun(run, moment));
    }
    this.later = new Later();
    for (const id of ["sockets", "ledger", "states"]) this.later.watch(byId(id));
    const {run, event} = this.fromAddress(location.hash);
    this.open(run, event - 1);
    window.addEventListener("hashchange", (event) => this.goToAddress(new URL(event.newURL).hash));
    byId("follow").addEventListener("change", (event) => this.follow(event.target.checked));
    window.addEventListener("beforeprint", () => {
      this.later.finishAll();
      for (const ladder of this.ladders()) ladder.print(true);
    });
    window.addEventListener("afterprint", () => {
      for (const ladder of this.ladders()) ladder.print(false);
    });
    this.watchWidth();
  }

  ladders() {
    return [this.ladder, ...(this.compare ? this.compare.ladders : [])];
  }

  get run() { return this.runs[this.chosen]; }

  open(chosen, moment) {
    this.chosen = chosen;
    const run = this.run;
    const goTo = (to) => this.goTo(to);
    showAbout(run);
    showVerdicts(run);
    showBadge(this.runs);
    showGapNote(run);
    showLegend(run);
    byId("run-name").textContent = this.runs.length > 1 ? nameOf(run) : "";
    this.tables = new Tables(run);
    this.map = new NetworkView(run, byId("map"));
    this.ladder = new Ladder(run, byId("ladder"), goTo);
    this.lookup = new LookupView(run, byId("why"), goTo);
    this.sockets = new SocketsView(run, byId("sockets"));
    this.ledger = new LedgerView(run, byId("ledger"));
    this.states = new StatesView(run, byId("states"), byId("state-ends"));
    this.followed = null;
    byId("follow").checked = false;
    this.start(run, moment);
  }

  start(run, moment) {
    if (this.player) {
      this.player.pause();
      this.player.use(run, moment);
      return;
    }
    const show = (i) => this.show(i);
    const move = (i, part, next) => this.map.showTokens(i, part, next);
    this.player = new Player({run, moment}, {show, move});
    bindButtons(this.player);
    bindKeys(this.player);
  }

  goTo(moment) {
    this.player.pause();
    this.player.goTo(moment);
  }

  /** Keeps to the connection of the current moment, or to none. */
  follow(isWanted) {
    const ends = isWanted ? this.run.ends(this.player.moment) : null;
    this.followed = ends && this.run.port(ends.peer) !== 0 ? ends : null;
    byId("follow").checked = this.followed !== null;
    const moments = this.followed ? this.run.momentsOf(this.followed) : null;
    this.player.stopAt(moments);
    this.map.followed = this.followed;
    this.lookup.stops = moments;
    this.ladder.keepTo(moments ?? this.run.moments.map((_, i) => i));
    this.show(this.player.moment);
  }

  chooseRun(chosen, moment) {
    if (chosen !== this.chosen) this.open(chosen, moment);
    else this.goTo(moment);
  }

  show(i) {
    const run = this.run;
    this.tables.moveTo(i);
    this.sockets.isAfterGap = Boolean(run.gap) && i >= run.gap.moment;
    this.showNow(i);
    this.showEnds(i);
    this.map.show(i);
    this.ladder.show(i);
    this.lookup.show(i, this.tables);
    this.later.run(byId("sockets"), () => this.sockets.show(i, this.tables));
    this.later.run(byId("ledger"), () => this.ledger.show(i));
    this.later.run(byId("states"), () => this.states.show(i));
    this.later.run(document, () => this.writeAddress(i));
    if (this.compare) this.compare.show(this.chosen, i);
  }

  showNow(i) {
    const run = this.run, moment = run.moments[i];
    const {host, what, outcome} = momentText(run, i);
    const count = run.moments.length;
    replace(byId("now"), moment.s === undefined ? null : tokenIcon(kindOf(run.segments[moment.s])),
      html("b", {class: "host"}, host), ` ${what} `, html("b", {class: "outcome"}, outcome));
    byId("clock").textContent = seconds(moment.t);
    byId("count").textContent = `event ${grouped(i + 1)} of ${grouped(count)}`;
    const slider = byId("slider");
    slider.value = String(i + 1);
    slider.setAttribute("aria-valuetext",
      `event ${i + 1} of ${count}, ${seconds(moment.t)}: ${momentLine(run, i)}`);
  }

  /** Both ends of the connection that the moment is about, and their states. */
  showEnds(i) {
    const run = this.run;
    const ends = run.ends(i);
    const rows = ends && run.port(ends.peer) !== 0
      ? this.tables.between(ends.local, ends.peer).map((row) => socketOf(run, row)) : [];
    replace(byId("ends"), rows.length === 0 ? "no connection in this event" : rows.map((socket) =>
      html("span", {class: "end-state", title: run.hostName(socket.host)},
        `${cutText(run.hostName(socket.host), 24)} `,
        html("b", {}, socket.state))));
  }

  /** `#event=12&run=2`, both counted from 1. */
  fromAddress(hash) {
    const asked = new URLSearchParams(hash.slice(1));
    const within = (text, most) => Math.min(most, Math.max(1, Math.floor(Number(text)) || 1));
    const run = within(asked.get("run"), this.runs.length) - 1;
    return {run, event: within(asked.get("event"), this.runs[run].moments.length)};
  }

  writeAddress(i) {
    const run = this.runs.length > 1 ? `&run=${this.chosen + 1}` : "";
    history.replaceState(null, "", `#event=${i + 1}${run}`);
  }

  /** The hash is that of the reader's wish; the page may have written its own since. */
  goToAddress(hash) {
    const {run, event} = this.fromAddress(hash);
    this.chooseRun(run, event - 1);
  }

  /** The map has one layout for wide and one for narrow screens. */
  watchWidth() {
    new ResizeObserver(() => {
      if ((byId("map").clientWidth < 560) === this.map.isNarrow) return;
      this.map = new NetworkView(this.run, byId("map"));
      this.map.show(this.player.moment);
    }).observe(byId("map"));
  }
}

function readRuns() {
  return [...document.querySelectorAll("script[type='application/json']")]
    .map((element) => new Run(JSON.parse(element.textContent)));
}

byId("theme").addEventListener("click", nextTheme);
byId("help-button").addEventListener("click", toggleHelp);
byId("help-close").addEventListener("click", toggleHelp);

const runs = readRuns();
if (runs.every((run) => run.moments.length > 0)) {
  new Page(runs);
} else {
  showAbout(runs[0]);
  showVerdicts(runs[0]);
  showBadge(runs);
  byId("now").textContent = "Nothing happens in this run.";
}
