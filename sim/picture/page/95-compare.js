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
      ["Refused, timed out, reset", (run) => run.sums.fates.map(grouped).join(", ")],
      ["Ports used", (run) => grouped(run.summary.ports)],
      ...this.portRows(),
      ["Look-ups", (run) => grouped(run.sums.keys[0])],
      ["Keys compared by one, mean", (run) => meanKeys(run.sums.keys)],
      ["Keys compared by one, most", (run) => grouped(run.sums.keys[2])],
      ["Simulated", (run) => seconds(run.summary.end)],
      ...this.receiverRows(),
    ];
    replace(byId("sums"), html("table", {class: "sums"},
      html("caption", {class: "spoken"}, "Sums of the runs"),
      html("thead", {}, html("tr", {}, html("td", {}),
        this.runs.map((run) => html("th", {scope: "col"}, nameOf(run))))),
      html("tbody", {}, rows.map(([name, text]) => html("tr", {}, html("th", {scope: "row"}, name),
        this.runs.map((run) => html("td", {}, text(run))))))));
  }

  /** The numbers of the ports that each host has used. */
  portRows() {
    const names = new Set(this.runs.flatMap((run) => run.sums.ports.map(([name]) => name)));
    return [...names].map((name) => [`Ports of ${name}`, (run) => {
      const [, ports, more] = run.sums.ports.find(([other]) => other === name) ?? [name, [], 0];
      return (ports.join(" ") || "none") + (more > 0 ? ` and ${grouped(more)} more` : "");
    }]);
  }

  /** Who has received segments, and by which rules they were found. */
  receiverRows() {
    const names = new Set(this.runs.flatMap((run) => run.sums.received.map(([name]) => name)));
    const rows = [...names].map((name) => [`Received by ${name}`, (run) => {
      const found = run.sums.received.find(([other]) => other === name);
      if (!found) return "\u2013";
      const rules = found[2].map(([rule, count]) =>
        html("div", {class: "quiet"}, `${grouped(count)} by ${run.rules[rule]}`));
      return [grouped(found[1]), ...rules];
    }]);
    if (this.runs.some((run) => run.sums.more > 0)) {
      rows.push(["Others that received", (run) => grouped(run.sums.more)]);
    }
    return rows;
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

function meanKeys([count, sum]) {
  return count === 0 ? "\u2013" : (sum / count).toFixed(2);
}

function nameOf(run) {
  return run.name || run.path;
}
