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
  realise: (mean, error, [score], at) => 1 / (1 + Math.exp(-logOdds(mean) - error * score[at])),
  logDensity: (value, mean, error, tail) =>
    additiveLogDensity(Math.log(value / (1 - value)) - logOdds(mean), error, tail),
};
