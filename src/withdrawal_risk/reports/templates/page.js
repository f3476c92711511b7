"use strict";
// The language of the page: follows the switch, and the address (#ar, #ar-why), which remembers it.
(() => {
  const switches = [...document.querySelectorAll('input[name="language"]')];
  const live = document.getElementById("live");

  /** Put the live part where the language that is shown has its place for it. */
  const place = (lang) => {
    const here = document.querySelector(`#${lang} .live-here`);
    if (live && here) here.append(live);
  };

  const show = (chosen) => {
    chosen.checked = true;
    document.documentElement.lang = chosen.value;
    document.documentElement.dir = chosen.dataset.dir;
    document.title = chosen.dataset.title;
    place(chosen.value);
    document.dispatchEvent(new CustomEvent("languagechange", { detail: chosen.value }));
  };

  const asked = () => {
    const lang = location.hash.slice(1, 3);
    return switches.find((one) => one.value === lang && /^#..(-|$)/.test(location.hash));
  };

  for (const one of switches) {
    one.addEventListener("change", () => {
      show(one);
      const part = /^#..-/.test(location.hash) ? location.hash.slice(3) : "";
      try {
        if (!location.hash.startsWith("#ask")) history.replaceState(null, "", `#${one.value}${part}`);
      } catch {
        // A page inside a frame may not change its address.
      }
    });
  }
  const follow = () => {
    const chosen = asked();
    if (!chosen || chosen.checked) return;
    show(chosen);
    document.getElementById(location.hash.slice(1))?.scrollIntoView();
  };
  addEventListener("hashchange", follow);
  if (switches.length) show(asked() ?? switches.find((one) => one.checked) ?? switches[0]);
  else place(document.documentElement.lang);

  for (const field of document.querySelectorAll(".filter input")) {
    const rows = [...field.closest(".filter").nextElementSibling.querySelectorAll("tbody tr")];
    const texts = rows.map((row) => row.textContent.toLowerCase());
    field.addEventListener("input", () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      rows.forEach((row, k) => { row.hidden = !words.every((word) => texts[k].includes(word)); });
    });
  }

  // What is folded is printed, also where the style sheet cannot open it.
  const folded = () => [...document.querySelectorAll("details:not([open])")];
  let opened = [];
  addEventListener("beforeprint", () => { opened = folded(); for (const one of opened) one.open = true; });
  addEventListener("afterprint", () => { for (const one of opened) one.open = false; });
})();
