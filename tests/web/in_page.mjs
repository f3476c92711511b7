/** Bundled into a page by tests: simulates in a browser what `simulate.mjs` does in node. */
import { modelOf } from "../../src/withdrawal_risk/reports/web/model.js";
import { Prepared } from "../../src/withdrawal_risk/reports/web/prepared.js";
import { Simulation } from "../../src/withdrawal_risk/reports/web/simulation.js";
import { World } from "../../src/withdrawal_risk/reports/web/worlds.js";

const given = (id) => JSON.parse(document.getElementById(id).textContent);
const model = modelOf(given("export"));
const prepared = new Prepared(model);
prepared.advance(model.draws);
const simulation = new Simulation(prepared);
const size = model.ahead * model.nodes.length * model.futures;
const results = given("requests").map((request) => {
  const levels = [];
  const outcomes = simulation.run(new World(model, request), {
    visit: (sweep) => levels.push(...sweep.level.subarray(-size)),
  });
  return { levels, outcomes: outcomes.map((words) => [...words]) };
});
document.getElementById("results").textContent = JSON.stringify(results);
