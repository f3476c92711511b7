// @ts-check
/** What indicators show in the futures of a draw. */

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {import("./equation.js").Sweep} Sweep
 * @typedef {{indicator: number, month: number, value: number}} Learnt
 */

/**
 * Fill in the values of an indicator over its months, by month and future.
 * @param {Sweep} sweep with the levels of the draw
 * @param {number} draw
 * @param {number} k
 * @param {number} mask futures that are looked at, a bit each; elsewhere anything may stand
 * @param {Learnt | null} learnt
 * @param {Float64Array} out
 */
export function fillValues(sweep, draw, k, mask, learnt, out) {
  const { model, prepared } = sweep;
  const item = model.indicators[k];
  if (item.family.lasts) return fillStates(sweep, draw, k, out);
  const shown = /** @type {import("./prepared.js").Shown} */ (prepared.shown[k]);
  const { futures } = model;
  const { family, cuts } = item;
  const reference = item.reference[draw];
  const slope = item.slope[draw];
  const error = item.error[draw];
  for (let month = 0; month < shown.months; month++) {
    const from = sweep.at(shown.first + month, item.node);
    const noiseAt = (draw * shown.months + month) * futures;
    for (let f = 0; f < futures; f++) {
      if (!((mask >> f) & 1)) continue;
      const level = sweep.level[from + f];
      const mean = family.link(reference + slope * level);
      let value = family.realise(mean, error, shown.arrays, noiseAt + f, cuts, draw);
      if (item.nought !== null && item.noughtSlope !== null) {
        const odds = item.nought[draw] + item.noughtSlope[draw] * level;
        if (shown.arrays[family.arrays][noiseAt + f] < 1 / (1 + Math.exp(-odds))) value = 0;
      }
      out[month * futures + f] = value;
    }
  }
  if (learnt === null || learnt.indicator !== k) return;
  const month = learnt.month - shown.first;
  if (month >= 0 && month < shown.months) {
    out.fill(learnt.value, month * futures, (month + 1) * futures);
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
