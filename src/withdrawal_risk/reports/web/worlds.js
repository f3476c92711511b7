// @ts-check
/**
 * Worlds other than the baseline: cells that are held, pushed or moved, edges that are scaled.
 *
 * Levels, paths, pushes and edges hold first. Shifts and ramps come after them, causes before
 * effects, each from where its node is by then.
 */

import { arrivals } from "./reach.js";

/**
 * @typedef {import("./model.js").Model} Model
 *
 * @typedef {object} Span
 * @property {number} node
 * @property {number} first future months, both included
 * @property {number} last
 * @property {number} size on the standard scale
 * @property {boolean} shifted
 * @property {number} ramp months in which it is reached
 *
 * @typedef {Span} Move a span that depends on where its node would be
 *
 * @typedef {object} EdgeSpan
 * @property {number} edge
 * @property {number} first
 * @property {number} last
 * @property {number} scale
 * @property {number} ramp
 *
 * @typedef {object} Request what is asked for, as presets have it
 * @property {Span[]} spans
 * @property {{node: number, first: number, levels: number[]}[]} [paths]
 * @property {{node: number, sizes: number[]}[]} [pushes]
 * @property {EdgeSpan[]} [edges]
 *
 * @typedef {object} Stage how far shifts and ramps have been made
 * @property {Int32Array} moves by cell: 0, or one more than the place of a move
 * @property {Uint8Array} fixed by cell
 * @property {Uint8Array} apart by cell: whether it is held, fixed or moved
 * @property {number[]} arrival by node: the first month in which it may be another than in the
 *   baseline
 * @property {Int32Array} begin by node: the first month that is to be filled in
 * @property {number} end the month after the last
 */

/** The baseline. @type {Request} */
export const NOTHING = { spans: [] };

export class World {
  /**
   * @param {Model} model
   * @param {Request} request
   * @param {object} [options]
   * @param {boolean} [options.whole] whether all levels are worked out, with no baseline to begin from
   */
  constructor(model, request, { whole = false } = {}) {
    const { ahead, nodes } = model;
    const cells = ahead * nodes.length;
    this.model = model;
    this.request = request;
    /** Cells cut off from their causes and set to a level. */
    this.held = new Uint8Array(cells);
    this.given = new Float64Array(cells);
    /** Added to the drive. */
    this.push = new Float64Array(cells);
    /** @type {Float64Array | null} by month and edge */
    this.edgeScale = null;
    this.hold();
    /** Shifts and ramps in the order in which they are made. */
    this.moves = request.spans
      .filter((span) => span.shifted || span.ramp > 1)
      .sort((a, b) => nodes[a.node].rank - nodes[b.node].rank || a.first - b.first);
    /** Moves of nodes that act on themselves through others, in order. */
    this.feedback = this.moves.filter((move) => nodes[move.node].feedback);
    this.whole = whole;
    this.stages = this.feedback.map((_, made) => this.stage(made));
    this.last = this.stage(this.feedback.length);
    /** By node: the first month in which it may be another than in the baseline. */
    this.arrival = this.last.arrival;
  }

  /** Set what holds before anything is moved. */
  hold() {
    const { model, request } = this;
    const { ahead, nodes } = model;
    nodes.forEach((node, j) => {
      if (node.given !== null) this.set(j, 0, node.given);
    });
    for (const span of request.spans) {
      if (span.shifted || span.ramp > 1) continue;
      this.set(span.node, span.first, new Array(span.last - span.first + 1).fill(span.size));
    }
    for (const path of request.paths ?? []) this.set(path.node, path.first, path.levels);
    for (const { node, sizes } of request.pushes ?? []) {
      for (let t = 0; t < ahead; t++) this.push[t * nodes.length + node] += sizes[t];
    }
    for (const span of request.edges ?? []) this.scale(span);
  }

  /**
   * @param {number} node
   * @param {number} first
   * @param {number[]} levels
   */
  set(node, first, levels) {
    levels.forEach((level, month) => {
      const cell = (first + month) * this.model.nodes.length + node;
      this.held[cell] = 1;
      this.given[cell] = level;
    });
  }

  /** @param {EdgeSpan} span */
  scale(span) {
    const { ahead, edges } = this.model;
    this.edgeScale ??= new Float64Array(ahead * edges.length).fill(1);
    for (let t = span.first; t <= span.last; t++) {
      const share = Math.min((t - span.first + 1) / span.ramp, 1);
      this.edgeScale[t * edges.length + span.edge] = 1 - share + share * span.scale;
    }
  }

  /**
   * What is moved on the way, and fixed already, once so many moves of feedback are made.
   * @param {number} made
   * @returns {Stage}
   */
  stage(made) {
    const { moves, feedback } = this;
    const { ahead, nodes } = this.model;
    const cells = ahead * nodes.length;
    const until = made < feedback.length ? moves.indexOf(feedback[made]) : moves.length;
    const before = moves.slice(0, until);
    const arrival = this.whole ? nodes.map(() => 0) : arrivals(this.model, this, before);
    const stage = {
      arrival,
      moves: new Int32Array(cells),
      fixed: new Uint8Array(cells),
      apart: this.held.slice(),
      begin: this.beginning(made, arrival),
      end: made < feedback.length ? feedback[made].last + 1 : ahead,
    };
    before.forEach((move, number) => {
      for (let t = move.first; t <= move.last; t++) {
        const cell = t * nodes.length + move.node;
        stage.apart[cell] = 1;
        if (nodes[move.node].feedback) stage.fixed[cell] = 1;
        else stage.moves[cell] = number + 1;
      }
    });
    return stage;
  }

  /**
   * From which month on each node is to be filled in at a stage: nothing that is as in the baseline,
   * on the way only what the next move starts from, and nothing that the stages before have filled
   * in already.
   * @param {number} made
   * @param {number[]} arrival by node
   */
  beginning(made, arrival) {
    const { feedback, model } = this;
    const { ahead, nodes } = model;
    const begin = new Int32Array(nodes.length).fill(made < feedback.length ? ahead : 0);
    if (made < feedback.length) for (const j of withCauses(model, feedback[made].node)) begin[j] = 0;
    for (let stage = 0; stage < made; stage++) {
      const changed = Math.min(...feedback.slice(stage, made).map((move) => move.first));
      for (const j of withCauses(model, feedback[stage].node)) begin[j] = Math.max(begin[j], changed);
    }
    return begin.map((month, j) => Math.max(month, Math.min(arrival[j], ahead)));
  }

  /**
   * The stage from which a move of feedback starts.
   * @param {Move} move
   */
  before(move) {
    return this.stages[this.feedback.indexOf(move)];
  }
}

/**
 * A node and all that acts on it.
 * @param {Model} model
 * @param {number} node
 */
function withCauses(model, node) {
  const found = new Set([node]);
  for (const child of found) {
    for (let e = model.edgeStart[child]; e < model.edgeStart[child + 1]; e++) {
      found.add(model.edges[e].parent);
    }
  }
  return found;
}
