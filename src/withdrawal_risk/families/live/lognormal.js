// @ts-check
/** A positive number; the error is the standard deviation of its logarithm. */

import { additiveLogDensity, scores } from "./additive.js";

/** @type {import("./index.js").Family} */
export const lognormal = {
  lasts: false,
  arrays: 1,
  positions: 1,
  noise: scores,
  link: Math.exp,
  fill: (law, level, from, arrays, at, mask, futures, out, to) => {
    const { reference, slope, error } = law;
    const [score] = arrays;
    for (let f = 0; f < futures; f++) {
      if (!((mask >> f) & 1)) continue;
      const predictor = reference + slope * level[from + f];
      out[to + f] = Math.exp(predictor) * Math.exp(error * score[at + f]);
    }
  },
  logDensity: (value, mean, error, tail) =>
    additiveLogDensity(Math.log(value) - Math.log(mean), error, tail),
  valid: (value) => value > 0,
};
