// @ts-check
/** Elements, made from names, properties and texts; never from markup. */

/**
 * @typedef {Record<string, any>} Properties attributes; `on…` listeners; `class`, `text`, `value`
 */

/**
 * Make an element.
 * @param {string} name
 * @param {Properties} [properties] what is null, undefined or false is left out
 * @param {(Node | string)[]} children
 * @returns {any}
 */
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

/**
 * A select of options, some in groups.
 * @param {Properties} properties
 * @param {([string, string] | {label: string, options: [string, string][]})[]} entries
 * @param {string} chosen
 */
export function select(properties, entries, chosen) {
  const option = (/** @type {[string, string]} */ [value, text]) =>
    make("option", { value, selected: value === chosen }, text);
  const children = entries.map((entry) =>
    Array.isArray(entry)
      ? option(entry)
      : make("optgroup", { label: entry.label }, ...entry.options.map(option)),
  );
  return make("select", properties, ...children);
}

/**
 * A control with its label above it.
 * @param {string} text
 * @param {any} control with an id
 */
export function labelled(text, control) {
  return make("div", { class: "live-field" }, make("label", { for: control.id }, text), control);
}

/**
 * Put other children in the place of those that are there, and leave the focus where it was.
 * @param {Element} parent
 * @param {(Node | string)[]} children
 */
export function refill(parent, ...children) {
  const focused = document.activeElement?.id ?? "";
  parent.replaceChildren(...children);
  if (focused !== "" && document.activeElement?.id !== focused) {
    document.getElementById(focused)?.focus();
  }
}
