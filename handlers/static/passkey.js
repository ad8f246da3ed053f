// Only the browser itself can make a passkey or ask for one, so this needs a script. It fills an ordinary form and sends it.
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const plain = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const listed = (credentials) => (credentials || []).map((one) => ({ ...one, id: bytes(one.id) }));

async function make(options) {
  const user = { ...options.user, id: bytes(options.user.id) };
  const publicKey = { ...options, challenge: bytes(options.challenge), user, excludeCredentials: listed(options.excludeCredentials) };
  const made = await navigator.credentials.create({ publicKey });
  return [made, { attestationObject: plain(made.response.attestationObject) }];
}

async function ask(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: listed(options.allowCredentials) };
  const given = await navigator.credentials.get({ publicKey });
  const { authenticatorData, signature, userHandle } = given.response;
  const answer = { authenticatorData: plain(authenticatorData), signature: plain(signature) };
  return [given, userHandle ? { ...answer, userHandle: plain(userHandle) } : answer];
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  const trouble = form.querySelector("[data-trouble]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    trouble.hidden = true;
    try {
      const [got, answer] = await { make, ask }[form.dataset.passkey](JSON.parse(form.dataset.options));
      const response = { ...answer, clientDataJSON: plain(got.response.clientDataJSON) };
      form.elements.credential.value = JSON.stringify({ id: got.id, rawId: plain(got.rawId), type: got.type, response, clientExtensionResults: {} });
      form.submit();
    } catch {
      trouble.hidden = false;
    }
  });
}
