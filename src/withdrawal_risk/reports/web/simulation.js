// @ts-check
/** All draws and futures of a world, and in which of them conditions hold. */

import { Conditions } from "./conditions.js";
import { Sweep } from "./equation.js";

/**
 * @typedef {import("./worlds.js").World} World
 * @typedef {import("./prepared.js").Prepared} Prepared
 *
 * @typedef {object} Outcomes
 * @property {Uint32Array[]} holds by condition, a word a draw with a bit for each future
 */

/** Levels beyond which nothing means anything; only scaled edges lead there. */
const FARTHEST = 50;

export class Simulation {
  /** @param {Prepared} prepared */
  constructor(prepared) {
    this.model = prepared.model;
    this.sweep = new Sweep(prepared.model, prepared);
    this.conditions = new Conditions(prepared.model);
  }

  /**
   * Say where conditions hold in a world.
   * @param {World} world
   * @param {object} [options]
   * @param {import("./indicators.js").Learnt[]} [options.learnt] what an indicator shows there
   * @param {(sweep: Sweep, draw: number) => void} [options.visit] called with the levels of a draw
   * @returns {Uint32Array[]} by condition, a word a draw with a bit for each future
   */
  run(world, { learnt = [], visit } = {}) {
    const { model, sweep, conditions } = this;
    const outcomes = model.conditions.map(() => new Uint32Array(model.draws));
    for (let draw = 0; draw < model.draws; draw++) {
      sweep.run(draw, world);
      if (world.edgeScale !== null) this.checkNear();
      conditions.evaluate(sweep, draw, learnt, outcomes);
      visit?.(sweep, draw);
    }
    return outcomes;
  }

  /** Refuse levels that scaled edges have carried where nothing means anything. */
  checkNear() {
    for (const level of this.sweep.level) {
      if (!(Math.abs(level) <= FARTHEST)) throw new RangeError("far");
    }
  }
}
