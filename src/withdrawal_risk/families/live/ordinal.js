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
  fill: (law, level, from, arrays, at, mask, futures, out, to) => {
    const { reference, slope, error } = law;
    const [noise] = arrays;
    for (let f = 0; f < futures; f++) {
      if (!((mask >> f) & 1)) continue;
      const predictor = reference + slope * level[from + f];
      const score = predictor + error * noise[at + f];
      let category = 0;
      for (const cut of law.cuts) if (score > cut[law.draw]) category++;
      out[to + f] = category;
    }
  },
  logDensity: (value, mean, error, _tail, cuts, draw) => {
    const low = value > 0 ? cuts[value - 1][draw] : -FAR;
    const high = value < cuts.length ? cuts[value][draw] : FAR;
    return logInterval((low - mean) / error, (high - mean) / error);
  },
  valid: (value, cuts) => Number.isInteger(value) && value >= 0 && value <= cuts,
};
