/** Bundled into a page by tests: simulates in a browser what `simulate.mjs` does in node. */
import { Stretch } from "../../src/withdrawal_risk/reports/web/stretch.js";
import { World } from "../../src/withdrawal_risk/reports/web/worlds.js";

const given = (id) => JSON.parse(document.getElementById(id).textContent);
const stretch = new Stretch(given("export"));
stretch.prepare();
const { model, simulation } = stretch;
const size = model.ahead * model.nodes.length * model.futures;
const results = given("requests").map((request) => {
  const levels = [];
  const outcomes = simulation.run(new World(model, request), {
    visit: (sweep) => levels.push(...sweep.level.subarray(-size)),
  });
  return { levels, outcomes: outcomes.map((words) => [...words]) };
});
document.getElementById("results").textContent = JSON.stringify(results);
