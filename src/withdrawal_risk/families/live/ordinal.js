// @ts-check
/** An ordered category, by position; the error is the scale of the probit noise. */

import { logNormal } from "../../reports/web/special.js";
import { scores } from "./additive.js";

/** Stands for infinity as a bound of the lowest and the highest category. */
const FAR = 40;

/**
 * Log of the normal probability between two scores, in the tail where it is accurate.
 * @param {number} low
 * @param {number} high
 */
function logInterval(low, high) {
  const mirrored = low + high > 0;
  const upper = logNormal(mirrored ? -low : high);
  const lower = logNormal(mirrored ? -high : low);
  return upper + Math.log1p(-Math.exp(Math.min(lower - upper, -1e-15)));
}

/** @type {import("./index.js").Family} */
export const ordinal = {
  lasts: false,
  arrays: 1,
  positions: 1,
  noise: scores,
  link: (predictor) => predictor,
  realise: (mean, error, [noise], at, cuts, draw) => {
    const score = mean + error * noise[at];
    let category = 0;
    for (const cut of cuts) if (score > cut[draw]) category++;
    return category;
  },
  logDensity: (value, mean, error, _tail, cuts, draw) => {
    const low = value > 0 ? cuts[value - 1][draw] : -FAR;
    const high = value < cuts.length ? cuts[value][draw] : FAR;
    return logInterval((low - mean) / error, (high - mean) / error);
  },
};
