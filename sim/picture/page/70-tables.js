// What hosts hold: the socket tables before and after an event, and the ledger of ports.

const MOST_SOCKETS = 12;
const MOST_OTHER_HOSTS = 5;
const MOST_HOLDINGS = 40;

class SocketsView {
  constructor(run, place) {
    this.run = run;
    this.place = place;
  }

  show(i, tables) {
    const moment = this.run.moments[i];
    const here = moment.h >= 0 ? this.pair(tables, moment.h) : null;
    const others = tables.hosts().filter((host) => host !== moment.h);
    const shown = others.slice(0, MOST_OTHER_HOSTS);
    const rest = others.length - shown.length;
    replace(this.place, here, shown.map((host) => this.single(tables, host)),
      rest > 0 ? html("p", {class: "quiet"}, `and ${counted(rest, "more host")} with sockets`)
        : null);
  }

  /** The host of the event: before and after beside each other. */
  pair(tables, host) {
    const rows = tables.of(host);
    const shown = chosenRows(rows);
    const name = this.run.hostName(host);
    return html("div", {class: "pair"},
      this.table(`${name} before`, shown, (row) => row.before, "before"),
      this.table(`${name} after`, shown, (row) => row.after, "after"),
      this.more(host, rows.length - shown.length));
  }

  single(tables, host) {
    const rows = tables.of(host);
    const shown = rows.slice(0, MOST_SOCKETS);
    return html("div", {}, this.table(`${this.run.hostName(host)}, nothing changed`, shown,
      (row) => row.after, "after"), this.more(host, rows.length - shown.length));
  }

  more(host, count) {
    const others = this.run.gap && this.isAfterGap ? this.run.others.get(host) ?? 0 : 0;
    const all = count + others;
    return all > 0 ? html("p", {class: "quiet"}, `and ${grouped(all)} more`) : null;
  }

  table(caption, rows, pick, side) {
    const isThere = rows.some((row) => pick(row) >= 0);
    return html("div",
      {class: "frame", tabindex: "0", role: "group", "aria-label": `Sockets: ${caption}`},
      html("table", {},
        html("caption", {}, caption),
        html("thead", {}, html("tr", {}, ["", "State", "Local", "Peer", "Process"].map((name) =>
          html("th", {scope: "col"}, name || html("span", {class: "spoken"}, "Change"))))),
        html("tbody", {}, rows.map((row) => this.row(row, pick(row), side)),
          isThere ? null : html("tr", {},
            html("td", {colspan: "5", class: "quiet"}, "no sockets")))));
  }

  row(row, number, side) {
    const [kind, mark] = changeOf(row, side);
    if (number < 0) {
      return html("tr", {class: "empty"}, html("td", {colspan: "5"}, " "));
    }
    const socket = socketOf(this.run, number);
    const name = socket.name ? ` ${socket.name}` : "";
    const owner = this.run.owner(socket.process, socket.fd) || "the host";
    return html("tr", {class: kind}, html("td", {class: "mark"}, mark),
      html("td", {}, socket.state === "CLOSED" ? "bound" : socket.state),
      html("td", {}, this.run.endpoint(socket.local)),
      html("td", {}, this.run.endpoint(socket.peer)),
      html("td", {}, owner, html("i", {}, name)));
  }
}

/** Those that changed, and as many others as there is room for. */
function chosenRows(rows) {
  const hasChanged = (row) => row.before !== row.after;
  let room = MOST_SOCKETS - rows.filter(hasChanged).length;
  return rows.filter((row) => hasChanged(row) || room-- > 0);
}

function changeOf({before, after}, side) {
  if (before === after) return ["", ""];
  if (before < 0) return ["new", "new"];
  if (after < 0) return ["gone", "gone"];
  return ["changed", side === "before" ? "was" : "now"];
}

class LedgerView {
  constructor(run, place) {
    this.run = run;
    this.place = place;
  }

  /** The ports in use, then those that are free again, the latest first. */
  show(i) {
    const begun = this.run.holdings.filter((holding) => holding.first <= i);
    const inUse = begun.filter((holding) => i < holding.last);
    const over = begun.filter((holding) => i >= holding.last).reverse();
    const shown = [...inUse.slice(-MOST_HOLDINGS), ...over].slice(0, MOST_HOLDINGS);
    const rest = begun.length - shown.length;
    replace(this.place,
      html("p", {}, html("b", {}, counted(inUse.length, "port")), " in use, ",
        html("b", {}, grouped(over.length)), " free again"),
      html("div", {class: "frame", tabindex: "0", role: "group", "aria-label": "Port ledger"},
        html("table", {class: "ledger"},
          html("caption", {class: "spoken"}, "Who owns which port, since when, until when"),
          html("thead", {}, html("tr", {}, ["Port", "Host", "Owner", "Since", "Until", "In the run"]
            .map((name) => html("th", {scope: "col"}, name)))),
          html("tbody", {}, shown.map((holding) => this.row(holding, i))))),
      rest > 0 ? html("p", {class: "quiet"}, `and ${grouped(rest)} more`) : null);
  }

  row(holding, i) {
    const {host, port, process, action, first, last, since} = holding;
    const className = this.run.className(port);
    const owner = process < 0 ? "the host" : this.run.processName(process);
    const until = last === Infinity ? "the end" : seconds(this.run.moments[last].t);
    const mark = first === i ? "new" : last === i ? "gone" : i >= last ? "past" : "";
    return html("tr", {class: mark},
      html("td", {}, doorIcon(className), html("b", {}, port), html("span", {class: "class-name"},
        className)),
      html("td", {}, this.run.hostName(host)),
      html("td", {}, owner, html("span", {class: "class-name"},
        action === 0 ? "by its number" : "given by the host")),
      html("td", {}, seconds(since)), html("td", {}, until),
      html("td", {}, this.bar(holding, i)));
  }

  /** When in the run a port was held, and where the reader is. */
  bar({first, last}, i) {
    const count = Math.max(1, this.run.moments.length - 1);
    const x1 = first / count * 100;
    const x2 = Math.min(last, count) / count * 100;
    const now = i / count * 100;
    return svg("svg", {class: "bar", viewBox: "0 0 100 14", preserveAspectRatio: "none",
      "aria-hidden": "true"}, svg("rect", {class: "bar-all", x: 0, y: 6, width: 100, height: 2}),
    svg("rect", {class: "bar-held", x: x1, y: 3, width: Math.max(1, x2 - x1), height: 8}),
    svg("rect", {class: "bar-now", x: Math.min(99, now), y: 0, width: 1, height: 14}));
  }
}
