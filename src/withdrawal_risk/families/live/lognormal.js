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
  realise: (mean, error, [score], at) => mean * Math.exp(error * score[at]),
  logDensity: (value, mean, error, tail) =>
    additiveLogDensity(Math.log(value) - Math.log(mean), error, tail),
};
