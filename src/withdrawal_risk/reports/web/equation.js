// @ts-check
/**
 * The structural equation over one draw and all its futures, as `dynamics/equation.py` writes it:
 *
 *     x[t, j] = phi[j] x[t-1, j] + (1 - phi[j]) (drive[t, j] + sum of effects)
 *               + own_scale[j] sqrt(1 - phi[j]**2) innovation[t, j]
 *
 * A cell may be held at a level, fixed in every future, or moved from where it would be.
 */

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {import("./worlds.js").World} World
 * @typedef {import("./worlds.js").Move} Move
 */

export class Sweep {
  /**
   * @param {Model} model
   * @param {import("./prepared.js").Prepared} prepared
   */
  constructor(model, prepared) {
    const { nodes, back, ahead, futures } = model;
    this.model = model;
    this.prepared = prepared;
    /** By month, from `back` months before the first future one, node and future. */
    this.level = new Float64Array((back + ahead) * nodes.length * futures);
    /** Where moved nodes would be, by node and future, in the month that was swept last. */
    this.unmoved = new Float64Array(nodes.length * futures);
    /** Levels of cells that are fixed in every future. */
    this.fixed = new Float64Array(ahead * nodes.length * futures);
  }

  /**
   * Where the levels of a node in a future month begin.
   * @param {number} month
   * @param {number} node
   */
  at(month, node) {
    const { back, nodes, futures } = this.model;
    return ((month + back) * nodes.length + node) * futures;
  }

  /**
   * Fill in the levels of a draw in a world.
   * @param {number} draw
   * @param {World} world
   */
  run(draw, world) {
    this.fillPast(draw);
    // What acts on itself is moved from where it is before it was moved, and then fixed there.
    for (const move of world.feedback) {
      this.fill(draw, world, world.before(move));
      this.fix(move);
    }
    this.fill(draw, world, world.last);
  }

  /** @param {number} draw */
  fillPast(draw) {
    const { model, level } = this;
    const { nodes, back, futures } = model;
    nodes.forEach((node, j) => {
      for (let b = 1; b <= back; b++) {
        const at = this.at(-b, j);
        const past = node.past[Math.min(b, node.past.length) - 1][draw];
        level.fill(past, at, at + futures);
      }
    });
  }

  /**
   * @param {number} draw
   * @param {World} world
   * @param {import("./worlds.js").Stage} stage what is moved and fixed by now
   */
  fill(draw, world, stage) {
    const { model, level, fixed } = this;
    const { ahead, nodes, futures } = model;
    for (let t = 0; t < ahead; t++) {
      for (let j = 0; j < nodes.length; j++) {
        const cell = t * nodes.length + j;
        const at = this.at(t, j);
        if (stage.fixed[cell]) {
          const from = cell * futures;
          for (let k = 0; k < futures; k++) level[at + k] = fixed[from + k];
          continue;
        }
        const move = stage.moves[cell];
        if (world.held[cell]) level.fill(world.given[cell], at, at + futures);
        else this.natural(draw, t, j, world, move !== undefined && move.first < t);
        if (move !== undefined) this.move(move, t, at);
      }
    }
  }

  /**
   * Let a cell follow from its causes.
   * @param {number} draw
   * @param {number} t
   * @param {number} j
   * @param {World} world
   * @param {boolean} goesOn whether the month before it was moved, too
   */
  natural(draw, t, j, world, goesOn) {
    const { model, level, prepared, unmoved } = this;
    const { futures, ahead, noisy, edges, edgeStart, nodes } = model;
    const node = nodes[j];
    const phi = /** @type {Float64Array} */ (node.phi)[draw];
    const scale = /** @type {Float64Array} */ (node.ownScale)[draw];
    const response = 1 - phi;
    const shock = scale * Math.sqrt(1 - phi * phi);
    const drive = node.drive.length > 1 ? node.drive[t][draw] : node.drive[0][draw];
    const pull = response * (drive + world.push[t * nodes.length + j]);
    const at = this.at(t, j);
    const before = goesOn ? unmoved : level;
    const from = goesOn ? j * futures : this.at(t - 1, j);
    const noise = prepared.innovation;
    const noiseAt = ((draw * ahead + t) * noisy + node.noise) * futures;
    for (let k = 0; k < futures; k++) {
      level[at + k] = phi * before[from + k] + pull + shock * noise[noiseAt + k];
    }
    for (let e = edgeStart[j]; e < edgeStart[j + 1]; e++) {
      const edge = edges[e];
      const cause = this.at(t - edge.lag, edge.parent);
      let effect = response * edge.weight[draw];
      if (world.edgeScale !== null) effect *= world.edgeScale[t * edges.length + e];
      for (let k = 0; k < futures; k++) level[at + k] += effect * level[cause + k];
    }
  }

  /**
   * Move the levels of a cell as a span asks, and remember where they would be.
   * @param {Move} move
   * @param {number} t
   * @param {number} at
   */
  move(move, t, at) {
    const { level, unmoved } = this;
    const { futures } = this.model;
    const share = Math.min((t - move.first + 1) / move.ramp, 1);
    const from = move.node * futures;
    for (let k = 0; k < futures; k++) {
      const would = level[at + k];
      unmoved[from + k] = would;
      level[at + k] = move.shifted
        ? would + share * move.size
        : (1 - share) * would + share * move.size;
    }
  }

  /**
   * Fix a node over the months of a move, moved from where it is now.
   * @param {Move} move
   */
  fix(move) {
    const { level, fixed, model } = this;
    const { futures, nodes } = model;
    for (let t = move.first; t <= move.last; t++) {
      const at = this.at(t, move.node);
      this.move(move, t, at);
      const to = (t * nodes.length + move.node) * futures;
      for (let k = 0; k < futures; k++) fixed[to + k] = level[at + k];
    }
  }
}
