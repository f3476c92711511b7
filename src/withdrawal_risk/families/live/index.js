// @ts-check
/**
 * Every family that has a form for the page, by its name. One file is one family, as in Python.
 *
 * @typedef {object} Family
 * @property {boolean} lasts whether a value depends on the month before
 * @property {number} arrays of noise that a value takes
 * @property {number} positions that its noise takes in the counters of a stream
 * @property {(stream: import("../../reports/web/noise.js").Noise, draw: number, error: number,
 *   arrays: Float64Array[], at: number, futures: number) => void} noise draws the noise of a draw
 * @property {(predictor: number) => number} link what is expected
 * @property {(law: import("../../reports/web/indicators.js").Law, level: Float64Array,
 *   from: number, arrays: Float64Array[], at: number, mask: number, futures: number,
 *   out: Float64Array, to: number) => void} fill writes the values that noise gives at the levels
 *   of a month, in the futures of a mask
 * @property {(value: number, mean: number, error: number, tail: boolean,
 *   cuts: Float64Array[], draw: number) => number} logDensity up to what no draw or future changes
 * @property {(value: number, cuts: number) => boolean} valid whether it can be shown, given how many
 *   cuts between categories there are
 */

import { binary } from "./binary.js";
import { count } from "./count.js";
import { lognormal } from "./lognormal.js";
import { normal } from "./normal.js";
import { ordinal } from "./ordinal.js";
import { share } from "./share.js";
import { state } from "./state.js";

/** @type {Record<string, Family>} */
export const FAMILIES = { normal, lognormal, count, share, ordinal, binary, state };
