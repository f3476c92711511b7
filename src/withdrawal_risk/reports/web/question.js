// @ts-check
/**
 * A question as the reader puts it, as a part of the address, and as a request to the equation.
 *
 * In the address a question reads `ask=scenario:s2;tension:high@2025-10..2026-03~6;a->b:x0.5`: what
 * is set, how, over which months, and in how many months it gets there. `see.` goes before what is
 * learnt.
 */

/**
 * @typedef {import("./model.js").Model} Model
 *
 * @typedef {object} Setting what a factor or policy is set to
 * @property {string} name
 * @property {"0" | "1" | "2" | "3" | "4" | "number" | "shift"} how a level, or a kind of number
 * @property {number} value
 * @property {number} first
 * @property {number} last
 * @property {number} ramp
 *
 * @typedef {object} Scaled
 * @property {string} name of the edge, `cause->effect`
 * @property {number} value
 * @property {number} first
 * @property {number} last
 * @property {number} ramp
 *
 * @typedef {object} Learnt
 * @property {string} name
 * @property {number} value of an indicator; of a factor the place of a level
 * @property {number} month
 *
 * @typedef {object} Question
 * @property {string} scenario empty for none
 * @property {Setting[]} settings
 * @property {Scaled[]} edges
 * @property {Learnt[]} observed
 */

export const LEVELS = ["very_low", "low", "medium", "high", "very_high"];

/** @returns {Question} */
export function nothing() {
  return { scenario: "", settings: [], edges: [], observed: [] };
}

/** @param {Question} question */
export function isEmpty({ scenario, settings, edges, observed }) {
  return scenario === "" && settings.length + edges.length + observed.length === 0;
}

/**
 * The id of an edge.
 * @param {Model} model
 * @param {number} e
 */
export function edgeName(model, e) {
  const { parent, child } = model.edges[e];
  return `${model.nodes[parent].name}->${model.nodes[child].name}`;
}

/**
 * A question as a part of the address.
 * @param {Model} model
 * @param {Question} question
 */
export function written(model, question) {
  const { months } = model;
  const span = (/** @type {Setting | Scaled} */ { first, last, ramp }) =>
    `@${months[first]}..${months[last]}${ramp > 1 ? `~${ramp}` : ""}`;
  const how = (/** @type {Setting} */ { how, value }) => {
    if (how === "number") return String(value);
    return how === "shift" ? `shift${value < 0 ? "" : "+"}${value}` : LEVELS[Number(how)];
  };
  const seen = (/** @type {Learnt} */ { name, value }) =>
    model.nodes.some((node) => node.name === name) ? LEVELS[value] : String(value);
  return [
    ...(question.scenario === "" ? [] : [`scenario:${question.scenario}`]),
    ...question.settings.map((item) => `${item.name}:${how(item)}${span(item)}`),
    ...question.edges.map((item) => `${item.name}:x${item.value}${span(item)}`),
    ...question.observed.map((item) => `see.${item.name}:${seen(item)}@${months[item.month]}`),
  ].join(";");
}

const NUMBER = "[+-]?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?";
const SPAN = "@(\\d{4}-\\d{2})\\.\\.(\\d{4}-\\d{2})(?:~(\\d{1,3}))?";
const PARTS = {
  scenario: /^scenario:(\w+)$/,
  setting: new RegExp(`^(\\w+):(shift)?(${NUMBER}|[a-z_]+)${SPAN}$`),
  edge: new RegExp(`^(\\w+->\\w+):x(${NUMBER})${SPAN}$`),
  seen: new RegExp(`^see\\.(\\w+):(${NUMBER}|[a-z_]+)@(\\d{4}-\\d{2})$`),
};

/**
 * Read what `written` writes; what is not understood is left out.
 * @param {Model} model
 * @param {string} text
 * @returns {{question: Question, forgotten: boolean}}
 */
export function read(model, text) {
  const question = nothing();
  let forgotten = false;
  for (const part of text.split(";")) {
    if (part !== "" && !take(model, question, part)) forgotten = true;
  }
  return { question, forgotten };
}

/**
 * Take in one part; false where it is not understood.
 * @param {Model} model
 * @param {Question} question
 * @param {string} part
 */
function take(model, question, part) {
  const scenario = PARTS.scenario.exec(part);
  if (scenario !== null) return takeScenario(model, question, scenario[1]);
  const edge = PARTS.edge.exec(part);
  if (edge !== null) return takeEdge(model, question, edge);
  const seen = PARTS.seen.exec(part);
  if (seen !== null) return takeSeen(model, question, seen);
  const setting = PARTS.setting.exec(part);
  return setting !== null && takeSetting(model, question, setting);
}

/**
 * @param {Model} model
 * @param {Question} question
 * @param {string} name
 */
function takeScenario(model, question, name) {
  if (!model.scenarios.some((item) => item.name === name)) return false;
  question.scenario = name;
  return true;
}

/**
 * @param {Model} model
 * @param {string[]} found months and ramp
 */
function spanOf(model, [from, to, ramp]) {
  const first = model.months.indexOf(from);
  const last = model.months.indexOf(to);
  if (first < 0 || last < first) return null;
  return { first, last, ramp: ramp === undefined ? 1 : Math.max(Number(ramp), 1) };
}

/**
 * @param {Model} model
 * @param {Question} question
 * @param {RegExpExecArray} found
 */
function takeSetting(model, question, [, name, shift, given, ...months]) {
  const span = spanOf(model, months);
  if (span === null || !model.nodes.some((node) => node.name === name && !node.hidden)) return false;
  const level = LEVELS.indexOf(given);
  const value = Number(given);
  if (level < 0 && Number.isNaN(value)) return false;
  if (level >= 0 && shift !== undefined) return false;
  const how = level >= 0 ? String(level) : shift === undefined ? "number" : "shift";
  const kept = /** @type {Setting["how"]} */ (how);
  question.settings.push({ name, how: kept, value: level >= 0 ? 0 : value, ...span });
  return true;
}

/**
 * @param {Model} model
 * @param {Question} question
 * @param {RegExpExecArray} found
 */
function takeEdge(model, question, [, name, given, ...months]) {
  const span = spanOf(model, months);
  const known = model.edges.some((edge, e) => !edge.hidden && edgeName(model, e) === name);
  if (span === null || !known) return false;
  question.edges.push({ name, value: Number(given), ...span });
  return true;
}

/**
 * @param {Model} model
 * @param {Question} question
 * @param {RegExpExecArray} found
 */
function takeSeen(model, question, [, name, given, when]) {
  const month = model.months.indexOf(when);
  const level = LEVELS.indexOf(given);
  const factor = model.nodes.some((node) => node.name === name && isLearnable(node));
  const indicator = model.indicators.some((item) => item.name === name);
  if (month < 0 || (factor ? level < 0 : !indicator || level >= 0)) return false;
  const value = factor ? level : Number(given);
  if (Number.isNaN(value)) return false;
  question.observed.push({ name, value, month });
  return true;
}

/**
 * Whether a node's level may be learnt: that of a factor, not of a policy.
 * @param {import("./model.js").Node} node
 */
export function isLearnable(node) {
  return !node.hidden && node.policy === null;
}
