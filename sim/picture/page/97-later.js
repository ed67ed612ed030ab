// Work that can wait: what is out of sight is drawn when the reader has come to rest, so that a
// step stays quick, or at once when it comes into sight.

const REST = 120; // Milliseconds without a step.

class Later {
  constructor() {
    this.tasks = new Map();
    this.seen = new Set();
    this.observer = new IntersectionObserver((entries) => this.notice(entries));
  }

  /** Tells whether an element is in sight from now on. */
  watch(element) {
    this.observer.observe(element);
  }

  notice(entries) {
    for (const {target, isIntersecting} of entries) {
      if (isIntersecting) this.seen.add(target);
      else this.seen.delete(target);
      if (isIntersecting) this.finish(target);
    }
  }

  /** Does a task for an element: now if that is in sight, else later, and only the last one. */
  run(element, task) {
    this.tasks.set(element, task);
    if (this.seen.has(element)) this.finish(element);
    byId("board").setAttribute("aria-busy", "true");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.finishAll(), REST);
  }

  finish(element) {
    const task = this.tasks.get(element);
    this.tasks.delete(element);
    if (task) task();
  }

  finishAll() {
    for (const element of [...this.tasks.keys()]) this.finish(element);
    byId("board").setAttribute("aria-busy", "false");
  }
}
