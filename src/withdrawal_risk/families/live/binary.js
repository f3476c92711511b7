// @ts-check
/** A yes or no, drawn anew each month; the error divides the log-odds. */

import { logOdds, logistic } from "./additive.js";

/** @type {import("./index.js").Family} */
export const binary = {
  lasts: false,
  arrays: 1,
  positions: 1,
  // The probability of a higher score, which is what a yes is decided by.
  noise: (stream, draw, _error, [above], at, futures) => {
    stream.uniforms(draw, 0, futures, above, at);
    for (let k = at; k < at + futures; k++) above[k] = 1 - above[k];
  },
  link: logistic,
  fill: (law, level, from, arrays, at, mask, futures, out, to) => {
    const { reference, slope, error } = law;
    const [above] = arrays;
    for (let f = 0; f < futures; f++) {
      if (!((mask >> f) & 1)) continue;
      const predictor = reference + slope * level[from + f];
      const chance = logistic(logOdds(logistic(predictor)) / error);
      out[to + f] = above[at + f] < chance ? 1 : 0;
    }
  },
  logDensity: (value, mean, error) => {
    const odds = logOdds(mean) / error;
    return -Math.log1p(Math.exp(value > 0.5 ? -odds : odds));
  },
  valid: (value) => value === 0 || value === 1,
};
