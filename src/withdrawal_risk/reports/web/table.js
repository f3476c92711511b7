// @ts-check
/** The answer as a table, with a small bar in each row. */

import { make } from "./dom.js";
import { differenceInterval, interval, percent, points, say, word } from "./text.js";

/**
 * @typedef {import("./results.js").Row} Row
 * @typedef {import("./text.js").Labels} Labels
 */

/**
 * @param {Labels} labels
 * @param {string} lang
 * @param {number} probability of intervals
 * @param {Row[]} rows
 * @param {Row[]} usual those of the baseline
 */
export function answerTable(labels, lang, probability, rows, usual) {
  const words = labels.live;
  const ci = say(labels.percent, { number: String(Math.round(100 * probability)) });
  const heads = [
    words.condition,
    words.probability,
    say(words.interval, { ci }),
    labels.baseline,
    words.difference,
    words.word,
  ];
  const head = make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, text)));
  const body = rows.map((row, c) => tableRow(labels, lang, row, usual[c]));
  return make(
    "table",
    {},
    make("caption", {}, words.answer),
    make("thead", {}, head),
    make("tbody", {}, ...body),
  );
}

/**
 * @param {Labels} labels
 * @param {string} lang
 * @param {Row} row
 * @param {Row} usual
 */
function tableRow(labels, lang, row, usual) {
  const number = percent(labels, row.probability);
  const text = word(labels, row.probability, row.mcse);
  return make(
    "tr",
    {},
    make("th", { scope: "row" }, labels.conditions[row.name]),
    make("td", { class: "number" }, make("strong", {}, number), bar(row, usual)),
    make("td", { class: "number" }, interval(labels, row.lower, row.upper)),
    make("td", { class: "number" }, percent(labels, usual.probability)),
    make("td", {}, ...differenceTexts(labels, lang, row)),
    make("td", {}, text),
  );
}

/**
 * @param {Labels} labels
 * @param {string} lang
 * @param {Row} row
 */
function differenceTexts(labels, lang, { difference }) {
  if (difference === null) return ["–"];
  const { value, mcse, resolve } = difference;
  if (value === 0 && mcse === 0) return [labels.live.none];
  const side = value > 0 ? "live-up" : value < 0 ? "live-down" : "";
  const size = make("span", { class: side }, points(labels, lang, value));
  const ends = resolve === null ? differenceInterval(labels, difference.lower, difference.upper) : "…";
  return [size, make("br"), make("small", {}, `[${ends}]`)];
}

/**
 * A bar with the interval around it and a mark at the baseline.
 * @param {Row} row
 * @param {Row} usual
 */
function bar(row, usual) {
  const place = (/** @type {string} */ kind, /** @type {number} */ from, /** @type {number} */ to) => {
    const part = make("span", { class: `live-${kind}` });
    part.style.insetInlineStart = `${100 * from}%`;
    if (to > from) part.style.inlineSize = `${100 * (to - from)}%`;
    return part;
  };
  return make(
    "span",
    { class: "live-bar", "aria-hidden": "true" },
    place("full", 0, row.probability),
    place("interval", row.lower, row.upper),
    place("mark", usual.probability, usual.probability),
  );
}
