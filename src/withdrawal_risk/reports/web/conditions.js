// @ts-check
/** In which futures of a draw conditions hold; truths are words with a bit for each future. */

import { Clauses } from "./clauses.js";
import { fillValues } from "./indicators.js";

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {import("./model.js").Clause} Clause
 * @typedef {import("./model.js").Tree} Tree
 * @typedef {import("./equation.js").Sweep} Sweep
 * @typedef {import("./indicators.js").Learnt} Learnt
 */

export class Conditions {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.every = 2 ** model.futures - 1;
    /** The truth of each clause; null where it is unknown. @type {(number | null)[]} */
    this.truth = model.clauses.map(() => null);
    this.trees = model.conditions.map((condition) => condition.tree);
    this.about = groupedByIndicator(model).map(({ indicator, places }) => ({
      indicator,
      places,
      trees: this.trees.flatMap((tree) => (tree !== null && reads(tree, places) ? [tree] : [])),
    }));
    this.values = new Float64Array(model.ahead * model.futures);
    this.clauses = new Clauses(model.futures);
  }

  /**
   * Write where conditions hold in a draw.
   * @param {Sweep} sweep with its levels
   * @param {number} draw
   * @param {Learnt[]} learnt
   * @param {Uint32Array[]} outcomes by condition, a word a draw
   */
  evaluate(sweep, draw, learnt, outcomes) {
    const { model, truth } = this;
    for (let place = 0; place < truth.length; place++) {
      const clause = model.clauses[place];
      truth[place] = null;
      if (clause.settled !== null) truth[place] = clause.settled[draw];
      else if (clause.node >= 0) truth[place] = this.ofLevel(clause, sweep, draw);
    }
    // Indicators cost most, so they are simulated where a tree is still open, one after another.
    for (const { indicator, places, trees } of this.about) {
      const open = this.undecided(trees);
      if (open === 0) continue;
      fillValues(sweep, draw, indicator, open, learnt, this.values);
      for (const place of places) truth[place] = this.ofValues(place, sweep, draw) & open;
    }
    let all = this.every;
    for (let c = 0; c < this.trees.length; c++) {
      const tree = this.trees[c];
      const holds = tree === null ? all : this.holds(tree, 0);
      outcomes[c][draw] = holds >>> 0;
      all &= holds;
    }
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
   * Futures in which a tree is not decided yet.
   * @param {Tree[]} trees
   */
  undecided(trees) {
    let open = 0;
    for (const tree of trees) {
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
    const from = sweep.at(clause.first, clause.node);
    return this.clauses.holds(clause, draw, sweep.level, from, sweep.stride);
  }

  /**
   * @param {number} place
   * @param {Sweep} sweep
   * @param {number} draw
   */
  ofValues(place, sweep, draw) {
    const clause = this.model.clauses[place];
    const shown = /** @type {import("./prepared.js").Shown} */ (
      sweep.prepared.shown[clause.indicator]
    );
    const from = (clause.first - shown.first) * this.model.futures;
    return this.clauses.holds(clause, draw, this.values, from, this.model.futures);
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
