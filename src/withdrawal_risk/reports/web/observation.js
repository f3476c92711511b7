// @ts-check
/** Supposing that something is learnt: weights of draws and futures. */

import { fillValues, lawOf } from "./indicators.js";
import { paretoK } from "./pareto.js";

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {import("./equation.js").Sweep} Sweep
 *
 * @typedef {object} Seen what is learnt of one future month
 * @property {number} [indicator]
 * @property {number} [value]
 * @property {number} [node]
 * @property {number} [level] place among the five
 * @property {number} month
 */

/** Pareto k above which, and effective draws below which, weights are not to be trusted. */
export const KHAT_LIMIT = 0.7;
export const ESS_LIMIT = 100;

/** Weights of draws and futures by how well they fit what is learnt. */
export class Weights {
  /**
   * @param {Model} model
   * @param {Seen[]} seen
   * @param {Float64Array} [log] by draw and future, where all draws were visited elsewhere
   */
  constructor(model, seen, log = new Float64Array(model.draws * model.futures)) {
    this.model = model;
    this.seen = seen;
    this.log = log;
    /** Of the draws, summing to 1. */
    this.draw = new Float64Array(model.draws);
    /** Of futures within their draw, summing to 1 or all 0. */
    this.within = new Float64Array(this.log.length);
    /** Futures that a draw's are worth. */
    this.trials = new Float64Array(model.draws);
    this.values = new Float64Array(model.ahead * model.futures);
    this.count = 0;
    this.ess = 0;
    this.khat = Infinity;
  }

  /**
   * Take in how well the futures of a draw fit.
   * @param {Sweep} sweep with its levels
   * @param {number} draw
   */
  visit(sweep, draw) {
    for (const item of this.seen) {
      if (item.node !== undefined) this.levelSeen(sweep, draw, item);
      else if (this.model.indicators[item.indicator ?? 0].family.lasts) this.stateSeen(sweep, draw, item);
      else this.valueSeen(sweep, draw, item);
    }
  }

  /**
   * @param {Sweep} sweep
   * @param {number} draw
   * @param {Seen} item
   */
  levelSeen(sweep, draw, item) {
    const { futures, nodes } = this.model;
    const node = item.node ?? 0;
    const edges = [-Infinity, ...nodes[node].cuts, Infinity];
    const place = item.level ?? 0;
    const from = sweep.at(item.month, node);
    for (let f = 0; f < futures; f++) {
      const level = sweep.level[from + f];
      if (level <= edges[place] || level > edges[place + 1]) this.log[draw * futures + f] = -Infinity;
    }
  }

  /**
   * @param {Sweep} sweep
   * @param {number} draw
   * @param {Seen} item
   */
  valueSeen(sweep, draw, item) {
    const { futures, indicators } = this.model;
    const shown = indicators[item.indicator ?? 0];
    const law = lawOf(shown, draw);
    const value = item.value ?? 0;
    const from = sweep.at(item.month, shown.node);
    for (let f = 0; f < futures; f++) {
      const level = sweep.level[from + f];
      this.log[draw * futures + f] += logDensity(shown, law, value, level, draw);
    }
  }

  /**
   * A state came about by the same luck or not at all.
   * @param {Sweep} sweep
   * @param {number} draw
   * @param {Seen} item
   */
  stateSeen(sweep, draw, item) {
    const { futures } = this.model;
    const { values } = this;
    fillValues(sweep, draw, item.indicator ?? 0, 0, [], values);
    for (let f = 0; f < futures; f++) {
      if (values[item.month * futures + f] !== item.value) this.log[draw * futures + f] = -Infinity;
    }
  }

  /** Turn what was taken in into weights. */
  settle() {
    const { draws, futures } = this.model;
    let top = -Infinity;
    for (const log of this.log) top = Math.max(top, log);
    if (top === -Infinity) return this;
    const relative = this.log.map((log) => Math.exp(log - top));
    const total = relative.reduce((a, x) => a + x, 0);
    let square = 0;
    for (let d = 0; d < draws; d++) {
      const of = relative.subarray(d * futures, (d + 1) * futures);
      for (let f = 0; f < futures; f++) square += (of[f] / total) ** 2;
      this.draw[d] = of.reduce((a, x) => a + x, 0) / total;
      this.settleDraw(d);
    }
    this.count = 1 / square;
    this.ess = Math.min(this.count, 1 / this.draw.reduce((a, x) => a + x * x, 0));
    this.khat = Math.max(paretoK(this.log), paretoK(this.draw.map(Math.log)));
    return this;
  }

  /** @param {number} draw */
  settleDraw(draw) {
    const { futures } = this.model;
    const log = this.log.subarray(draw * futures, (draw + 1) * futures);
    const within = this.within.subarray(draw * futures, (draw + 1) * futures);
    const top = log.reduce((a, x) => Math.max(a, x), -Infinity);
    if (top === -Infinity) return;
    within.set(log.map((one) => Math.exp(one - top)));
    const total = within.reduce((a, x) => a + x, 0);
    for (let f = 0; f < futures; f++) within[f] /= total;
    this.trials[draw] = 1 / within.reduce((a, x) => a + x * x, 0);
  }

  /**
   * The share of a draw's futures in which a condition holds.
   * @param {number} draw
   * @param {number} word a bit a future
   */
  share(draw, word) {
    const { futures } = this.model;
    let total = 0;
    for (let f = 0; f < futures; f++) if ((word >> f) & 1) total += this.within[draw * futures + f];
    return Math.min(total, 1);
  }
}

/**
 * @param {import("./model.js").Indicator} shown
 * @param {import("./indicators.js").Law} law
 * @param {number} value
 * @param {number} level
 * @param {number} draw
 */
function logDensity(shown, law, value, level, draw) {
  const mean = shown.family.link(law.reference + law.slope * level);
  let nought = 0;
  if (shown.nought !== null && shown.noughtSlope !== null) {
    const odds = shown.nought[draw] + shown.noughtSlope[draw] * level;
    nought = Math.min(Math.max(1 / (1 + Math.exp(-odds)), 1e-300), 1 - 2 ** -53);
    if (value <= 0) return Math.log(nought);
  }
  const flowing = shown.family.logDensity(value, mean, law.error, shown.tail, law.cuts, draw);
  return Math.log1p(-nought) + flowing;
}
