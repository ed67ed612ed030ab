// What a run is about: its title, its settings, what was expected and what came of it.

function showAbout(run) {
  byId("title").textContent = run.title || run.path;
  byId("about-text").textContent = run.about.trim() || "The scenario says nothing about itself.";
  const settings = run.params.map(([name, value]) => `${name}=${value}`).join(", ");
  const facts = [["Scenario", run.path], ["Settings", settings || "none"], ["Seed", run.seed],
    ["Simulated", seconds(run.summary.end)],
    ["Segments", grouped(run.summary.sent)], ["Look-ups", lookupCost(run)],
    ["Ports used", grouped(run.summary.ports)], ["Connections", grouped(run.summary.connections)],
    ["Fingerprint", run.summary.fingerprint], ["demuxsim", run.version]];
  replace(byId("facts"), facts.map(([name, value]) =>
    html("div", {}, html("dt", {}, name), html("dd", {}, value))));
}

function lookupCost(run) {
  const {lookups, examined_connections: connections, examined_listeners: listeners} = run.summary;
  if (lookups === 0) return "none";
  return `${grouped(lookups)}, ${((connections + listeners) / lookups).toFixed(2)} keys each`;
}

function verdictSum(run) {
  const failed = run.verdicts.filter(([, , held]) => !held).length;
  if (run.verdicts.length === 0) return {failed, text: "no expectation was judged"};
  if (failed === 0) return {failed, text: `${counted(run.verdicts.length, "expectation")} held`};
  return {failed, text: `${failed} of ${counted(run.verdicts.length, "expectation")} failed`};
}

function verdictText(run) {
  const {failed, text} = verdictSum(run);
  if (run.verdicts.length === 0) return text;
  return `${failed ? "\u2717" : "\u2713"} ${text}`;
}

/** In the heading: of one run its expectations, of several how many runs failed theirs. */
function showBadge(runs) {
  const judged = runs.reduce((sum, run) => sum + run.verdicts.length, 0);
  const failed = runs.filter((run) => verdictSum(run).failed > 0).length;
  const badge = byId("verdict-sum");
  badge.textContent = runs.length === 1 || judged === 0 ? verdictText(runs[0])
    : failed > 0 ? `\u2717 ${failed} of ${runs.length} runs failed expectations`
      : `\u2713 ${counted(judged, "expectation")} held in ${runs.length} runs`;
  badge.className = failed ? "sum failed" : judged ? "sum held" : "sum";
}

function showVerdicts(run) {
  const {text} = verdictSum(run);
  const ordered = [...run.verdicts].sort((a, b) => a[2] - b[2]);
  replace(byId("verdicts"), ordered.length ? html("ul", {class: "verdicts"},
    ordered.map((verdict) => verdictItem(verdict))) : html("p", {}, text));
}

function verdictItem([at, line, held, what, found]) {
  return html("li", {class: held ? "held" : "failed"},
    html("span", {class: "mark", "aria-hidden": "true"}, held ? "\u2713" : "\u2717"),
    html("span", {class: "spoken"}, held ? "held: " : "failed: "),
    html("code", {}, what), html("span", {class: "quiet"}, ` line ${line}, at ${seconds(at)}`),
    html("div", {class: "found"}, `found: ${found}`));
}

function showGapNote(run) {
  const note = byId("gap-note");
  note.hidden = !run.gap;
  if (!run.gap) return;
  const {segments, from, to, moment} = run.gap;
  note.textContent = `This run has ${counted(run.summary.sent, "segment")}. The page keeps the ` +
    `first and the last of them; ${grouped(segments)} between ${seconds(from)} and ` +
    `${seconds(to)} are left out before event ${grouped(moment + 1)}.`;
}

function showLegend(run) {
  replace(byId("legend"), Object.entries(KINDS).map(([kind, {name}]) =>
    html("li", {}, tokenIcon(kind), name)),
  run.classes.map(([name, first, last]) =>
    html("li", {}, doorIcon(name), `${name} ${first}-${last}`)));
}
