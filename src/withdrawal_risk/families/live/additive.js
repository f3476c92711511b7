// @ts-check
/** What families have in common whose error is added on the scale of their link. */

import { normalQuantile } from "../../reports/web/noise.js";

/**
 * Draw one standard normal score a future.
 * @param {import("../../reports/web/noise.js").Noise} stream
 * @param {number} draw
 * @param {number} _error
 * @param {Float64Array[]} arrays
 * @param {number} at
 * @param {number} futures
 */
export function scores(stream, draw, _error, [out], at, futures) {
  stream.uniforms(draw, 0, futures, out, at);
  for (let k = at; k < at + futures; k++) out[k] = normalQuantile(out[k]);
}

/**
 * Log density of a distance on the scale of the link, normal or with heavy tails.
 * @param {number} distance
 * @param {number} error
 * @param {boolean} heavy
 */
export function additiveLogDensity(distance, error, heavy) {
  const square = (distance / error) ** 2;
  return (heavy ? -2.5 * Math.log1p(0.5 * square) : -0.5 * square) - Math.log(error);
}

/** @param {number} share which may have rounded to 0 or 1 */
export function logOdds(share) {
  const inside = Math.min(Math.max(share, 1e-300), 1 - 2 ** -53);
  return Math.log(inside) - Math.log1p(-inside);
}

/** @param {number} odds log-odds */
export function logistic(odds) {
  return 1 / (1 + Math.exp(-odds));
}
