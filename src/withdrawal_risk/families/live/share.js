// @ts-check
/** A share strictly between 0 and 1; the error is the standard deviation of its log-odds. */

import { additiveLogDensity, logOdds, logistic, scores } from "./additive.js";

/** @type {import("./index.js").Family} */
export const share = {
  lasts: false,
  arrays: 1,
  positions: 1,
  noise: scores,
  link: logistic,
  fill: (law, level, from, arrays, at, mask, futures, out, to) => {
    const { reference, slope, error } = law;
    const [score] = arrays;
    for (let f = 0; f < futures; f++) {
      if (!((mask >> f) & 1)) continue;
      const predictor = reference + slope * level[from + f];
      const odds = logOdds(logistic(predictor)) + error * score[at + f];
      out[to + f] = logistic(odds);
    }
  },
  logDensity: (value, mean, error, tail) =>
    additiveLogDensity(Math.log(value / (1 - value)) - logOdds(mean), error, tail),
  valid: (value) => value > 0 && value < 1,
};
