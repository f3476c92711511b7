// @ts-check
/** From a question to what the equation is asked, with what is refused and what is noted. */

import { edgeName } from "./question.js";

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {import("./question.js").Question} Question
 *
 * @typedef {object} Fault why a question cannot be asked
 * @property {string} kind a key of the words
 * @property {string} name
 * @property {number} [low]
 * @property {number} [high]
 *
 * @typedef {object} Note what else is to be known of it
 * @property {"unfinished" | "below_baseline" | "above_baseline"} kind
 * @property {string} name
 * @property {number} [place] of the level that is set
 * @property {number} [usual] mean level in the baseline
 *
 * @typedef {object} Asked
 * @property {import("./worlds.js").Request} request
 * @property {import("./observation.js").Seen[]} seen
 * @property {Fault | null} fault
 * @property {Note[]} notes
 */

/** Long-run standard deviations beyond which no level is set: of a factor, of a policy. */
const FARTHEST = 6;
const FARTHEST_POLICY = 100;
/** Beyond ten times its weight an edge is another edge. */
const LARGEST_SCALE = 10;

/**
 * @param {Model} model
 * @param {Question} question
 * @returns {Asked}
 */
export function requested(model, question) {
  const scenario = model.scenarios.find((item) => item.name === question.scenario);
  const spans = question.settings.map((item) => spanOf(model, item));
  const edges = question.edges.map((item) => edgeOf(model, item));
  const request = {
    spans: [...(scenario?.spans ?? []), ...spans],
    paths: scenario?.paths ?? [],
    pushes: scenario?.pushes ?? [],
    edges: [...(scenario?.edges ?? []), ...edges],
  };
  const seen = question.observed.map((item) => seenOf(model, item));
  return {
    request,
    seen,
    fault: faultOf(model, question, request, seen),
    notes: notesOf(model, question, request),
  };
}

/**
 * @param {Model} model
 * @param {import("./question.js").Setting} item
 */
function spanOf(model, { name, how, value, first, last, ramp }) {
  const place = model.nodes.findIndex((node) => node.name === name);
  const node = model.nodes[place];
  const shifted = how === "shift";
  let size = value;
  if (how !== "number" && how !== "shift") size = node.levels[Number(how)];
  else if (node.policy !== null) {
    size = (shifted ? value : value - node.policy.reference) / node.policy.perLevel;
  }
  return { node: place, first, last, size, shifted, ramp };
}

/**
 * @param {Model} model
 * @param {import("./question.js").Scaled} item
 */
function edgeOf(model, { name, value, first, last, ramp }) {
  const edge = model.edges.findIndex(({ hidden }, e) => !hidden && edgeName(model, e) === name);
  return { edge, first, last, scale: value, ramp };
}

/**
 * @param {Model} model
 * @param {import("./question.js").Learnt} item
 * @returns {import("./observation.js").Seen}
 */
function seenOf(model, { name, value, month }) {
  const indicator = model.indicators.findIndex((item) => item.name === name);
  if (indicator >= 0) return { indicator, value, month };
  return { node: model.nodes.findIndex((node) => node.name === name), level: value, month };
}

/**
 * @param {Model} model
 * @param {Question} question
 * @param {import("./worlds.js").Request} request
 * @param {import("./observation.js").Seen[]} seen
 * @returns {Fault | null}
 */
function faultOf(model, question, request, seen) {
  for (const item of [...question.settings, ...question.edges]) {
    if (item.last < item.first) return { kind: "refused_months", name: item.name };
  }
  return (
    question.settings.map((item) => outOfRange(model, item)).find((fault) => fault !== null) ??
    question.edges.map(unusableScale).find((fault) => fault !== null) ??
    sharedMonths(model, request) ??
    contradiction(model, question, seen)
  );
}

/**
 * @param {Model} model
 * @param {import("./question.js").Setting} item
 * @returns {Fault | null}
 */
function outOfRange(model, item) {
  const { size, shifted, node } = spanOf(model, item);
  const { policy } = model.nodes[node];
  const most = policy === null ? FARTHEST : FARTHEST_POLICY;
  if (Math.abs(size) <= most) return null;
  if (policy === null) return { kind: "refused_number", name: item.name, low: -most, high: most };
  const middle = shifted ? 0 : policy.reference;
  const width = most * Math.abs(policy.perLevel);
  return { kind: "refused_number", name: item.name, low: middle - width, high: middle + width };
}

/**
 * @param {import("./question.js").Scaled} item
 * @returns {Fault | null}
 */
function unusableScale({ name, value }) {
  if (value >= 0 && value <= LARGEST_SCALE) return null;
  return { kind: "refused_number", name, low: 0, high: LARGEST_SCALE };
}

/**
 * Refuse spans of one factor or edge that share a month.
 * @param {Model} model
 * @param {import("./worlds.js").Request} request
 * @returns {Fault | null}
 */
function sharedMonths(model, request) {
  const paths = (request.paths ?? []).map(({ node, first, levels }) => ({
    name: model.nodes[node].name,
    first,
    last: first + levels.length - 1,
  }));
  const spans = request.spans.map(({ node, first, last }) => ({
    name: model.nodes[node].name,
    first,
    last,
  }));
  const edges = (request.edges ?? []).map(({ edge, first, last }) => ({
    name: edgeName(model, edge),
    first,
    last,
  }));
  const all = [...paths, ...spans, ...edges];
  for (const [place, one] of all.entries()) {
    for (const other of all.slice(place + 1)) {
      if (one.name !== other.name || one.first > other.last || other.first > one.last) continue;
      return { kind: "refused_shared", name: one.name };
    }
  }
  return null;
}

/**
 * @param {Model} model
 * @param {Question} question
 * @param {import("./observation.js").Seen[]} seen
 * @returns {Fault | null}
 */
function contradiction(model, question, seen) {
  for (const [place, item] of question.observed.entries()) {
    const { indicator } = seen[place];
    if (indicator !== undefined && !canShow(model.indicators[indicator], item.value)) {
      return { kind: "refused_value", name: item.name };
    }
    if (question.settings.some(({ name }) => name === item.name)) {
      return { kind: "refused_both", name: item.name };
    }
    const same = (/** @type {import("./question.js").Learnt} */ other) =>
      other.name === item.name && other.month === item.month;
    if (question.observed.slice(place + 1).some(same)) {
      return { kind: "refused_twice", name: item.name };
    }
  }
  return null;
}

/**
 * @param {import("./model.js").Indicator} item
 * @param {number} value
 */
function canShow(item, value) {
  if (!Number.isFinite(value)) return false;
  return (value === 0 && item.nought !== null) || item.family.valid(value, item.cuts.length);
}

/**
 * @param {Model} model
 * @param {Question} question
 * @param {import("./worlds.js").Request} request
 * @returns {Note[]}
 */
function notesOf(model, question, request) {
  const all = [
    ...request.spans.map((span) => ({ ...span, name: model.nodes[span.node].name })),
    ...(request.edges ?? []).map((span) => ({ ...span, name: edgeName(model, span.edge) })),
  ];
  /** @type {Note[]} */
  const notes = all
    .filter(({ first, last, ramp }) => last - first + 1 < ramp)
    .map(({ name }) => ({ kind: "unfinished", name }));
  return [...notes, ...question.settings.flatMap((item) => misleading(model, item))];
}

/**
 * A level whose name points the other way: a "high" that is below what would be anyway.
 * @param {Model} model
 * @param {import("./question.js").Setting} item
 * @returns {Note[]}
 */
function misleading(model, item) {
  const place = Number(item.how);
  const node = model.nodes.find(({ name }) => name === item.name);
  if (Number.isNaN(place) || place === 2 || node === undefined) return [];
  const months = node.usual.slice(item.first, item.last + 1);
  const usual = months.reduce((a, x) => a + x, 0) / Math.max(months.length, 1);
  const over = node.levels[place] - usual;
  if (Math.abs(over) < 0.05 || (place > 2) === over > 0) return [];
  return [{ kind: over < 0 ? "below_baseline" : "above_baseline", name: item.name, place, usual }];
}
