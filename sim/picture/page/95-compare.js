// Several runs beside each other: their sums in columns, and ladder beside ladder.

class CompareView {
  /** `choose(run, moment)` shows a run in detail. */
  constructor(runs, choose) {
    this.runs = runs;
    this.choose = choose;
    byId("compare").hidden = false;
    this.showSums();
    this.showLadders();
  }

  showSums() {
    const rows = [
      ["Expectations", verdictText],
      ["Segments", (run) => grouped(run.summary.sent)],
      ["Connections", (run) => grouped(run.summary.connections)],
      ["Ports used", (run) => grouped(run.summary.ports)],
      ["Look-ups", (run) => lookupCost(run)],
      ["Simulated", (run) => seconds(run.summary.end)],
    ];
    replace(byId("sums"), html("table", {class: "sums"},
      html("caption", {class: "spoken"}, "Sums of the runs"),
      html("thead", {}, html("tr", {}, html("td", {}),
        this.runs.map((run) => html("th", {scope: "col"}, nameOf(run))))),
      html("tbody", {}, rows.map(([name, text]) => html("tr", {}, html("th", {scope: "row"}, name),
        this.runs.map((run) => html("td", {}, text(run))))))));
  }

  showLadders() {
    const columns = this.runs.map((run, n) => {
      const scroller = html("div", {class: "ladder", tabindex: "0", role: "region",
        "aria-label": `Ladder of ${nameOf(run)}`});
      const button = html("button", {type: "button", class: "chip", click: () => this.choose(n, 0)},
        `Look at ${nameOf(run)}`);
      return {scroller, button, box: html("div", {class: "column"}, button, scroller)};
    });
    this.buttons = columns.map(({button}) => button);
    replace(byId("ladders"), columns.map(({box}) => box));
    this.ladders = columns.map(({scroller}, n) =>
      new Ladder(this.runs[n], scroller, (moment) => this.choose(n, moment)));
  }

  /** The other ladders show what was last at the same simulated time. */
  show(chosen, moment) {
    const {t} = this.runs[chosen].moments[moment];
    this.runs.forEach((run, n) => {
      this.buttons[n].setAttribute("aria-pressed", String(n === chosen));
      this.ladders[n].show(n === chosen ? moment : run.momentAt(t));
    });
  }
}

function nameOf(run) {
  return run.name || run.path;
}
