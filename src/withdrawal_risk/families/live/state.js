// @ts-check
/** A yes or no that lasts: a uniform number a month decides it, given the month before. */

import { logistic } from "./additive.js";

/** @type {import("./index.js").Family} */
export const state = {
  lasts: true,
  arrays: 1,
  positions: 1,
  noise: (stream, draw, _error, [uniform], at, futures) =>
    stream.uniforms(draw, 0, futures, uniform, at),
  link: logistic,
  fill: (law, level, from, arrays, at, mask, futures, out, to) => {
    const { reference, slope } = law;
    const [uniform] = arrays;
    for (let f = 0; f < futures; f++) {
      if (!((mask >> f) & 1)) continue;
      const predictor = reference + slope * level[from + f];
      out[to + f] = uniform[at + f] < logistic(predictor) ? 1 : 0;
    }
  },
  logDensity: (value, mean) => Math.log(value > 0.5 ? mean : 1 - mean),
  valid: (value) => value === 0 || value === 1,
};
