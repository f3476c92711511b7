// @ts-check
/** Begins: in a page, finds the data and the place and shows the live part; in a worker, simulates. */

import { LivePage } from "./page.js";
import { work } from "./workers.js";

if (typeof document === "undefined") work();
else {
  const root = document.getElementById("live");
  const data = document.getElementById("live-data")?.textContent;
  const script = document.currentScript?.textContent;
  if (root !== null && data && script) new LivePage(root, JSON.parse(data), script).start();
}
