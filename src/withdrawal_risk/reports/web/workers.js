// @ts-check
/** The draws shared out among workers, so that every core simulates and the page stays free. */

import { Stretch, joined } from "./stretch.js";
import { NOTHING } from "./worlds.js";

/**
 * @typedef {import("./stretch.js").Simulated} Simulated
 * @typedef {import("./worlds.js").Request} Request
 * @typedef {import("./observation.js").Seen} Seen
 *
 * @typedef {(request: Request, seen?: Seen[]) => Promise<Simulated | null>} Simulate
 */

/** Workers at most: each keeps the model in memory. */
const MOST = 4;

/** Milliseconds that preparing may take at once where there are no workers. */
const SLICE = 24;

/** Draws whose noise is drawn between two looks at the clock. */
const AT_ONCE = 8;

/** In a worker: take a stretch of draws, then simulate what is asked for. */
export function work() {
  /** @type {Stretch} */
  let stretch;
  addEventListener("message", ({ data: { data, first, end, request, seen } }) => {
    if (data !== undefined) {
      stretch = new Stretch(data, first, end);
      stretch.prepare();
    } else postMessage(stretch.simulate(request, seen));
  });
}

/**
 * Return what simulates all draws, once their noise is drawn, with the baseline.
 * @param {any} data as `live_export` makes it
 * @param {string} script in which a worker runs `work`
 * @returns {Promise<{simulate: Simulate, baseline: Simulated | null}>}
 */
export async function simulator(data, script) {
  try {
    const simulate = byWorkers(data, script);
    return { simulate, baseline: await simulate(NOTHING) };
  } catch {
    // A page inside another may not be allowed to start workers.
    const simulate = await inThePage(data);
    return { simulate, baseline: await simulate(NOTHING) };
  }
}

/**
 * @param {any} data
 * @param {string} script
 * @returns {Simulate} to be asked one question at a time
 */
function byWorkers(data, script) {
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const count = Math.min(navigator.hardwareConcurrency || 1, MOST);
  const ends = Array.from({ length: count + 1 }, (_, k) => Math.floor((data.draws * k) / count));
  const workers = ends.slice(1).map((end, k) => {
    const worker = new Worker(address);
    worker.postMessage({ data, first: ends[k], end });
    return worker;
  });
  return async (request, seen = []) => {
    return joined(await Promise.all(workers.map((worker) => answer(worker, { request, seen }))));
  };
}

/**
 * @param {Worker} worker
 * @param {object} question
 * @returns {Promise<Simulated | null>}
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
 * @returns {Promise<Simulate>}
 */
async function inThePage(data) {
  const stretch = new Stretch(data);
  for (let until = 0; !stretch.prepare(AT_ONCE); ) {
    if (performance.now() < until) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    until = performance.now() + SLICE;
  }
  return async (request, seen) => stretch.simulate(request, seen);
}
