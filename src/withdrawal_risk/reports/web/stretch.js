// @ts-check
/** Consecutive draws with the noise of their futures: what is worked out without the other draws. */

import { modelOf } from "./model.js";
import { Weights } from "./observation.js";
import { Prepared } from "./prepared.js";
import { Simulation } from "./simulation.js";
import { World } from "./worlds.js";

/**
 * @typedef {object} Simulated
 * @property {Uint32Array[]} outcomes by condition, a word a draw with a bit for each future
 * @property {Float64Array | null} log weights by draw and future of what is learnt
 */

export class Stretch {
  /**
   * @param {any} data as `live_export` makes it
   * @param {number} [first] draw
   * @param {number} [end] after the last draw
   */
  constructor(data, first = 0, end = data.draws) {
    this.model = modelOf(data, first, end);
    this.prepared = new Prepared(this.model);
    this.simulation = new Simulation(this.prepared);
  }

  /**
   * Draw the noise of some more draws.
   * @param {number} [count] default: all
   * @returns {boolean} whether all of it is drawn
   */
  prepare(count = this.model.draws) {
    this.prepared.advance(count);
    return this.prepared.done === this.model.draws;
  }

  /**
   * Simulate a world.
   * @param {import("./worlds.js").Request} request
   * @param {import("./observation.js").Seen[]} [seen] what is learnt there
   * @returns {Simulated | null} null where scaled edges lead too far
   */
  simulate(request, seen = []) {
    const world = new World(this.model, request);
    const weights = seen.length > 0 ? new Weights(this.model, seen) : null;
    const learnt = seen.flatMap(({ indicator, month, value }) =>
      indicator === undefined || value === undefined ? [] : [{ indicator, month, value }],
    );
    const visit = weights === null ? undefined : weights.visit.bind(weights);
    try {
      const outcomes = this.simulation.run(world, { learnt, visit });
      return { outcomes, log: weights && weights.log };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return null;
    }
  }
}

/**
 * What stretches that follow each other have simulated, as if they were one.
 * @param {(Simulated | null)[]} parts
 * @returns {Simulated | null}
 */
export function joined(parts) {
  const all = parts.flatMap((part) => (part === null ? [] : [part]));
  if (all.length < parts.length) return null;
  const logs = all.flatMap(({ log }) => (log === null ? [] : [...log]));
  return {
    outcomes: all[0].outcomes.map((_, c) => Uint32Array.from(all.flatMap(({ outcomes }) => [...outcomes[c]]))),
    log: all[0].log === null ? null : Float64Array.from(logs),
  };
}
