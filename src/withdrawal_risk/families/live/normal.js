// @ts-check
/** A real number with additive error. */

import { additiveLogDensity, scores } from "./additive.js";

/** @type {import("./index.js").Family} */
export const normal = {
  lasts: false,
  arrays: 1,
  positions: 1,
  noise: scores,
  link: (predictor) => predictor,
  fill: (law, level, from, arrays, at, mask, futures, out, to) => {
    const { reference, slope, error } = law;
    const [score] = arrays;
    for (let f = 0; f < futures; f++) {
      if (!((mask >> f) & 1)) continue;
      const predictor = reference + slope * level[from + f];
      out[to + f] = predictor + error * score[at + f];
    }
  },
  logDensity: (value, mean, error, tail) => additiveLogDensity(value - mean, error, tail),
  valid: () => true,
};
