// @ts-check
/** What a world can reach in time, by any route from a cause to its effects. */

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {import("./worlds.js").World} World
 */

/**
 * The first month in which each node's path is changed directly; infinite where it is not.
 * @param {Model} model
 * @param {World} world
 * @param {World["moves"]} moves those that are made
 */
function touched(model, world, moves) {
  const { ahead, nodes, edges } = model;
  const first = new Array(nodes.length).fill(Infinity);
  const touch = (/** @type {number} */ node, /** @type {number} */ month) => {
    first[node] = Math.min(first[node], month);
  };
  for (let t = 0; t < ahead; t++) {
    nodes.forEach((node, j) => {
      const cell = t * nodes.length + j;
      // Only what is given can be set as it was; an inferred level differs from draw to draw.
      const set = world.held[cell] === 1 && node.given?.[t] !== world.given[cell];
      if (set || world.push[cell] !== 0) touch(j, t);
    });
    edges.forEach(({ child }, e) => {
      const scale = world.edgeScale === null ? 1 : world.edgeScale[t * edges.length + e];
      if (scale !== 1 && world.held[t * nodes.length + child] === 0) touch(child, t);
    });
  }
  for (const move of moves) if (move.size !== 0 || !move.shifted) touch(move.node, move.first);
  return first;
}

/**
 * The first month in which each node may be another than in the baseline; infinite of what is not.
 * @param {Model} model
 * @param {World} world
 * @param {World["moves"]} moves those that are made
 * @returns {number[]}
 */
export function arrivals(model, world, moves) {
  const arrival = touched(model, world, moves);
  for (let changed = true; changed; ) {
    changed = false;
    for (const { parent, child, lag } of model.edges) {
      if (arrival[parent] + lag < arrival[child]) {
        arrival[child] = arrival[parent] + lag;
        changed = true;
      }
    }
  }
  return arrival;
}

/**
 * Say which conditions a world cannot reach in time: nothing differs in them.
 * @param {Model} model
 * @param {World} world
 * @returns {boolean[]} by condition
 */
export function unmoved(model, { arrival }) {
  const reached = model.clauses.map(({ node, indicator, last }) => {
    return arrival[node >= 0 ? node : model.indicators[indicator].node] <= last;
  });
  const each = model.conditions.map(({ tree }) => tree !== null && readsAny(tree, reached));
  const any = each.includes(true);
  return model.conditions.map(({ tree }, c) => !(tree === null ? any : each[c]));
}

/**
 * @param {import("./model.js").Tree} tree
 * @param {boolean[]} reached by clause
 * @returns {boolean}
 */
function readsAny(tree, reached) {
  if (typeof tree === "number") return reached[tree];
  return tree[1].some((part) => readsAny(part, reached));
}
