// @ts-check
/** All draws and futures of a world, and in which of them conditions hold. */

import { Conditions } from "./conditions.js";
import { Sweep } from "./equation.js";
import { NOTHING, World } from "./worlds.js";

/**
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
    /** Levels of the baseline by draw, laid out as in the sweep. @type {Float64Array | null} */
    this.levels = null;
  }

  /** Levels of the baseline, from which every other world begins. */
  usual() {
    if (this.levels === null) {
      const { model, sweep } = this;
      const size = sweep.level.length;
      const world = new World(model, NOTHING, { whole: true });
      this.levels = new Float64Array(model.draws * size);
      for (let draw = 0; draw < model.draws; draw++) {
        sweep.run(draw, world, null);
        this.levels.set(sweep.level, draw * size);
      }
    }
    return this.levels;
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
    const levels = this.usual();
    const size = sweep.level.length;
    for (let draw = 0; draw < model.draws; draw++) {
      sweep.run(draw, world, levels.subarray(draw * size, (draw + 1) * size));
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
