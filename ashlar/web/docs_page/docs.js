// SPDX-License-Identifier: Apache-2.0
// Shows the API's description, with a form that signs in and hands the token to every "Try it out".
"use strict";

const loginPath = "/api/auth/login";
const form = document.getElementById("sign-in");
const result = document.getElementById("sign-in-result");

async function start() {
  const answer = await fetch("/openapi.json");
  const spec = await answer.json();
  const ui = SwaggerUIBundle({
    spec,
    dom_id: "#swagger-ui",
    deepLinking: true,
    validatorUrl: null,
    displayRequestDuration: true,
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
  });
  if (!spec.paths[loginPath]) return;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    signIn(ui);
  });
}

async function signIn(ui) {
  const fields = new FormData(form);
  result.value = "";
  const answer = await fetch(loginPath, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email: fields.get("email"), password: fields.get("password") }),
  });
  const body = await answer.json();
  if (!answer.ok) {
    result.value = body.detail;
    return;
  }
  if (!body.data.accessToken) {
    result.value = "This account asks for a second factor: sign in with a client that can give it, and use Authorize.";
    return;
  }
  ui.preauthorizeApiKey("bearerAuth", body.data.accessToken);
  form.elements.password.value = "";
  result.value = "Signed in as " + fields.get("email") + ".";
}

start().catch((error) => {
  document.getElementById("swagger-ui").textContent = "The description could not be loaded: " + error.message;
});
