// @ts-check
/** Answers to questions: a world beside the baseline, and what is learnt in it. */

import { ESS_LIMIT, KHAT_LIMIT, Weights } from "./observation.js";
import { unmoved } from "./reach.js";
import { rowsOf } from "./results.js";
import { World } from "./worlds.js";

/**
 * @typedef {import("./stretch.js").Simulated} Simulated
 *
 * @typedef {object} Answer
 * @property {import("./results.js").Row[]} rows
 * @property {number | null} ess effective sample size of an observation's weights
 * @property {number | null} khat
 * @property {"far" | "weights" | null} refused why there is no answer
 */

export class Answers {
  /**
   * @param {import("./model.js").Model} model with all draws
   * @param {Uint32Array[]} baseline outcomes, by condition
   */
  constructor(model, baseline) {
    this.model = model;
    this.baseline = baseline;
    /** @type {Answer} */
    this.usual = { rows: rowsOf(model, baseline), ess: null, khat: null, refused: null };
  }

  /**
   * Answer a question about one other world.
   * @param {import("./worlds.js").Request} request
   * @param {import("./observation.js").Seen[]} seen what is learnt there
   * @param {Simulated | null} simulated that world, in all draws
   * @param {import("./laws.js").Law[] | null} [laws] of its probabilities, where they are there already
   * @returns {Answer}
   */
  answer(request, seen, simulated, laws = null) {
    const { model, baseline } = this;
    if (simulated === null) return this.refusal("far");
    const { outcomes, log } = simulated;
    if (log === null) {
      const against = { baseline, unmoved: unmoved(model, new World(model, request)), laws };
      return { rows: rowsOf(model, outcomes, against), ess: null, khat: null, refused: null };
    }
    const weights = new Weights(model, seen, log).settle();
    const { ess, khat } = weights;
    if (khat > KHAT_LIMIT || ess < ESS_LIMIT) return this.refusal("weights", ess, khat);
    return { rows: rowsOf(model, outcomes, { baseline, weights }), ess, khat, refused: null };
  }

  /**
   * @param {"far" | "weights"} refused
   * @param {number | null} [ess]
   * @param {number | null} [khat]
   * @returns {Answer}
   */
  refusal(refused, ess = null, khat = null) {
    return { rows: this.usual.rows, ess, khat, refused };
  }
}
