// @ts-check
/** Answers to questions: a world beside the baseline, and what is learnt in it. */

import { ESS_LIMIT, KHAT_LIMIT, Weights } from "./observation.js";
import { unmoved } from "./reach.js";
import { rowsOf } from "./results.js";
import { Simulation } from "./simulation.js";
import { World } from "./worlds.js";

/**
 * @typedef {object} Answer
 * @property {import("./results.js").Row[]} rows
 * @property {number | null} ess effective sample size of an observation's weights
 * @property {number | null} khat
 * @property {"far" | "weights" | null} refused why there is no answer
 */

export class Answers {
  /** @param {import("./prepared.js").Prepared} prepared all of it drawn */
  constructor(prepared) {
    this.model = prepared.model;
    this.simulation = new Simulation(prepared);
    this.baseline = this.simulation.run(new World(this.model, { spans: [] }));
    /** @type {Answer} */
    this.usual = { rows: rowsOf(this.model, this.baseline), ess: null, khat: null, refused: null };
  }

  /**
   * Answer a question about one other world.
   * @param {import("./worlds.js").Request} request
   * @param {import("./observation.js").Seen[]} [seen] what is learnt there
   * @returns {Answer}
   */
  ask(request, seen = []) {
    const world = new World(this.model, request);
    try {
      return seen.length > 0 ? this.observed(world, seen) : this.done(world);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return { rows: this.usual.rows, ess: null, khat: null, refused: "far" };
    }
  }

  /**
   * @param {World} world
   * @returns {Answer}
   */
  done(world) {
    const outcomes = this.simulation.run(world);
    const against = { baseline: this.baseline, unmoved: unmoved(this.model, world) };
    return { rows: rowsOf(this.model, outcomes, against), ess: null, khat: null, refused: null };
  }

  /**
   * @param {World} world
   * @param {import("./observation.js").Seen[]} seen
   * @returns {Answer}
   */
  observed(world, seen) {
    const weights = new Weights(this.model, seen);
    const outcomes = this.simulation.run(world, {
      learnt: seen.flatMap(({ indicator, month, value }) =>
        indicator === undefined || value === undefined ? [] : [{ indicator, month, value }],
      ),
      visit: (sweep, draw) => weights.visit(sweep, draw),
    });
    weights.settle();
    const { ess, khat } = weights;
    if (khat > KHAT_LIMIT || ess < ESS_LIMIT) {
      return { rows: this.usual.rows, ess, khat, refused: "weights" };
    }
    const rows = rowsOf(this.model, outcomes, { baseline: this.baseline, weights });
    return { rows, ess, khat, refused: null };
  }
}
