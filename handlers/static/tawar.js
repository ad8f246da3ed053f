// Comfort only: every page works without it. Counts what is typed, as bot/sms.py counts; opens the facts on a wide screen.
"use strict";

const BASIC = new Set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");
const EXTENDED = new Set("\f^{}\\[~]|€");

function segments(text) {
  const letters = Array.from(text);
  const plain = letters.every((c) => BASIC.has(c) || EXTENDED.has(c));
  const [single, part] = plain ? [160, 153] : [70, 67];
  const costs = letters.map((c) => (plain ? (EXTENDED.has(c) ? 2 : 1) : c.length));
  if (costs.reduce((sum, cost) => sum + cost, 0) <= single) return letters.length ? 1 : 0;
  let parts = 1, room = part;
  for (const cost of costs) {
    if (cost > room) { parts += 1; room = part; }
    room -= cost;
  }
  return parts;
}

for (const tally of document.querySelectorAll(".tally")) {
  const box = tally.parentElement.querySelector("textarea");
  const chars = tally.querySelector("[data-chars]"), parts = tally.querySelector("[data-parts]");
  const count = () => {
    const text = box.value.normalize("NFC").trim(), length = Array.from(text).length;
    tally.hidden = !length;
    tally.classList.toggle("wrong", length > Number(tally.dataset.limit));
    chars.textContent = length;
    if (parts) parts.textContent = segments(tally.dataset.frame.replace("\ufffc", () => text));
  };
  box.addEventListener("input", count);
  count();
}

const facts = document.querySelector("aside > details.fold");
if (facts && matchMedia("(min-width: 800px)").matches) facts.open = true;

const errors = document.querySelector(".errors");
if (errors) errors.focus();
