// Moves through a run: buttons, slider, keys, and time itself.

const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16, 32];
const LEAST_PAUSE = 60; // Milliseconds for a step, however fast.
const PLAY_ICON = "M7 4l13 8-13 8z";
const PAUSE_ICON = "M6 4h4v16H6zM14 4h4v16h-4z";
const FLIGHT = 1500; // A usual segment is this long on its way at speed 1.

class Player {
  /** `show(i)` draws a moment, `move(i, part)` what is between it and the next. */
  constructor({run, moment}, {show, move}) {
    this.show = show;
    this.move = move;
    this.speed = 2;
    this.isPlaying = false;
    this.use(run, moment);
  }

  use(run, moment) {
    this.run = run;
    this.stops = null;
    this.last = run.moments.length - 1;
    this.scale = FLIGHT / usualFlight(run);
    byId("slider").max = String(this.last + 1);
    this.goTo(moment);
  }

  goTo(moment) {
    this.moment = Math.min(this.last, Math.max(0, moment));
    this.begun = null;
    this.show(this.moment);
  }

  step(count) {
    this.pause();
    this.goTo(this.stopAfter(count));
  }

  goToLookup(by) {
    this.pause();
    this.goTo(this.run.nextLookup(this.moment, by, this.stops));
  }

  /** Stops only at some moments, in order; null: at all. */
  stopAt(moments) {
    this.stops = moments;
  }

  /** The moment that is so many stops further. */
  stopAfter(count) {
    if (!this.stops) return this.moment + count;
    const place = firstNotBelow(this.stops, this.moment);
    const between = count > 0 && this.stops[place] !== this.moment ? 1 : 0;
    const last = this.stops.length - 1;
    return this.stops[Math.min(last, Math.max(0, place + count - between))];
  }

  toggle() {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  play() {
    const [first, last] = this.stops ? [this.stops[0], this.stops[this.stops.length - 1]]
      : [0, this.last];
    if (this.moment >= last) this.goTo(first);
    this.setPlaying(true);
    this.begun = null;
    requestAnimationFrame((now) => this.frame(now));
  }

  pause() {
    if (!this.isPlaying) return;
    this.setPlaying(false);
    this.show(this.moment);
  }

  setPlaying(isPlaying) {
    this.isPlaying = isPlaying;
    document.body.classList.toggle("playing", isPlaying);
    byId("play").setAttribute("aria-label", isPlaying ? "Pause" : "Play");
    byId("play").title = isPlaying ? "Pause (space)" : "Play (space)";
    byId("play-icon").setAttribute("d", isPlaying ? PAUSE_ICON : PLAY_ICON);
    // Somebody who listens is told of each step, but not of every one of a film.
    byId("now").setAttribute("aria-live", isPlaying ? "off" : "polite");
  }

  /** How long the page stays between a moment and the next. */
  pauseAfter(moment, next) {
    const {t, d} = this.run.moments[moment];
    const simulated = (this.run.moments[next].t - t) * this.scale;
    const reading = d ? 1100 : 450;
    const wanted = Math.min(FLIGHT, Math.max(reading, simulated));
    return Math.max(LEAST_PAUSE, wanted / SPEEDS[this.speed]);
  }

  frame(now) {
    if (!this.isPlaying) return;
    const next = this.stopAfter(1);
    if (next <= this.moment || next > this.last) {
      this.pause();
      return;
    }
    this.begun ??= now;
    const part = (now - this.begun) / this.pauseAfter(this.moment, next);
    if (part >= 1) {
      this.goTo(next);
      this.begun = now;
    } else if (!reducedMotion.matches) {
      this.move(this.moment, part, next);
    }
    requestAnimationFrame((next) => this.frame(next));
  }

  changeSpeed(by) {
    this.speed = Math.min(SPEEDS.length - 1, Math.max(0, this.speed + by));
    byId("speed").textContent = `${SPEEDS[this.speed]}\u00d7`;
  }
}

/** The median time that segments are on their way. */
function usualFlight(run) {
  const times = run.segments.map(({sent, end}) => run.moments[end].t - run.moments[sent].t)
    .filter((time) => time > 0).sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] || 1e6;
}

function bindButtons(player) {
  const actions = {
    first: () => player.step(-player.moment), back: () => player.step(-1),
    play: () => player.toggle(), next: () => player.step(1),
    last: () => player.step(player.last), slower: () => player.changeSpeed(-1),
    faster: () => player.changeSpeed(1),
  };
  for (const [id, action] of Object.entries(actions)) byId(id).addEventListener("click", action);
  byId("slider").addEventListener("input", (event) => {
    player.pause();
    player.goTo(Number(event.target.value) - 1);
  });
}

const KEYS = {
  " ": (player) => player.toggle(), k: (player) => player.toggle(),
  ArrowRight: (player) => player.step(1), ArrowLeft: (player) => player.step(-1),
  PageDown: (player) => player.step(10), PageUp: (player) => player.step(-10),
  Home: (player) => player.step(-player.moment), End: (player) => player.step(player.last),
  "+": (player) => player.changeSpeed(1), "=": (player) => player.changeSpeed(1),
  "-": (player) => player.changeSpeed(-1), 
  n: (player) => player.goToLookup(1), p: (player) => player.goToLookup(-1),
  "?": () => toggleHelp(), t: () => nextTheme(),
};

function bindKeys(player) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || byId("help").open) return;
    const key = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!key || isForControl(event)) return;
    event.preventDefault();
    key(player);
  });
}

/** Keys that the focused control uses itself. */
function isForControl({key, target}) {
  if (target.matches("select")) return true;
  if (key === " ") return target.matches("button, summary, a, [type=checkbox]");
  return false;
}

function toggleHelp() {
  const help = byId("help");
  if (help.open) help.close();
  else help.showModal();
}

const THEMES = ["auto", "light", "dark"];

function nextTheme() {
  const root = document.documentElement;
  const theme = THEMES[(THEMES.indexOf(root.dataset.theme ?? "auto") + 1) % THEMES.length];
  root.dataset.theme = theme;
  byId("theme").textContent = `Theme: ${theme}`;
}
