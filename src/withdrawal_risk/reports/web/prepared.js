// @ts-check
/** The noise of all futures of some draws, drawn once: worlds share it, so that their differences are paired. */

import { Noise, monthKey, normalQuantile, studentQuantile } from "./noise.js";

/** @typedef {import("./model.js").Model} Model */

/** Scale at which a Student-t number of four degrees of freedom has variance 1. */
const UNIT = Math.SQRT1_2;

/**
 * @typedef {object} Shown noise in the values of an indicator
 * @property {number} first future month of the first value
 * @property {number} months
 * @property {Float64Array[]} arrays by draw, month and future
 */

export class Prepared {
  /** @param {Model} model */
  constructor(model) {
    const { draws, futures, ahead, noisy } = model;
    this.model = model;
    /** Draws whose noise is there. */
    this.done = 0;
    /** By draw, month, node and future. */
    this.innovation = new Float32Array(draws * ahead * noisy * futures);
    this.streams = model.nodes.map((node) => streamsOf(node.key, ahead));
    this.shown = model.indicators.map((_, k) => roomOf(model, k));
    this.shownStreams = model.indicators.map((item) => streamsOf(item.read ? item.key : null, ahead));
    this.row = new Float64Array(futures);
  }

  /**
   * Draw the noise of the next draws.
   * @param {number} count
   */
  advance(count) {
    const end = Math.min(this.done + count, this.model.draws);
    for (; this.done < end; this.done++) {
      this.drawInnovations(this.done);
      this.model.indicators.forEach((_, k) => this.drawIndicator(this.done, k));
    }
  }

  /** @param {number} draw */
  drawInnovations(draw) {
    const { model, row, innovation } = this;
    const { futures, ahead, noisy, nodes } = model;
    nodes.forEach((node, j) => {
      if (node.noise < 0) return;
      for (let t = 0; t < ahead; t++) {
        this.streams[j][t].uniforms(model.first + draw, 0, futures, row, 0);
        const at = ((draw * ahead + t) * noisy + node.noise) * futures;
        for (let k = 0; k < futures; k++) {
          innovation[at + k] = node.jump ? UNIT * studentQuantile(row[k]) : normalQuantile(row[k]);
        }
      }
    });
  }

  /**
   * @param {number} draw
   * @param {number} k
   */
  drawIndicator(draw, k) {
    const shown = this.shown[k];
    if (shown === null) return;
    const { first, futures, indicators } = this.model;
    const item = indicators[k];
    for (let month = 0; month < shown.months; month++) {
      const at = (draw * shown.months + month) * futures;
      const stream = this.shownStreams[k][shown.first + month];
      item.family.noise(stream, first + draw, item.error[draw], shown.arrays, at, futures);
      if (item.tail) this.drawHeavy(stream, draw, shown.arrays[0], at);
      if (item.nought !== null) {
        const above = shown.arrays[item.family.arrays];
        stream.uniforms(first + draw, item.family.positions, futures, above, at);
      }
    }
  }

  /**
   * Scores with the tails of a Student-t of variance 1, at the ranks of the normal ones.
   * @param {Noise} stream
   * @param {number} draw
   * @param {Float64Array} out
   * @param {number} at
   */
  drawHeavy(stream, draw, out, at) {
    const { row, model } = this;
    stream.uniforms(model.first + draw, 0, model.futures, row, 0);
    for (let k = 0; k < model.futures; k++) out[at + k] = UNIT * studentQuantile(row[k]);
  }
}

/**
 * @param {readonly [number, number] | null} key
 * @param {number} months
 */
function streamsOf(key, months) {
  if (key === null) return [];
  return Array.from({ length: months }, (_, month) => new Noise(monthKey(key, month)));
}

/**
 * @param {Model} model
 * @param {number} k
 * @returns {Shown | null}
 */
function roomOf(model, k) {
  const item = model.indicators[k];
  // A state depends on all months before, and any month of it may be supposed to be known.
  if (item.family.lasts) return item.state === null ? null : room(model, item, 0, model.ahead);
  const about = model.clauses.filter((clause) => clause.indicator === k && clause.last >= 0);
  if (about.length === 0) return null;
  const first = Math.min(...about.map((clause) => clause.first));
  return room(model, item, first, Math.max(...about.map((clause) => clause.last)) + 1 - first);
}

/**
 * @param {Model} model
 * @param {import("./model.js").Indicator} item
 * @param {number} first
 * @param {number} months
 * @returns {Shown}
 */
function room(model, item, first, months) {
  const count = item.family.arrays + (item.nought === null ? 0 : 1);
  const size = model.draws * months * model.futures;
  return { first, months, arrays: Array.from({ length: count }, () => new Float64Array(size)) };
}
