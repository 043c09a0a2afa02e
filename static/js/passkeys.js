// Passkeys: hands the browser what the server asks, and the server what the device answers, in a hidden field.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const words = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

const create = async (asked) => {
  const made = await navigator.credentials.create({
    publicKey: {
      ...asked,
      challenge: bytes(asked.challenge),
      user: { ...asked.user, id: bytes(asked.user.id) },
      excludeCredentials: known(asked.excludeCredentials),
    },
  });
  return {
    id: made.id,
    rawId: words(made.rawId),
    type: made.type,
    clientExtensionResults: made.getClientExtensionResults(),
    response: {
      clientDataJSON: words(made.response.clientDataJSON),
      attestationObject: words(made.response.attestationObject),
      transports: made.response.getTransports ? made.response.getTransports() : [],
    },
  };
};

const prove = async (asked) => {
  const given = await navigator.credentials.get({
    publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: known(asked.allowCredentials) },
  });
  return {
    id: given.id,
    rawId: words(given.rawId),
    type: given.type,
    clientExtensionResults: given.getClientExtensionResults(),
    response: {
      clientDataJSON: words(given.response.clientDataJSON),
      authenticatorData: words(given.response.authenticatorData),
      signature: words(given.response.signature),
      userHandle: given.response.userHandle ? words(given.response.userHandle) : null,
    },
  };
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const said = form.querySelector("[data-passkey-said]");
  if (!window.PublicKeyCredential) {
    said.textContent = said.dataset.missing;
    form.querySelector("button").disabled = true;
    continue;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const asked = JSON.parse(form.dataset.options).publicKey;
    try {
      const found = await (form.dataset.passkey === "create" ? create(asked) : prove(asked));
      form.elements.credential.value = JSON.stringify(found);
      form.submit();
    } catch {
      said.textContent = said.dataset.failed;
      delete form.dataset.sent;
    }
  });
}
