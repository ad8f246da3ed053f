// The phone page without reloading: bubbles as they come, sending in place, voice, and the SMS counter.
"use strict";

const page = document.body.dataset;
const thread = document.getElementById("thread");
const scroll = document.getElementById("scroll");
const composer = document.querySelector("form.composer");
const text = document.getElementById("text");
const flash = document.getElementById("flash");
const here = new URLSearchParams({ channel: page.channel, person: page.person, lang: page.lang });
let known = "";

const toEnd = () => { scroll.scrollTop = 0; }; // laid out from the end, so 0 is the newest
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function say(problem) {
  flash.hidden = !problem;
  flash.textContent = problem ? page.noService.replace("{}", problem) : "";
}

// Only what changed is touched, so that a screen reader reads new bubbles only and photos do not flicker.
function show(html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const wanted = [...fresh.content.children];
  const ids = new Set(wanted.map((item) => item.id));
  [...thread.children].filter((item) => !item.id || !ids.has(item.id)).forEach((item) => item.remove());
  wanted.forEach((item, place) => {
    const old = item.id && document.getElementById(item.id);
    if (!old) thread.insertBefore(item, thread.children[place] || null);
    else if (old.outerHTML !== item.outerHTML) old.replaceWith(item);
  });
}

async function look(wait) {
  const query = new URLSearchParams(here);
  if (wait) query.set("wait", wait);
  if (document.visibilityState === "visible") query.set("open", "1");
  const answer = await fetch(`/thread?${query}`, { headers: known ? { "If-None-Match": known } : {}, cache: "no-store" });
  if (answer.status !== 200) return;
  known = answer.headers.get("ETag") || "";
  show(await answer.text());
}

async function watch() {
  for (;;) {
    const began = Date.now();
    try {
      await look(document.visibilityState === "visible" ? 15 : 0);
    } catch { await pause(2000); }
    if (Date.now() - began < 500) await pause(document.visibilityState === "visible" ? 300 : 3000);
  }
}

async function send(data) {
  say("");
  try {
    const answer = await fetch("/send", { method: "POST", body: data, headers: { Accept: "application/json" } });
    if (!answer.ok) say((await answer.json()).error);
    await look(0);
    toEnd();
    return answer.ok;
  } catch (problem) {
    say(problem.message);
    return false;
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (new URL(form.action).pathname !== "/send") return;
  event.preventDefault();
  const data = new FormData(form, event.submitter);
  const blank = form === composer && !data.get("sample") && !data.get("text").trim()
    && !(data.get("file") && data.get("file").size) && !data.get("place") && !data.get("latitude");
  if (blank) { text.focus(); return; }
  if (form === composer) {
    composer.querySelector("details").open = false;
    if (data.get("sample")) data.delete("text");
  }
  const kept = text.value;
  if (form === composer && !data.get("sample")) text.value = "";
  if (await send(data)) { if (form === composer) clear(data.get("sample") ? kept : text.value); }
  else text.value = kept;
  count();
});

function clear(kept) {
  composer.reset();
  text.value = kept;
}

text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    composer.requestSubmit(composer.querySelector(".send"));
  }
});

let counting = 0;
async function count() {
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight, 132)}px`;
  if (page.channel !== "sms") return;
  const mine = ++counting;
  await pause(120);
  if (mine !== counting) return;
  const query = new URLSearchParams({ text: text.value, lang: page.lang });
  const summary = text.value ? (await (await fetch(`/segments?${query}`)).json()).summary : "";
  if (mine === counting) document.getElementById("count").textContent = summary || "\u00a0";
}
text.addEventListener("input", count);

const record = document.getElementById("record");
let recorder = null;
async function listen() {
  const sound = await navigator.mediaDevices.getUserMedia({ audio: true });
  const parts = [];
  recorder = new MediaRecorder(sound);
  recorder.ondataavailable = (event) => parts.push(event.data);
  recorder.onstop = async () => {
    sound.getTracks().forEach((track) => track.stop());
    const type = recorder.mimeType.split(";")[0];
    recorder = null;
    const data = new FormData();
    here.forEach((value, name) => data.set(name, value));
    data.set("file", new Blob(parts, { type }), "voice");
    await send(data);
  };
  recorder.start();
}
if (record && window.MediaRecorder && navigator.mediaDevices) {
  const label = record.querySelector("span");
  const start = label.textContent;
  record.hidden = false;
  record.addEventListener("click", async () => {
    if (recorder) { recorder.stop(); label.textContent = start; composer.querySelector("details").open = false; return; }
    try { await listen(); label.textContent = record.dataset.stop; } catch { say(page.noMicrophone); }
  });
}

document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") look(0).catch(() => {}); });
watch();
