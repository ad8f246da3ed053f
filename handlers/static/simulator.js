// The phone page without reloading: bubbles as they come, sending in place, voice, and the SMS counter; any number of phones.
"use strict";

const words = document.body.dataset;
const KINDS = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const seen = () => document.visibilityState === "visible";

class Phone {
  constructor(root) {
    const find = (query) => root.querySelector(query);
    this.root = root;
    this.here = new URLSearchParams({ channel: root.dataset.channel, person: root.dataset.person, lang: words.lang });
    const show = new URLSearchParams(location.search).get("show");
    if (show) this.here.set("show", show);
    [this.thread, this.scroll, this.flash] = [find(".thread"), find(".scroll"), find(".flash")];
    [this.composer, this.text, this.counter, this.mic] = [find(".composer"), find("textarea"), find(".count"), find(".record")];
    this.known = "";
    this.shown = new Map(); // id -> the bubble as the server wrote it: an opened list stays open
    this.counting = 0;
    root.addEventListener("submit", (event) => this.submit(event));
    this.text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.composer.requestSubmit(this.composer.querySelector(".send"));
    });
    this.text.addEventListener("input", () => this.count());
    document.addEventListener("visibilitychange", () => { if (seen()) this.look(0).catch(() => {}); });
    if (this.mic && window.MediaRecorder && navigator.mediaDevices) this.offerVoice();
    this.watch();
  }

  say(problem) {
    this.flash.hidden = !problem;
    this.flash.textContent = problem ? words.noService.replace("{}", problem) : "";
  }

  // Only what changed is touched, so that a screen reader reads new bubbles only and photos do not flicker.
  show(html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const wanted = [...fresh.content.children];
    const ids = new Set(wanted.map((item) => item.id));
    [...this.thread.children].filter((item) => !item.id || !ids.has(item.id)).forEach((item) => item.remove());
    wanted.forEach((item, place) => {
      const [written, old] = [item.outerHTML, item.id && document.getElementById(item.id)];
      if (!old) this.thread.insertBefore(item, this.thread.children[place] || null);
      else if ((this.shown.get(item.id) || old.outerHTML) !== written) this.exchange(old, item);
      if (item.id) this.shown.set(item.id, written);
    });
  }

  // A bubble whose ticks change keeps its list open and the keyboard where it was.
  exchange(old, item) {
    const stops = (bubble) => [...bubble.querySelectorAll("summary, button, a, audio")];
    const [open, at] = [old.querySelector("details[open]"), stops(old).indexOf(document.activeElement)];
    old.replaceWith(item);
    if (open) item.querySelector("details").open = true;
    if (at >= 0) stops(item)[at]?.focus();
  }

  async look(wait) {
    const query = new URLSearchParams(this.here);
    if (wait) query.set("wait", wait);
    if (seen()) query.set("open", "1");
    const headers = this.known ? { "If-None-Match": this.known } : {};
    const answer = await fetch(`/thread?${query}`, { headers, cache: "no-store" });
    if (answer.status !== 200) return;
    this.known = answer.headers.get("ETag") || "";
    this.show(await answer.text());
  }

  async watch() {
    for (;;) {
      const began = Date.now();
      try { await this.look(seen() ? 15 : 0); } catch { await pause(2000); }
      if (Date.now() - began < 500) await pause(seen() ? 300 : 3000);
    }
  }

  async send(data) {
    this.say("");
    try {
      const answer = await fetch("/send", { method: "POST", body: data, headers: { Accept: "application/json" } });
      if (!answer.ok) this.say((await answer.json()).error);
      await this.look(0);
      this.scroll.scrollTop = 0; // laid out from the end, so 0 is the newest
      return answer.ok;
    } catch (problem) {
      this.say(problem.message);
      return false;
    }
  }

  async submit(event) {
    event.preventDefault();
    const form = event.target;
    const data = new FormData(form, event.submitter);
    if (form !== this.composer) { await this.send(data); return; }
    const sample = data.get("sample");
    const file = data.get("file");
    if (!sample && !data.get("text").trim() && !(file && file.size) && !data.get("place") && !data.get("latitude")) {
      this.text.focus();
      return;
    }
    this.composer.querySelector("details").open = false;
    if (sample) data.delete("text");
    const kept = this.text.value;
    if (!sample) this.text.value = "";
    if (await this.send(data)) {
      const now = sample ? kept : this.text.value;
      this.composer.reset();
      this.text.value = now;
    } else this.text.value = kept;
    this.count();
  }

  async count() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, 132)}px`;
    if (this.here.get("channel") === "whatsapp") return;
    const mine = ++this.counting;
    await pause(120);
    if (mine !== this.counting) return;
    const query = new URLSearchParams({ text: this.text.value, lang: words.lang });
    const summary = this.text.value ? (await (await fetch(`/segments?${query}`)).json()).summary : "";
    if (mine === this.counting) this.counter.textContent = summary || "\u00a0";
  }

  offerVoice() {
    const start = this.mic.getAttribute("aria-label");
    const name = (label, on) => { this.mic.setAttribute("aria-label", label); this.mic.setAttribute("aria-pressed", on); };
    let [recorder, asking] = [null, false];
    this.mic.hidden = false;
    this.mic.addEventListener("click", async () => {
      if (recorder) { recorder.stop(); return; }
      if (asking) return;
      asking = true;
      try {
        recorder = await this.listen(() => { recorder = null; name(start, "false"); });
        name(this.mic.dataset.stop, "true");
      } catch { this.flash.hidden = false; this.flash.textContent = words.noMicrophone; }
      asking = false;
    });
  }

  async listen(ended) {
    const sound = await navigator.mediaDevices.getUserMedia({ audio: true });
    const recorder = new MediaRecorder(sound, { mimeType: KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)) });
    const [parts, began] = [[], Date.now()];
    const tell = () => { this.counter.textContent = words.recording.replace("{}", Math.round((Date.now() - began) / 1000)); };
    const ticking = setInterval(tell, 1000);
    recorder.ondataavailable = (event) => parts.push(event.data);
    recorder.onstop = async () => {
      clearInterval(ticking);
      this.counter.textContent = "";
      sound.getTracks().forEach((track) => track.stop());
      ended();
      const data = new FormData();
      this.here.forEach((value, field) => data.set(field, value));
      data.set("file", new Blob(parts, { type: recorder.mimeType.split(";")[0] }), "voice");
      await this.send(data);
    };
    recorder.start();
    tell();
    return recorder;
  }
}

document.querySelectorAll(".phone").forEach((root) => new Phone(root));
