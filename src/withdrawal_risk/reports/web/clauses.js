// @ts-check
/** In which futures of a draw a clause holds, given the values of its months. */

/** @typedef {import("./model.js").Clause} Clause */

/** Relative difference of a statistic and its bound that 4,000 roundings can make. */
const ROUNDING = 1e-12;

/** Keeps the tolerance finite where a value is not. */
const HUGE = 1e300;

export class Clauses {
  /** @param {number} futures */
  constructor(futures) {
    this.futures = futures;
    /** The statistic so far, and the size of the numbers it is made of, which sets its tolerance. */
    this.value = new Float64Array(futures);
    this.size = new Float64Array(futures);
  }

  /**
   * Where a clause holds, a bit a future.
   * @param {Clause} clause
   * @param {number} draw
   * @param {Float64Array} values
   * @param {number} from where the first future month stands
   * @param {number} step from month to month
   * @returns {number}
   */
  holds(clause, draw, values, from, step) {
    if (clause.statistic === "count") return this.counted(clause, draw, values, from, step);
    this.start(clause, draw);
    const months = clause.last - clause.first + 1;
    for (let month = 0; month < months; month++) this.take(clause, values, from + month * step);
    const { value, size, futures } = this;
    const { lower, bound } = clause;
    const over = clause.statistic === "mean" ? clause.months : 1;
    let result = 0;
    for (let f = 0; f < futures; f++) {
      if (meets(lower, bound, value[f] / over, size[f])) result |= 1 << f;
    }
    return result;
  }

  /**
   * Begin with what the months say that have passed.
   * @param {Clause} clause
   * @param {number} draw
   */
  start(clause, draw) {
    const { value, size, futures } = this;
    const nothing = { min: Infinity, max: -Infinity }[/** @type {string} */ (clause.statistic)] ?? 0;
    const at = draw * futures;
    for (let f = 0; f < futures; f++) value[f] = clause.past === null ? nothing : clause.past[at + f];
    size.fill(clause.size);
  }

  /**
   * Take a month in.
   * @param {Clause} clause
   * @param {Float64Array} values
   * @param {number} at
   */
  take(clause, values, at) {
    const { value, size, futures } = this;
    const { statistic } = clause;
    for (let f = 0; f < futures; f++) {
      const large = Math.abs(values[at + f]);
      if (large > size[f]) size[f] = large;
    }
    // Asked once a month and not once a future, for an answer takes millions of steps.
    switch (statistic) {
      case "total":
      case "mean":
        for (let f = 0; f < futures; f++) value[f] += values[at + f];
        break;
      case "min":
        for (let f = 0; f < futures; f++) value[f] = Math.min(value[f], values[at + f]);
        break;
      case "max":
        for (let f = 0; f < futures; f++) value[f] = Math.max(value[f], values[at + f]);
        break;
      default:
        for (let f = 0; f < futures; f++) value[f] = values[at + f];
    }
  }

  /**
   * Where a clause holds that counts months.
   * @param {Clause} clause
   * @param {number} draw
   * @param {Float64Array} values
   * @param {number} from
   * @param {number} step
   */
  counted(clause, draw, values, from, step) {
    const { least, most, failures, lower, bound } = clause;
    let result = 0;
    for (let f = 0; f < this.futures; f++) {
      let count = clause.past === null ? 0 : clause.past[draw * this.futures + f];
      for (let t = clause.first, i = from + f; t <= clause.last; t++, i += step) {
        if (meets(lower, bound, values[i], Math.abs(values[i])) !== failures) count++;
      }
      if (least !== null ? count >= least : count <= (most ?? 0)) result |= 1 << f;
    }
    return result;
  }
}

/**
 * Whether a number meets a bound; a difference in the last bits is none.
 * @param {boolean} lower whether it is to be as large at least
 * @param {number} bound
 * @param {number} value
 * @param {number} size of the numbers it is made of
 */
function meets(lower, bound, value, size) {
  const larger = lower ? value : bound;
  const smaller = lower ? bound : value;
  return larger + ROUNDING * (Math.min(size, HUGE) + Math.abs(smaller)) >= smaller;
}
