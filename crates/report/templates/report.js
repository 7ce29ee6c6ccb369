// Filters, buttons to copy and save, and unfolding what a link or the printer needs. The page says everything without it.
"use strict";
(() => {
  const form = document.getElementById("filters");
  const entries = [...document.querySelectorAll(".entry")];
  const field = (name) => form.elements.namedItem(name);

  for (const name of ["dimension", "kind"]) {
    const words = [...new Set(entries.map((entry) => entry.dataset[name]))].sort();
    for (const word of words) {
      const option = document.createElement("option");
      option.value = word;
      option.textContent = word;
      field(name).append(option);
    }
  }

  const apply = () => {
    const severities = [...form.querySelectorAll("[name=severity]:checked")].map((box) => box.value);
    const dimension = field("dimension").value;
    const kind = field("kind").value;
    const words = field("text").value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const entry of entries) {
      const data = entry.dataset;
      const text = words.length ? entry.textContent.toLowerCase() : "";
      const fits = severities.includes(data.severity)
        && (!dimension || data.dimension === dimension)
        && (!kind || data.kind === kind)
        && words.every((word) => text.includes(word));
      entry.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    // A list or group in which nothing is left is only in the way.
    for (const box of document.querySelectorAll(".group, .list")) {
      const inside = box.querySelectorAll(".entry");
      box.hidden = inside.length > 0 && ![...inside].some((entry) => !entry.hidden);
    }
    // Charts are of data: they go where data is filtered out, and where nothing is named as it was searched for.
    const data = (!dimension || dimension === "data") && (!kind || kind.endsWith("-statistics"));
    for (const chart of document.querySelectorAll(".chart")) {
      let left = 0;
      for (const row of chart.querySelectorAll("tbody tr")) {
        const text = words.length ? row.textContent.toLowerCase() : "";
        row.hidden = !words.every((word) => text.includes(word));
        left += row.hidden ? 0 : 1;
      }
      chart.hidden = !data || !left || (words.length > 0 && !shown);
    }
    const number = (count) => count.toLocaleString("en");
    field("count").value = `${number(shown)} of ${number(entries.length)} shown`;
  };

  if (entries.length) {
    form.hidden = false;
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    apply();
  }

  const offer = (fix, words, done, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words;
    button.addEventListener("click", async () => {
      await act(fix.querySelector("pre").textContent);
      button.textContent = done;
      setTimeout(() => { button.textContent = words; }, 1500);
    });
    fix.append(button);
  };
  for (const fix of document.querySelectorAll(".fix:not(.read)")) {
    if (!navigator.clipboard) break;
    offer(fix, "copy", "copied", (text) => navigator.clipboard.writeText(text));
  }
  for (const fix of document.querySelectorAll("[data-save]")) {
    offer(fix, "save", "saved", (text) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text + "\n"], { type: "application/sql" }));
      link.download = fix.dataset.save;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1500);
    });
  }

  const unfold = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  if (location.hash) unfold();

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open]):not(.alike):not(.long)")];
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of closed) one.open = false; });
})();
