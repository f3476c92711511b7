// @ts-check
/** A monthly count, negative binomial; the error is the relative sd of its rate. */

import { normalQuantile } from "../../reports/web/noise.js";
import { logGamma } from "../../reports/web/special.js";

const MOST = 1e15;
const STIRLING = 100;

/** Rate from which an expansion is tried first, up to which sums decide, and the tail it leaves. */
const EXPANDED = 4;
const SEARCHED = 100;
const TAIL = 9;
const NOTHING = 1e-17;
const SUMMED = 500;

/** Multiplying by them takes a fraction of the time of dividing. */
const INVERSE = Float64Array.from({ length: SUMMED + 1 }, (_, k) => 1 / Math.max(k, 1));

/**
 * Poisson quantile; `families/poisson.py` says how.
 * @param {number} z standard normal score
 * @param {number} u its probability
 * @param {number} rate
 */
export function poissonQuantile(z, u, rate) {
  if (rate > EXPANDED) {
    const root = Math.sqrt(rate);
    const square = z * z;
    const expanded = rate + root * z + 1 / 3 + square / 6 - (z * (2 + square)) / (72 * root);
    const count = Math.floor(expanded);
    const doubt = (1 / 40 + square / 80 + (square * square) / 160) / rate;
    const clear = square < TAIL && doubt < expanded - count && expanded - count < 1 - doubt;
    if (rate > SEARCHED || clear) return Math.max(count, 0);
  }
  let term = Math.exp(-rate);
  let total = term;
  let steps = 0;
  while (total < u && (steps < rate || term > NOTHING) && steps < SUMMED) {
    steps++;
    term *= rate * INVERSE[steps];
    total += term;
  }
  return steps;
}

/**
 * Log of Gamma(size + count) / (Gamma(size) size ** count).
 * @param {number} size
 * @param {number} count
 */
function logRising(size, count) {
  if (size <= STIRLING) return logGamma(size + count) - logGamma(size) - count * Math.log(size);
  const both = size + count;
  let rising = (both - 0.5) * Math.log1p(count / size) - count;
  rising += (both ** -1 - size ** -1) / 12;
  rising -= (both ** -3 - size ** -3) / 360;
  return rising + (both ** -5 - size ** -5) / 1260;
}

/** @type {import("./index.js").Family} */
export const count = {
  lasts: false,
  arrays: 4,
  positions: 130,
  noise: (stream, draw, error, [score, probability, factor, nothing], at, futures) => {
    const size = 1 / error ** 2;
    stream.uniforms(draw, 0, futures, probability, at);
    for (let k = 0; k < futures; k++) {
      score[at + k] = normalQuantile(probability[at + k]);
      factor[at + k] = stream.gamma(draw, k, 1, size) / size;
      nothing[at + k] = Math.log(-Math.log(probability[at + k]) / factor[at + k]);
    }
  },
  link: Math.exp,
  fill: (law, level, from, arrays, at, mask, futures, out, to) => {
    const { reference, slope } = law;
    const [score, probability, factor, nothing] = arrays;
    for (let f = 0; f < futures; f++) {
      if (!((mask >> f) & 1)) continue;
      const predictor = reference + slope * level[from + f];
      // Most counts of rare things are 0: the predictor up to which they are was worked out once.
      if (predictor <= nothing[at + f]) {
        out[to + f] = 0;
        continue;
      }
      const rate = Math.min(Math.exp(predictor) * factor[at + f], MOST);
      out[to + f] = poissonQuantile(score[at + f], probability[at + f], rate);
    }
  },
  logDensity: (value, mean, error) => {
    const size = 1 / error ** 2;
    const density = logRising(size, value) - (size + value) * Math.log1p(mean / size);
    return density + value * Math.log(mean);
  },
  valid: (value) => Number.isInteger(value) && value >= 0,
};
