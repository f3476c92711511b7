/**
 * Simulate worlds by the script of the page: `node simulate.mjs EXPORT REQUESTS OUTPUT`.
 *
 * Of every request all levels of all nodes are written (float64 by draw, future month, node and
 * future) and then, of every condition, a word a draw.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { Stretch } from "../../src/withdrawal_risk/reports/web/stretch.js";
import { World } from "../../src/withdrawal_risk/reports/web/worlds.js";

const [exported, requests, output] = process.argv.slice(2);
const stretch = new Stretch(JSON.parse(readFileSync(exported, "utf8")));
stretch.prepare();
const { model, simulation } = stretch;
const size = model.ahead * model.nodes.length * model.futures;
const parts = [];
for (const request of JSON.parse(readFileSync(requests, "utf8"))) {
  const levels = new Float64Array(model.draws * size);
  const outcomes = simulation.run(new World(model, request), {
    visit: (sweep, draw) => levels.set(sweep.level.subarray(-size), draw * size),
  });
  parts.push(Buffer.from(levels.buffer), ...outcomes.map((words) => Buffer.from(words.buffer)));
}
writeFileSync(output, Buffer.concat(parts));
