"""What a screen reader and weak eyes need of a page: names, order, contrast.

Each function takes a browser and returns what is wrong, as texts.
"""

CONTROLS = {"button", "checkbox", "slider", "link", "combobox", "textbox", "radio", "switch", "tab"}
NAMED = CONTROLS | {"image", "img", "graphics-document", "dialog", "region"}
LEAST_CONTRAST = 4.5  # WCAG 2, success criterion 1.4.3.


def value(node, field):
    return node.get(field, {}).get("value", "")


def nodes(browser):
    """The accessibility tree, without what is not exposed."""
    tree = browser.cdp("Accessibility.getFullAXTree")["nodes"]
    return [node for node in tree if not node.get("ignored")]


def missing_names(browser):
    return [f"a {value(node, 'role')} without a name" for node in nodes(browser)
            if value(node, "role").lower() in NAMED and not str(value(node, "name")).strip()]


def unreachable_controls(browser):
    """Controls that the tab key never gets to, and focus that does not show."""
    count = browser.run("""
      document.activeElement.blur();
      window.controls = [...document.querySelectorAll('button, input, select, a[href]')]
        .filter((e) => e.getClientRects().length);
      return controls.length;""")
    reached, invisible = set(), set()
    for _ in range(3 * count + 40):
        browser.press("\ue004")
        index, name, shows = browser.run("""
          const e = document.activeElement, style = getComputedStyle(e);
          return [controls.indexOf(e), e.id || e.className,
            e === document.body || style.outlineStyle !== 'none'];""")
        reached.add(index)
        if not shows:
            invisible.add(name)
    wrong = [f"tab never reaches control {index}" for index in range(count) if index not in reached]
    return wrong + [f"focus does not show on {name}" for name in sorted(invisible)]


def wrong_structure(browser):
    facts = browser.run("""
      const all = (selector) => [...document.querySelectorAll(selector)];
      const ids = all('[id]').map((e) => e.id);
      return {
        mains: all('main').length,
        twice: ids.filter((id, i) => ids.indexOf(id) !== i),
        levels: all('h1, h2, h3, h4').filter((e) => e.getClientRects().length)
          .map((e) => Number(e.tagName[1])),
        unknown: all('[aria-labelledby]').map((e) => e.getAttribute('aria-labelledby'))
          .filter((id) => !document.getElementById(id)),
        language: document.documentElement.lang,
      };""")
    wrong = [f"the id {name} is there twice" for name in facts["twice"]]
    wrong += [f"nothing has the id {name}" for name in facts["unknown"]]
    if facts["mains"] != 1:
        wrong.append(f"{facts['mains']} main landmarks")
    if not facts["language"]:
        wrong.append("no language")
    levels = facts["levels"]
    if levels[:1] != [1] or levels.count(1) != 1:
        wrong.append("not one heading of level 1, at the top")
    wrong += [f"a heading of level {after} follows one of level {before}"
              for before, after in zip(levels, levels[1:]) if after > before + 1]
    return wrong


CONTRAST = """
const parse = (text) => {
  const [r, g, b, a = 1] = text.match(/[0-9.]+/g).map(Number);
  return {r, g, b, a};
};
const over = (top, under) => ({r: top.r * top.a + under.r * (1 - top.a),
  g: top.g * top.a + under.g * (1 - top.a), b: top.b * top.a + under.b * (1 - top.a), a: 1});
const light = ({r, g, b}) => [r, g, b].map((c) => c / 255)
  .map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const contrast = (a, b) => {
  const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
  return (x + 0.05) / (y + 0.05);
};
const painted = (element) => {
  const style = getComputedStyle(element);
  const isShape = element instanceof SVGGeometryElement && element.tagName !== 'line';
  const colour = isShape ? style.fill : element instanceof SVGElement ? null
    : style.backgroundColor;
  if (!colour || colour === 'none') return null;
  const found = parse(colour);
  found.a *= Number(isShape ? style.fillOpacity : 1);
  for (let e = element; e; e = e.parentElement) found.a *= Number(getComputedStyle(e).opacity);
  return found;
};
const behind = (element, x, y) => {
  const style = getComputedStyle(element);
  if (element instanceof SVGElement && style.paintOrder.startsWith('stroke') &&
      style.stroke !== 'none') return parse(style.stroke);
  const stack = document.elementsFromPoint(x, y);
  const from = stack.indexOf(element);
  const layers = stack.slice(from < 0 ? 0 : from).map(painted).filter(Boolean);
  return layers.reverse().reduce((under, top) => over(top, under), {r: 255, g: 255, b: 255, a: 1});
};
const wrong = new Map();
let count = 0;
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  const text = walker.currentNode.data.trim();
  if (!text || element.closest('script, noscript, .spoken, title, dialog:not([open])')) continue;
  const range = document.createRange();
  range.selectNodeContents(walker.currentNode);
  const box = range.getClientRects()[0];
  if (!box || box.width === 0) continue;
  const [x, y] = [box.left + Math.min(box.width / 2, 8), box.top + box.height / 2];
  const stack = document.elementsFromPoint(x, y);
  if (!stack.some((e) => e === element || element.contains(e))) continue;  // Out of view.
  const style = getComputedStyle(element);
  const colour = parse(element instanceof SVGElement ? style.fill : style.color);
  const ground = behind(element, x, y);
  const ratio = contrast(over(colour, ground), ground);
  count += 1;
  if (ratio < arguments[0]) {
    wrong.set(`${element.className.baseVal ?? element.className} in ` +
      `${element.parentElement.className.baseVal ?? element.parentElement.className}`,
      `${ratio.toFixed(2)} to 1: ${text.slice(0, 30)}`);
  }
}
return {count, wrong: [...wrong].map((pair) => pair.join(' has '))};
"""


def weak_contrast(browser):
    """Text with too little contrast; too few texts looked at count as wrong, too."""
    found = browser.run(CONTRAST, LEAST_CONTRAST)
    few = [] if found["count"] > 30 else [f"only {found['count']} texts were found"]
    return few + found["wrong"]
