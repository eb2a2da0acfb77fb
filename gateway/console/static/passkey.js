// Asks the browser for a key's signature and sends it with the form. Without it the code serves.
"use strict";
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({...one, id: bytes(one.id)}));

  const asked = (options) => {
    const key = {...options, challenge: bytes(options.challenge)};
    if (options.user) key.user = {...options.user, id: bytes(options.user.id)};
    if (options.excludeCredentials) key.excludeCredentials = known(options.excludeCredentials);
    if (options.allowCredentials) key.allowCredentials = known(options.allowCredentials);
    return key;
  };

  const said = (key) => {
    const answer = {clientDataJSON: text(key.response.clientDataJSON)};
    if (key.response.attestationObject) {
      answer.attestationObject = text(key.response.attestationObject);
      answer.transports = key.response.getTransports ? key.response.getTransports() : [];
    } else {
      answer.authenticatorData = text(key.response.authenticatorData);
      answer.signature = text(key.response.signature);
      if (key.response.userHandle) answer.userHandle = text(key.response.userHandle);
    }
    return JSON.stringify({id: key.id, rawId: text(key.rawId), type: key.type, response: answer, clientExtensionResults: {}});
  };

  const sign = async (form) => {
    const token = form.querySelector("[name=csrf_token]").value;
    const reply = await fetch(form.dataset.ask, {method: "POST", headers: {"X-CSRFToken": token}});
    if (!reply.ok) throw new Error("refused");
    const publicKey = asked(await reply.json());
    form.querySelector("[name=credential]").value = said(await navigator.credentials[form.dataset.sign]({publicKey}));
    form.submit();
  };

  if (!window.PublicKeyCredential) return;
  for (const form of document.querySelectorAll("form.passkey")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const wrong = form.querySelector(".error[hidden]") || form.querySelector(".error");
      sign(form).catch(() => { wrong.hidden = false; });
    });
  }
})();
