// @ts-check
/** The draws shared out among workers, so that every core simulates and the page stays free. */

import { lawOf } from "./results.js";
import { Stretch, joined } from "./stretch.js";
import { NOTHING } from "./worlds.js";

/**
 * @typedef {import("./stretch.js").Simulated} Simulated
 * @typedef {import("./worlds.js").Request} Request
 * @typedef {import("./observation.js").Seen} Seen
 *
 * @typedef {object} Simulator to be asked one question at a time
 * @property {(request: Request, seen?: Seen[]) => Promise<Simulated | null>} simulate a world
 * @property {(outcomes: Uint32Array[]) => Promise<import("./laws.js").Law[]>} laws of the
 *   probabilities of conditions
 */

/** Workers at most: each keeps the model in memory. */
const MOST = 4;

/** Milliseconds that preparing may take at once where there are no workers. */
const SLICE = 24;

/** Draws whose noise is drawn between two looks at the clock. */
const AT_ONCE = 8;

/** In a worker: take a stretch of draws, then simulate what is asked for, and fit laws. */
export function work() {
  /** @type {Stretch} */
  let stretch;
  addEventListener("message", ({ data: { data, first, end, words, request, seen } }) => {
    if (data !== undefined) {
      stretch = new Stretch(data, first, end);
      stretch.prepare();
    } else if (words !== undefined) postMessage(lawOf(words, stretch.model.futures));
    else postMessage(stretch.simulate(request, seen));
  });
}

/**
 * Return what simulates all draws, once their noise is drawn, with the baseline.
 * @param {any} data as `live_export` makes it
 * @param {string} script in which a worker runs `work`
 * @returns {Promise<Simulator & {baseline: Simulated | null}>}
 */
export async function simulator(data, script) {
  /** @type {Worker[]} */
  const workers = [];
  try {
    start(workers, data, script);
    const simulating = byWorkers(workers);
    return { ...simulating, baseline: await simulating.simulate(NOTHING) };
  } catch {
    // A page inside another may not be allowed to start workers.
    for (const worker of workers) worker.terminate();
    const simulating = await inThePage(data);
    return { ...simulating, baseline: await simulating.simulate(NOTHING) };
  }
}

/**
 * Start a worker a core, each with draws of its own.
 * @param {Worker[]} workers filled in
 * @param {any} data
 * @param {string} script
 */
function start(workers, data, script) {
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const count = Math.min(navigator.hardwareConcurrency || 1, MOST);
  for (let k = 0; k < count; k++) {
    const [first, end] = [k, k + 1].map((place) => Math.floor((data.draws * place) / count));
    const worker = new Worker(address);
    workers.push(worker);
    worker.postMessage({ data, first, end });
  }
}

/**
 * @param {Worker[]} workers
 * @returns {Simulator}
 */
function byWorkers(workers) {
  return {
    simulate: async (request, seen = []) =>
      joined(await Promise.all(workers.map((worker) => answer(worker, { request, seen })))),
    laws: async (outcomes) => {
      /** @type {import("./laws.js").Law[]} */
      const found = [];
      let next = 0;
      // Laws differ in the time they take: a worker that is done takes the next.
      const fit = async (/** @type {Worker} */ worker) => {
        while (next < outcomes.length) {
          const c = next++;
          found[c] = await answer(worker, { words: outcomes[c] });
        }
      };
      await Promise.all(workers.map(fit));
      return found;
    },
  };
}

/**
 * @param {Worker} worker
 * @param {object} question
 * @returns {Promise<any>}
 */
function answer(worker, question) {
  return new Promise((resolve, reject) => {
    worker.onmessage = (event) => resolve(event.data);
    worker.onerror = reject;
    worker.postMessage(question);
  });
}

/**
 * Draw the noise in slices, so that the page can be read meanwhile.
 * @param {any} data
 * @returns {Promise<Simulator>}
 */
async function inThePage(data) {
  const stretch = new Stretch(data);
  for (let until = 0; !stretch.prepare(AT_ONCE); ) {
    if (performance.now() < until) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    until = performance.now() + SLICE;
  }
  return {
    simulate: async (request, seen) => stretch.simulate(request, seen),
    laws: async (outcomes) => outcomes.map((words) => lawOf(words, data.futures)),
  };
}
