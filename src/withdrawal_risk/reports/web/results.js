// @ts-check
/** Probabilities, intervals and differences of a world, as `queries/results.py` prints them. */

import { lawOfDifferences, lawOfProbabilities, quantiles, resolvesSpread } from "./laws.js";
import { normalQuantile } from "./noise.js";
import { inverseBeta } from "./special.js";

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {import("./observation.js").Weights} Weights
 * @typedef {import("./laws.js").Law} Law
 *
 * @typedef {object} Row what is told of a condition
 * @property {string} name
 * @property {number} probability
 * @property {number} lower
 * @property {number} upper
 * @property {number} mcse
 * @property {Difference | null} difference from the baseline
 *
 * @typedef {object} Difference
 * @property {number} value
 * @property {number} lower not a number where it is not resolved
 * @property {number} upper
 * @property {number} mcse
 * @property {(() => void) | null} resolve fills in the ends, which take longest; null where they are
 *   there, or never will be
 */

const BATCHES = 20;

/** Weighted probabilities that are nearer to 0 or 1 are certain but for rounding. */
const ROUNDING = 1e-12;

/** @param {number} word */
function bits(word) {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return (((x + (x >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/**
 * The law of a condition's probability among draws that weigh alike.
 * @param {Uint32Array} words by draw
 * @param {number} futures of each
 */
export function lawOf(words, futures) {
  const trials = new Float64Array(words.length).fill(futures);
  return lawOfProbabilities(Float64Array.from(words, bits), trials, null);
}

/**
 * The rows of a world.
 * @param {Model} model
 * @param {Uint32Array[]} outcomes of the world, by condition
 * @param {object} [against]
 * @param {Uint32Array[] | null} [against.baseline] outcomes of the baseline; none gives no difference
 * @param {boolean[]} [against.unmoved] conditions that nothing reaches
 * @param {Weights | null} [against.weights] of an observation
 * @param {Law[] | null} [against.laws] by condition, where they are there already
 * @returns {Row[]}
 */
export function rowsOf(model, outcomes, { baseline = null, unmoved = [], weights = null, laws = null } = {}) {
  return model.conditions.map(({ name }, c) => {
    const world = summaryOf(model, outcomes[c], weights);
    const law =
      weights === null ? (laws?.[c] ?? lawOf(outcomes[c], model.futures)) : weightedLaw(world, weights);
    const row = { name, ...interval(model, world, weights, law) };
    if (baseline === null) return { ...row, difference: null };
    const usual = summaryOf(model, baseline[c], null);
    const difference =
      weights !== null
        ? unpaired(model, row, usual)
        : paired(model, world, usual, outcomes[c], baseline[c], unmoved[c] === true);
    return { ...row, difference };
  });
}

/**
 * @typedef {object} Summary
 * @property {Float64Array} p by draw
 * @property {number} probability
 * @property {number} error
 */

/**
 * @param {Model} model
 * @param {Uint32Array} words
 * @param {Weights | null} weights
 * @returns {Summary}
 */
function summaryOf(model, words, weights) {
  const { draws, futures } = model;
  const p = new Float64Array(draws);
  for (let d = 0; d < draws; d++) {
    p[d] = weights === null ? bits(words[d]) / futures : weights.share(d, words[d]);
  }
  const probability = meanOf(p, weights === null ? null : weights.draw);
  let error = mcse(p, weights === null ? null : weights.draw, model.chains);
  if (weights === null || Math.min(probability, 1 - probability) <= ROUNDING) {
    const count = weights === null ? draws * futures : weights.count;
    error = Math.max(error, errorOfShare(probability, count));
  }
  return { p, probability, error };
}

/**
 * @param {Float64Array} p
 * @param {Float64Array | null} weight
 */
function meanOf(p, weight) {
  let total = 0;
  let low = Infinity;
  let high = -Infinity;
  for (let d = 0; d < p.length; d++) {
    total += weight === null ? p[d] / p.length : weight[d] * p[d];
    low = Math.min(low, p[d]);
    high = Math.max(high, p[d]);
  }
  return Math.min(Math.max(total, low), high);
}

/**
 * Monte Carlo error of a mean, from the spread of batch means within chains.
 * @param {Float64Array} p
 * @param {Float64Array | null} weight
 * @param {number} chains
 */
export function mcse(p, weight, chains) {
  const n = p.length;
  const mean = weight === null ? 0 : meanOf(p, weight);
  const deviation = weight === null ? p : p.map((one, d) => (one - mean) * weight[d] * n);
  const count = Math.max(chains * Math.min(BATCHES, Math.floor(n / chains)), 2);
  const means = [];
  for (let b = 0; b < count; b++) {
    const start = Math.floor((b * n) / count);
    const end = Math.floor(((b + 1) * n) / count);
    means.push(deviation.subarray(start, end).reduce((a, x) => a + x, 0) / (end - start));
  }
  const middle = means.reduce((a, x) => a + x, 0) / count;
  const square = means.reduce((a, x) => a + (x - middle) ** 2, 0) / (count - 1);
  return Math.sqrt(square / count);
}

/**
 * Standard error of a share of so many futures; of none or all as if one had been the other way.
 * @param {number} share
 * @param {number} count
 */
function errorOfShare(share, count) {
  const inside = (share * count + 1) / (count + 2);
  return Math.sqrt((inside * (1 - inside)) / count);
}

/**
 * @param {Summary} summary
 * @param {Weights} weights
 */
function weightedLaw({ p }, weights) {
  const events = p.map((one, d) => one * weights.trials[d]);
  return lawOfProbabilities(events, weights.trials, weights.draw);
}

/**
 * The ends of an interval of probabilities, no narrower than its futures allow.
 * @param {Model} model
 * @param {Summary} summary
 * @param {Weights | null} weights
 * @param {Law} law
 */
function interval(model, { p, probability, error }, weights, law) {
  const count = weights === null ? p.length * model.futures : weights.count;
  const tail = (1 - model.probability) / 2;
  const [low, high] = quantiles(law, [tail, 1 - tail]);
  const width = normalQuantile(1 - tail) * error;
  const happened = probability * count;
  const exactLow = happened > 0 ? inverseBeta(happened, count - happened + 1, tail) : 0;
  const exactHigh = happened < count ? inverseBeta(happened + 1, count - happened, 1 - tail) : 1;
  const unit = 10 ** Math.ceil(Math.log10(count));
  const lower = Math.floor(Math.min(low, probability - width, exactLow) * unit) / unit;
  const upper = Math.ceil(Math.max(high, probability + width, exactHigh) * unit) / unit;
  return { probability, lower: Math.max(lower, 0), upper: Math.min(upper, 1), mcse: error };
}

/**
 * The difference of weighted draws, which have no partners: the new interval, seen from the old.
 * @param {Model} model
 * @param {{probability: number, lower: number, upper: number, mcse: number}} row
 * @param {Summary} usual
 * @returns {Difference}
 */
function unpaired(model, row, usual) {
  return {
    value: row.probability - usual.probability,
    lower: row.lower - usual.probability,
    upper: row.upper - usual.probability,
    mcse: Math.hypot(row.mcse, mcse(usual.p, null, model.chains)),
    resolve: null,
  };
}

/**
 * The difference of worlds that share their noise.
 * @param {Model} model
 * @param {Summary} world
 * @param {Summary} usual
 * @param {Uint32Array} there
 * @param {Uint32Array} here
 * @param {boolean} unmoved
 * @returns {Difference}
 */
function paired(model, world, usual, there, here, unmoved) {
  if (unmoved) return { value: 0, lower: 0, upper: 0, mcse: 0, resolve: null };
  const { draws, futures } = model;
  const gained = Float64Array.from(there, (word, d) => bits(word & ~here[d]));
  const lost = Float64Array.from(there, (word, d) => bits(here[d] & ~word));
  const differing = gained.map((up, d) => up + lost[d]);
  const share = differing.reduce((a, x) => a + x, 0) / draws / futures;
  const change = world.p.map((one, d) => one - usual.p[d]);
  const error = Math.max(mcse(change, null, model.chains), errorOfShare(share, draws * futures));
  const value = world.probability - usual.probability;
  /** @type {Difference} */
  const difference = { value, lower: NaN, upper: NaN, mcse: error, resolve: null };
  if (!resolvesSpread(differing)) return difference;
  difference.resolve = () => {
    const tail = (1 - model.probability) / 2;
    const [low, high] = quantiles(lawOfDifferences(gained, lost, futures), [tail, 1 - tail]);
    const width = normalQuantile(1 - tail) * error;
    difference.lower = Math.min(low, value - width);
    difference.upper = Math.max(high, value + width);
    difference.resolve = null;
  };
  return difference;
}
