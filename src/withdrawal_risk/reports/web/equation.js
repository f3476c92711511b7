// @ts-check
/**
 * The structural equation over one draw and all its futures, as `dynamics/equation.py` writes it:
 *
 *     x[t, j] = phi[j] x[t-1, j] + (1 - phi[j]) (drive[t, j] + sum of effects)
 *               + own_scale[j] sqrt(1 - phi[j]**2) innovation[t, j]
 *
 * A cell may be held at a level, fixed in every future, or moved from where it would be. Of a draw
 * all numbers are first laid out in typed arrays, and futures are gone through in fours, because an
 * answer takes millions of steps.
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
    const { nodes, edges, back, ahead, futures } = model;
    this.model = model;
    this.prepared = prepared;
    /** Levels from one month to the next. */
    this.stride = nodes.length * futures;
    /** By month, from `back` months before the first future one, node and future. */
    this.level = new Float64Array((back + ahead) * this.stride);
    /** Where moved nodes would be, by node and future, in the month that was swept last. */
    this.unmoved = new Float64Array(this.stride);
    /** Levels of cells that are fixed in every future. */
    this.fixed = new Float64Array(ahead * this.stride);
    /** Of the draw: persistence and size of shocks by node, drive by month and node. */
    this.phi = new Float64Array(nodes.length);
    this.shock = new Float64Array(nodes.length);
    this.pull = new Float64Array(ahead * nodes.length);
    /** Of the draw: response times weight by edge; then as a world scales it in a month. */
    this.effect = new Float64Array(edges.length);
    this.scaled = new Float64Array(edges.length);
    this.edgeStart = Int32Array.from(model.edgeStart);
    /** From where an effect arrives to where its cause stands. */
    this.cause = Int32Array.from(edges, (edge) => (edge.parent - edge.lag * nodes.length) * futures);
    this.noiseOf = Int32Array.from(nodes, (node) => node.noise * futures);
  }

  /**
   * Where the levels of a node in a future month begin.
   * @param {number} month
   * @param {number} node
   */
  at(month, node) {
    return (month + this.model.back) * this.stride + node * this.model.futures;
  }

  /**
   * Fill in the levels of a draw in a world.
   * @param {number} draw
   * @param {World} world
   * @param {Float64Array | null} usual levels of the draw in the baseline; null to work all of them out
   */
  run(draw, world, usual) {
    this.lay(draw, world);
    if (usual === null) this.fillPast(draw);
    else this.level.set(usual);
    // What acts on itself is moved from where it is before it was moved, and then fixed there.
    for (const move of world.feedback) {
      this.fill(draw, world, world.before(move));
      this.fix(move);
    }
    this.fill(draw, world, world.last);
  }

  /**
   * Lay out the numbers of a draw.
   * @param {number} draw
   * @param {World} world
   */
  lay(draw, world) {
    const { model, phi, shock, pull, effect } = this;
    const { nodes, edges, ahead } = model;
    for (let j = 0; j < nodes.length; j++) {
      const node = nodes[j];
      if (node.phi === null || node.ownScale === null) continue;
      phi[j] = node.phi[draw];
      shock[j] = node.ownScale[draw] * Math.sqrt(1 - phi[j] * phi[j]);
      const { drive } = node;
      let force = (1 - phi[j]) * drive[0][draw];
      for (let t = 0; t < ahead; t++) {
        const cell = t * nodes.length + j;
        // What pushes is added before it is scaled, as the library does.
        if (drive.length > 1) force = (1 - phi[j]) * drive[t][draw];
        const push = world.push[cell];
        pull[cell] = push === 0 ? force : (1 - phi[j]) * (drive[drive.length > 1 ? t : 0][draw] + push);
      }
    }
    for (let e = 0; e < edges.length; e++) {
      effect[e] = (1 - phi[edges[e].child]) * edges[e].weight[draw];
    }
  }

  /** @param {number} draw */
  fillPast(draw) {
    const { nodes, back, futures } = this.model;
    for (let j = 0; j < nodes.length; j++) {
      const { past } = nodes[j];
      for (let b = 1; b <= back; b++) {
        const at = this.at(-b, j);
        this.level.fill(past[Math.min(b, past.length) - 1][draw], at, at + futures);
      }
    }
  }

  /**
   * @param {number} draw
   * @param {World} world
   * @param {import("./worlds.js").Stage} stage what is moved and fixed by now
   */
  fill(draw, world, stage) {
    // Read once: inside the loops every look at a property would take as long as a step.
    const { level, cause, edgeStart, phi, pull, shock, noiseOf, stride } = this;
    const { ahead, back, noisy, futures, nodes } = this.model;
    const noise = this.prepared.innovation;
    const { apart, begin } = stage;
    const count = nodes.length;
    for (let t = 0; t < stage.end; t++) {
      const effect = this.effectIn(t, world);
      const month = (t + back) * stride;
      const noiseAt = (draw * ahead + t) * noisy * futures;
      for (let j = 0; j < count; j++) {
        if (t < begin[j]) continue;
        const cell = t * count + j;
        const at = month + j * futures;
        if (apart[cell] === 1) {
          this.fillApart(draw, t, j, world, stage, effect);
          continue;
        }
        const [first, end] = [edgeStart[j], edgeStart[j + 1]];
        step(
          level, at, level, at - stride, phi[j], pull[cell], shock[j], noise, noiseAt + noiseOf[j],
          effect, cause, month, first, end, futures,
        );
      }
    }
  }

  /**
   * The effects of the draw in a month of a world, by edge.
   * @param {number} t
   * @param {World} world
   */
  effectIn(t, world) {
    const { effect, scaled } = this;
    if (world.edgeScale === null) return effect;
    for (let e = 0; e < effect.length; e++) scaled[e] = effect[e] * world.edgeScale[t * effect.length + e];
    return scaled;
  }

  /**
   * Fill in a cell that is held, fixed or moved.
   * @param {number} draw
   * @param {number} t
   * @param {number} j
   * @param {World} world
   * @param {import("./worlds.js").Stage} stage
   * @param {Float64Array} effect of the month, by edge
   */
  fillApart(draw, t, j, world, stage, effect) {
    const { futures, nodes } = this.model;
    const cell = t * nodes.length + j;
    const at = this.at(t, j);
    if (stage.fixed[cell] === 1) return copy(this.level, at, this.fixed, cell * futures, futures);
    const number = stage.moves[cell];
    const move = number === 0 ? null : world.moves[number - 1];
    if (world.held[cell] === 1) this.level.fill(world.given[cell], at, at + futures);
    else this.follow(draw, t, j, effect, move !== null && move.first < t);
    if (move !== null) this.move(move, t, at);
  }

  /**
   * Let a cell that will be moved follow from its causes.
   * @param {number} draw
   * @param {number} t
   * @param {number} j
   * @param {Float64Array} effect of the month, by edge
   * @param {boolean} goesOn whether the month before it was moved, too
   */
  follow(draw, t, j, effect, goesOn) {
    const { level, cause, edgeStart, phi, pull, shock } = this;
    const { futures, ahead, noisy, nodes } = this.model;
    const at = this.at(t, j);
    const noiseAt = (draw * ahead + t) * noisy * futures + this.noiseOf[j];
    const before = goesOn ? this.unmoved : level;
    const from = goesOn ? j * futures : at - this.stride;
    const drive = pull[t * nodes.length + j];
    step(
      level, at, before, from, phi[j], drive, shock[j], this.prepared.innovation, noiseAt,
      effect, cause, at - j * futures, edgeStart[j], edgeStart[j + 1], futures,
    );
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
    const { futures } = this.model;
    for (let t = move.first; t <= move.last; t++) {
      const at = this.at(t, move.node);
      this.move(move, t, at);
      copy(this.fixed, t * this.stride + move.node * futures, this.level, at, futures);
    }
  }
}

/**
 * @param {Float64Array} to
 * @param {number} at
 * @param {Float64Array} from
 * @param {number} start
 * @param {number} count
 */
function copy(to, at, from, start, count) {
  for (let k = 0; k < count; k++) to[at + k] = from[start + k];
}

/**
 * The levels of a node in a month: what they keep of the month before, their drive and their shock,
 * then the effects of their causes, one after the other.
 * @param {Float64Array} level
 * @param {number} at
 * @param {Float64Array} before
 * @param {number} from
 * @param {number} phi
 * @param {number} pull
 * @param {number} shock
 * @param {Float32Array} noise
 * @param {number} noiseAt
 * @param {Float64Array} effect by edge
 * @param {Int32Array} cause by edge
 * @param {number} month where the levels of the month begin
 * @param {number} first edge
 * @param {number} end after the last edge
 * @param {number} count
 */
function step(
  level, at, before, from, phi, pull, shock, noise, noiseAt, effect, cause, month, first, end, count,
) {
  for (let k = 0; k < count; k += 4) {
    const b = from + k;
    const n = noiseAt + k;
    // Each sum stays out of memory until it is whole.
    let s0 = phi * before[b] + pull + shock * noise[n];
    let s1 = phi * before[b + 1] + pull + shock * noise[n + 1];
    let s2 = phi * before[b + 2] + pull + shock * noise[n + 2];
    let s3 = phi * before[b + 3] + pull + shock * noise[n + 3];
    for (let e = first; e < end; e++) {
      const size = effect[e];
      const c = month + cause[e] + k;
      s0 += size * level[c];
      s1 += size * level[c + 1];
      s2 += size * level[c + 2];
      s3 += size * level[c + 3];
    }
    const to = at + k;
    level[to] = s0;
    level[to + 1] = s1;
    level[to + 2] = s2;
    level[to + 3] = s3;
  }
}
