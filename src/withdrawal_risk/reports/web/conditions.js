// @ts-check
/** In which futures of a draw conditions hold; truths are words with a bit for each future. */

import { fillValues } from "./indicators.js";

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {import("./model.js").Clause} Clause
 * @typedef {import("./model.js").Tree} Tree
 * @typedef {import("./equation.js").Sweep} Sweep
 * @typedef {import("./indicators.js").Learnt} Learnt
 */

/** Relative difference of a statistic and its bound that 4,000 roundings can make. */
const ROUNDING = 1e-12;

export class Conditions {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.every = 2 ** model.futures - 1;
    /** The truth of each clause; null where it is unknown. @type {(number | null)[]} */
    this.truth = model.clauses.map(() => null);
    this.trees = model.conditions.map((condition) => condition.tree);
    this.about = groupedByIndicator(model);
    this.values = new Float64Array(model.ahead * model.futures);
  }

  /**
   * Write where conditions hold in a draw.
   * @param {Sweep} sweep with its levels
   * @param {number} draw
   * @param {Learnt | null} learnt
   * @param {Uint32Array[]} outcomes by condition, a word a draw
   */
  evaluate(sweep, draw, learnt, outcomes) {
    const { model, truth } = this;
    model.clauses.forEach((clause, place) => {
      truth[place] = null;
      if (clause.settled !== null) truth[place] = clause.settled[draw];
      else if (clause.node >= 0) truth[place] = this.ofLevel(clause, sweep, draw);
    });
    // Indicators cost most, so they are simulated where a tree is still open, one after another.
    for (const { indicator, places } of this.about) {
      const open = this.undecided(places);
      if (open === 0) continue;
      fillValues(sweep, draw, indicator, open, learnt, this.values);
      for (const place of places) truth[place] = this.ofValues(place, sweep, draw, open);
    }
    let all = this.every;
    this.trees.forEach((tree, c) => {
      const holds = tree === null ? all : this.holds(tree, 0);
      outcomes[c][draw] = holds >>> 0;
      all &= holds;
    });
  }

  /**
   * Where a tree holds; what is unknown counts for it, or against it.
   * @param {Tree} tree
   * @param {number} unknown all bits or none
   * @returns {number}
   */
  holds(tree, unknown) {
    if (typeof tree === "number") return this.truth[tree] ?? unknown;
    const [kind, parts] = tree;
    if (kind === "not") return this.every & ~this.holds(parts[0], this.every ^ unknown);
    let result = kind === "all" ? this.every : 0;
    for (const part of parts) {
      const holds = this.holds(part, unknown);
      result = kind === "all" ? result & holds : result | holds;
    }
    return result;
  }

  /**
   * Futures in which some clauses may still decide a tree.
   * @param {number[]} places
   */
  undecided(places) {
    let open = 0;
    for (const tree of this.trees) {
      if (tree === null || !reads(tree, places)) continue;
      open |= this.holds(tree, this.every) & ~this.holds(tree, 0);
    }
    return open & this.every;
  }

  /**
   * @param {Clause} clause
   * @param {Sweep} sweep
   * @param {number} draw
   */
  ofLevel(clause, sweep, draw) {
    const { nodes, futures } = this.model;
    const from = sweep.at(clause.first, clause.node);
    return this.meets(clause, draw, sweep.level, from, nodes.length * futures, this.every);
  }

  /**
   * @param {number} place
   * @param {Sweep} sweep
   * @param {number} draw
   * @param {number} open
   */
  ofValues(place, sweep, draw, open) {
    const clause = this.model.clauses[place];
    const shown = /** @type {import("./prepared.js").Shown} */ (
      sweep.prepared.shown[clause.indicator]
    );
    const from = (clause.first - shown.first) * this.model.futures;
    return this.meets(clause, draw, this.values, from, this.model.futures, open);
  }

  /**
   * Where the values of a clause's months meet its bound.
   * @param {Clause} clause
   * @param {number} draw
   * @param {Float64Array} values
   * @param {number} from where the first month stands
   * @param {number} step from month to month
   * @param {number} mask futures that are looked at
   */
  meets(clause, draw, values, from, step, mask) {
    let result = 0;
    for (let f = 0; f < this.model.futures; f++) {
      if (!((mask >> f) & 1)) continue;
      const past = clause.past === null ? NaN : clause.past(draw, f);
      if (ofFuture(clause, past, values, from + f, step)) result |= 1 << f;
    }
    return result;
  }
}

/**
 * The indicators that clauses read, in the order in which they are first read.
 * @param {Model} model
 */
function groupedByIndicator(model) {
  /** @type {Map<number, number[]>} */
  const about = new Map();
  model.clauses.forEach((clause, place) => {
    if (clause.indicator < 0 || clause.settled !== null) return;
    about.set(clause.indicator, [...(about.get(clause.indicator) ?? []), place]);
  });
  return [...about].map(([indicator, places]) => ({ indicator, places }));
}

/**
 * @param {Tree} tree
 * @param {number[]} places
 * @returns {boolean}
 */
function reads(tree, places) {
  if (typeof tree === "number") return places.includes(tree);
  return tree[1].some((part) => reads(part, places));
}

/**
 * Whether a clause holds in one future.
 * @param {Clause} clause
 * @param {number} past what it needs of the months that have passed; not a number where nothing
 * @param {Float64Array} values
 * @param {number} at where the first month stands
 * @param {number} step
 */
function ofFuture(clause, past, values, at, step) {
  const months = clause.last - clause.first + 1;
  const end = at + months * step;
  if (clause.statistic === "count") {
    let count = Number.isNaN(past) ? 0 : past;
    for (let i = at; i < end; i += step) {
      const met = meetsBound(clause, values[i], Math.abs(values[i]));
      if (met !== clause.failures) count++;
    }
    return clause.least !== null ? count >= clause.least : count <= (clause.most ?? 0);
  }
  return meetsBound(clause, statisticOf(clause, past, values, at, step), sizeOf(clause, values, at, step));
}

/**
 * @param {Clause} clause
 * @param {number} past
 * @param {Float64Array} values
 * @param {number} at
 * @param {number} step
 */
function statisticOf(clause, past, values, at, step) {
  const end = at + (clause.last - clause.first + 1) * step;
  const { statistic } = clause;
  if (statistic === "last") return values[end - step];
  let result = past;
  for (let i = at; i < end; i += step) {
    const value = values[i];
    if (Number.isNaN(result)) result = value;
    else if (statistic === "min") result = Math.min(result, value);
    else if (statistic === "max") result = Math.max(result, value);
    else result += value;
  }
  return statistic === "mean" ? result / clause.months : result;
}

/**
 * The size of the numbers that a statistic is made of, which sets its tolerance.
 * @param {Clause} clause
 * @param {Float64Array} values
 * @param {number} at
 * @param {number} step
 */
function sizeOf(clause, values, at, step) {
  let { size } = clause;
  for (let month = clause.first, i = at; month <= clause.last; month++, i += step) {
    size = Math.max(size, Math.abs(values[i]));
  }
  return size;
}

/**
 * Whether a number meets the bound of a clause; a difference in the last bits is none.
 * @param {Clause} clause
 * @param {number} value
 * @param {number} size of the numbers it is made of
 */
function meetsBound(clause, value, size) {
  const larger = clause.lower ? value : clause.bound;
  const smaller = clause.lower ? clause.bound : value;
  return larger + ROUNDING * (Math.min(size, 1e300) + Math.abs(smaller)) >= smaller;
}
