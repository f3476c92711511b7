// @ts-check
/** What indicators show in the futures of a draw. */

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {import("./model.js").Indicator} Indicator
 * @typedef {import("./equation.js").Sweep} Sweep
 * @typedef {{indicator: number, month: number, value: number}} Learnt
 *
 * @typedef {object} Law how an indicator shows its factor in a draw
 * @property {number} reference predictor at level 0
 * @property {number} slope its change a level
 * @property {number} error
 * @property {Float64Array[]} cuts between categories, by draw
 * @property {number} draw
 */

/** @type {Law} */
const law = { reference: 0, slope: 0, error: 0, cuts: [], draw: 0 };

/**
 * How an indicator shows its factor in a draw; overwritten by the next call.
 * @param {Indicator} item
 * @param {number} draw
 */
export function lawOf(item, draw) {
  law.reference = item.reference[draw];
  law.slope = item.slope[draw];
  law.error = item.error[draw];
  law.cuts = item.cuts;
  law.draw = draw;
  return law;
}

/**
 * Fill in the values of an indicator over its months, by month and future.
 * @param {Sweep} sweep with the levels of the draw
 * @param {number} draw
 * @param {number} k
 * @param {number} mask futures that are looked at, a bit each; elsewhere anything may stand
 * @param {Learnt[]} learnt
 * @param {Float64Array} out
 */
export function fillValues(sweep, draw, k, mask, learnt, out) {
  const { model, prepared } = sweep;
  const item = model.indicators[k];
  if (item.family.lasts) return fillStates(sweep, draw, k, out);
  const shown = /** @type {import("./prepared.js").Shown} */ (prepared.shown[k]);
  const { futures } = model;
  const of = lawOf(item, draw);
  for (let month = 0; month < shown.months; month++) {
    const from = sweep.at(shown.first + month, item.node);
    const noiseAt = (draw * shown.months + month) * futures;
    const to = month * futures;
    item.family.fill(of, sweep.level, from, shown.arrays, noiseAt, mask, futures, out, to);
    if (item.nought !== null) stop(item, draw, sweep.level, from, shown.arrays, noiseAt, futures, out, to);
  }
  for (const { indicator, month, value } of learnt) {
    const at = month - shown.first;
    if (indicator !== k || at < 0 || at >= shown.months) continue;
    out.fill(value, at * futures, (at + 1) * futures);
  }
}

/**
 * Let a flow stop where its uniform number says so.
 * @param {Indicator} item
 * @param {number} draw
 * @param {Float64Array} level
 * @param {number} from
 * @param {Float64Array[]} arrays
 * @param {number} noiseAt
 * @param {number} futures
 * @param {Float64Array} out
 * @param {number} to
 */
function stop(item, draw, level, from, arrays, noiseAt, futures, out, to) {
  const nought = /** @type {Float64Array} */ (item.nought)[draw];
  const slope = /** @type {Float64Array} */ (item.noughtSlope)[draw];
  const uniform = arrays[item.family.arrays];
  for (let f = 0; f < futures; f++) {
    const chance = 1 / (1 + Math.exp(-(nought + slope * level[from + f])));
    if (uniform[noiseAt + f] < chance) out[to + f] = 0;
  }
}

/**
 * Fill in a state that lasts, from the first future month on.
 * @param {Sweep} sweep
 * @param {number} draw
 * @param {number} k
 * @param {Float64Array} out
 */
function fillStates(sweep, draw, k, out) {
  const { model, prepared } = sweep;
  const item = model.indicators[k];
  const shown = /** @type {import("./prepared.js").Shown} */ (prepared.shown[k]);
  const { futures } = model;
  const entering = item.reference[draw];
  const leaving = /** @type {Float64Array} */ (item.leaving)[draw];
  const slope = item.slope[draw];
  const before = /** @type {Uint32Array} */ (item.state)[draw];
  for (let month = 0; month < shown.months; month++) {
    const from = sweep.at(shown.first + month, item.node);
    const noiseAt = (draw * shown.months + month) * futures;
    for (let f = 0; f < futures; f++) {
      const shift = slope * sweep.level[from + f];
      const was = month === 0 ? (before >> f) & 1 : out[(month - 1) * futures + f];
      const chance = was
        ? 1 - 1 / (1 + Math.exp(shift - leaving))
        : 1 / (1 + Math.exp(-entering - shift));
      out[month * futures + f] = shown.arrays[0][noiseAt + f] < chance ? 1 : 0;
    }
  }
}
