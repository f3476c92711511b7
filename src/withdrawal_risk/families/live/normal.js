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
  realise: (mean, error, [score], at) => mean + error * score[at],
  logDensity: (value, mean, error, tail) => additiveLogDensity(value - mean, error, tail),
};
