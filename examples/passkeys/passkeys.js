// SPDX-License-Identifier: Apache-2.0
// The browser's side of passkeys. The API is where the page is, or where ?api=http://localhost:3000 says.
const api = new URLSearchParams(location.search).get("api") ?? "";
let accessToken = "";

async function call(method, path, body) {
  const headers = { "Content-Type": "application/json" };
  if (accessToken) headers.Authorization = `Bearer ${accessToken}`;
  const response = await fetch(api + path, { method, headers, body: body && JSON.stringify(body) });
  const reply = response.status === 204 ? {} : await response.json();
  if (!response.ok) throw new Error(`${reply.code}: ${reply.detail}`);
  return reply;
}

async function signIn(path, body) {
  accessToken = "";
  const { data } = await call("POST", path, body);
  accessToken = data.accessToken;
  return data.user;
}

export const register = (name, email, password) => signIn("/api/auth/register", { name, email, password });
export const login = (email, password) => signIn("/api/auth/login", { email, password });

// For the account that is signed in.
export async function addPasskey(name) {
  const { data } = await call("POST", "/api/auth/passkeys/options");
  const credential = await navigator.credentials.create({
    publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(data),
  });
  return call("POST", "/api/auth/passkeys", { name, credential: credential.toJSON() });
}

// Without an e-mail address the browser lists the passkeys that it has for this site.
export async function loginWithPasskey(email) {
  const { data } = await call("POST", "/api/auth/passkeys/login/options", email ? { email } : {});
  const credential = await navigator.credentials.get({
    publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(data.publicKey),
  });
  return signIn("/api/auth/passkeys/login", { challengeId: data.challengeId, credential: credential.toJSON() });
}

export const listPasskeys = () => call("GET", "/api/auth/passkeys");

const form = document.querySelector("form");
const output = document.querySelector("output");
const value = (name) => form.elements[name].value;
const actions = {
  register: () => register(value("name"), value("email"), value("password")),
  login: () => login(value("email"), value("password")),
  add: () => addPasskey(navigator.platform || "Passkey"),
  passkey: () => loginWithPasskey(),
  mine: () => loginWithPasskey(value("email")),
  list: () => listPasskeys(),
};
for (const [name, action] of Object.entries(actions)) {
  form.elements[name].addEventListener("click", async () => {
    try {
      output.value = JSON.stringify(await action(), null, 2);
    } catch (error) {
      output.value = String(error);
    }
    output.dataset.of = name;
  });
}
