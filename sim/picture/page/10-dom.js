// Small helpers to make elements. Text only ever gets into the page as text.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** An HTML element with attributes, listeners (values that are functions) and children. */
function html(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function byId(id) {
  return document.getElementById(id);
}

/** Text that a browser may break before a colon: never within a number while there is room. */
function breakable(text) {
  return String(text).split(/(?=:(?! ))/).flatMap((part, i) => i === 0 ? [part]
    : [document.createElement("wbr"), part]);
}

/** The first of some texts that is not longer than `most` characters; else the last, cut. */
function firstThatFits(texts, most) {
  return texts.find((text) => text.length <= most) ?? cutText(texts[texts.length - 1], most);
}

function cutText(text, most) {
  return text.length > most ? `${text.slice(0, Math.max(1, most - 1))}\u2026` : text;
}

/** Puts children in place of those that are there, without moving the reader's place. */
function replace(element, ...children) {
  element.replaceChildren(...children.flat().filter(Boolean));
}

/** "1 segment", "1,100,000 segments". */
function counted(count, noun) {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function grouped(count) {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** "0.010003 s": cut off after the microseconds, as the program's other reports do it. */
function seconds(nanoseconds) {
  const micro = Math.floor(nanoseconds / 1000);
  const whole = Math.floor(micro / 1e6);
  return `${whole}.${String(micro - whole * 1e6).padStart(6, "0")} s`;
}

const reducedMotion = window.matchMedia("(prefers-reduced-motion: reduce)");
