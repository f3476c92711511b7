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
  realise: (mean, _error, [uniform], at) => (uniform[at] < mean ? 1 : 0),
  logDensity: (value, mean) => Math.log(value > 0.5 ? mean : 1 - mean),
};
