// @ts-check
/** Begins: finds the data and the place, and shows the live part there. */

import { modelOf } from "./model.js";
import { LivePage } from "./page.js";

const root = document.getElementById("live");
const data = document.getElementById("live-data")?.textContent;
if (root !== null && data) {
  const parsed = JSON.parse(data);
  new LivePage(root, modelOf(parsed), parsed.labels).start();
}
