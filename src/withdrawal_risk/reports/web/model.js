// @ts-check
/** The exported model as typed arrays that the equation reads. */

import { unpackColumns, unpackNumbers, unpackTruth } from "./columns.js";
import { FAMILIES } from "../../families/live/index.js";

/**
 * @typedef {object} Node
 * @property {string} name
 * @property {boolean} hidden
 * @property {number} rank place in an order of causes
 * @property {boolean} feedback whether it acts on itself through others
 * @property {Float64Array[]} past levels before the first future month, the latest first
 * @property {Float64Array | null} phi persistence; null of what is given
 * @property {Float64Array | null} ownScale
 * @property {Float64Array[]} drive one for all months, or one a month
 * @property {number[] | null} given levels of a policy, by month
 * @property {boolean} jump
 * @property {[number, number] | null} key
 * @property {number} noise place among the nodes with noise; -1 without
 * @property {number[]} cuts
 * @property {number[]} levels sizes of the five named levels
 * @property {{reference: number, perLevel: number} | null} policy
 * @property {number[]} usual mean level of the baseline, by month
 *
 * @typedef {object} Edge
 * @property {number} child
 * @property {number} parent
 * @property {number} lag
 * @property {Float64Array} weight
 * @property {boolean} hidden
 *
 * @typedef {object} Indicator
 * @property {string} name
 * @property {import("../../families/live/index.js").Family} family
 * @property {number} node
 * @property {boolean} tail
 * @property {boolean} read whether a condition reads it
 * @property {[number, number]} key
 * @property {Float64Array} reference
 * @property {Float64Array} slope
 * @property {Float64Array} error
 * @property {Float64Array[]} cuts
 * @property {Float64Array | null} leaving
 * @property {Float64Array | null} nought
 * @property {Float64Array | null} noughtSlope
 * @property {Uint32Array | null} state a state in the last month that has passed, a bit a future
 *
 * @typedef {object} Clause
 * @property {number} node -1 of an indicator
 * @property {number} indicator -1 of a factor
 * @property {number} first
 * @property {number} last
 * @property {number} months those that have passed included
 * @property {"mean" | "min" | "max" | "total" | "last" | "count"} statistic
 * @property {number} bound
 * @property {boolean} lower
 * @property {boolean} failures
 * @property {number | null} least
 * @property {number | null} most
 * @property {number} size largest value of the months that have passed
 * @property {Float64Array | null} past by draw and future: the statistic of the months that have passed
 * @property {Uint32Array | null} settled
 *
 * @typedef {number | [string, any[]]} Tree
 *
 * @typedef {object} Model
 * @property {number} first of the draws that it has, among those that are exported
 * @property {number} draws how many it has
 * @property {number} futures
 * @property {number} chains
 * @property {number} probability of intervals
 * @property {number} ahead future months
 * @property {number} back past months that lags reach back to
 * @property {string[]} months
 * @property {Node[]} nodes in the order of the sweep
 * @property {number} noisy how many nodes have noise
 * @property {Edge[]} edges
 * @property {number[]} edgeStart by child
 * @property {Indicator[]} indicators
 * @property {Clause[]} clauses
 * @property {{name: string, tree: Tree | null}[]} conditions
 * @property {any[]} scenarios
 */

/**
 * @param {any} data as `live_export` makes it
 * @param {number} [first] of the draws that are wanted
 * @param {number} [end] after the last of them
 * @returns {Model}
 */
export function modelOf(data, first = 0, end = data.draws) {
  const columns = unpackColumns(data.columns, data.draws).map((column) => column.subarray(first, end));
  const truth = (/** @type {string | boolean} */ packed) =>
    unpackTruth(packed, data.draws, data.futures).subarray(first, end);
  const past = (/** @type {any} */ packed) =>
    unpackNumbers(packed, data.draws, data.futures).subarray(first * data.futures, end * data.futures);
  const nodes = data.nodes.map((/** @type {any} */ node) => nodeOf(node, columns));
  let noisy = 0;
  for (const node of nodes) if (node.phi !== null) node.noise = noisy++;
  const edges = data.edges.map((/** @type {any} */ edge) => ({
    ...edge,
    hidden: edge.hidden === true,
    weight: columns[edge.weight],
  }));
  return {
    first,
    draws: end - first,
    futures: data.futures,
    chains: data.chains,
    probability: data.probability,
    ahead: data.months.length,
    back: Math.max(1, ...nodes.map((/** @type {Node} */ node) => node.past.length)),
    months: data.months,
    nodes,
    noisy,
    edges,
    edgeStart: startsOf(edges, nodes.length),
    indicators: data.indicators.map((/** @type {any} */ item) => indicatorOf(item, columns, truth)),
    clauses: data.clauses.map((/** @type {any} */ clause) => clauseOf(clause, past, truth)),
    conditions: data.conditions,
    scenarios: data.scenarios,
  };
}

/**
 * @param {any} node
 * @param {Float64Array[]} columns
 * @returns {Node}
 */
function nodeOf(node, columns) {
  const inferred = node.phi !== undefined;
  return {
    name: node.name,
    hidden: node.hidden === true,
    rank: node.rank,
    feedback: node.feedback,
    past: node.past.map((/** @type {number} */ place) => columns[place]),
    phi: inferred ? columns[node.phi] : null,
    ownScale: inferred ? columns[node.ownScale] : null,
    drive: inferred ? node.drive.map((/** @type {number} */ place) => columns[place]) : [],
    given: node.given ?? null,
    jump: node.jump === true,
    key: node.key ?? null,
    noise: -1,
    cuts: node.cuts ?? [],
    levels: node.levels ?? [],
    policy: node.policy ?? null,
    usual: node.usual,
  };
}

/**
 * @param {Edge[]} edges grouped by child
 * @param {number} nodes
 */
function startsOf(edges, nodes) {
  const starts = new Array(nodes + 1).fill(0);
  for (const edge of edges) starts[edge.child + 1]++;
  for (let j = 0; j < nodes; j++) starts[j + 1] += starts[j];
  return starts;
}

/**
 * @param {any} item
 * @param {Float64Array[]} columns
 * @param {(packed: string | boolean) => Uint32Array} truth
 * @returns {Indicator}
 */
function indicatorOf(item, columns, truth) {
  const column = (/** @type {number | undefined} */ place) =>
    place === undefined ? null : columns[place];
  return {
    name: item.name,
    family: FAMILIES[item.family],
    node: item.node,
    tail: item.tail,
    read: item.read,
    key: item.key,
    reference: columns[item.reference],
    slope: columns[item.slope],
    error: columns[item.error],
    cuts: (item.cuts ?? []).map((/** @type {number} */ place) => columns[place]),
    leaving: column(item.leaving),
    nought: column(item.nought),
    noughtSlope: column(item.nought_slope),
    state: item.state === undefined ? null : truth(item.state),
  };
}

/**
 * @param {any} clause
 * @param {(packed: any) => Float64Array} past
 * @param {(packed: string | boolean) => Uint32Array} truth
 * @returns {Clause}
 */
function clauseOf(clause, past, truth) {
  return {
    ...clause,
    node: clause.node ?? -1,
    indicator: clause.indicator ?? -1,
    failures: clause.failures === true,
    least: clause.least ?? null,
    most: clause.most ?? null,
    size: clause.size ?? 0,
    past: clause.past === undefined ? null : past(clause.past),
    settled: clause.settled === undefined ? null : truth(clause.settled),
  };
}
