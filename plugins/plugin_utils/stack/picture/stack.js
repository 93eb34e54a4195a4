"use strict";
// Chooses a part of the picture, shows what it touches, and filters the values.
const svg = document.getElementById("stack");
const parts = [...svg.querySelectorAll("[data-part]")];
const lines = [...svg.querySelectorAll("[data-from]")];
const cards = [...document.querySelectorAll(".card")];

function focusOn(name) {
  const near = new Set([name]);
  for (const line of lines) {
    const { from, to } = line.dataset;
    const touches = from === name || to === name;
    line.classList.toggle("near", touches);
    if (touches) near.add(from).add(to);
  }
  for (const part of parts) part.classList.toggle("near", near.has(part.dataset.part));
  svg.classList.toggle("focused", Boolean(name));
}

function chosen() {
  return decodeURIComponent(location.hash.slice(1));
}

function open() {
  const name = chosen();
  const card = cards.find((one) => one.id === name);
  if (card) card.open = true;
  for (const part of parts) part.classList.toggle("chosen", part.dataset.part === name);
}

for (const part of parts) {
  part.addEventListener("mouseenter", () => focusOn(part.dataset.part));
  part.addEventListener("mouseleave", () => focusOn(""));
  part.addEventListener("focus", () => focusOn(part.dataset.part));
  part.addEventListener("blur", () => focusOn(""));
}

document.getElementById("filter").addEventListener("input", (event) => {
  const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const card of cards) {
    let shown = 0;
    for (const row of card.querySelectorAll("tbody tr")) {
      const text = `${card.id}.${row.textContent}`.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    card.hidden = shown === 0;
    card.open = words.length > 0 ? shown > 0 : card.id === chosen();
  }
});

window.addEventListener("hashchange", open);
open();
