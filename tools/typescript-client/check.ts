// SPDX-License-Identifier: Apache-2.0
// usage: node check.js PORT SECRET   The generated client against a server whose access tokens SECRET signs. It prints
// "stop the server" when it is time to, and "agreed" at the end.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createClient, items, memoryTokens, unwrap, type ClientOptions, type Tokens } from "./client/api.js";
import { Proxy } from "./proxy.js";
import { checkRealtime } from "./check_realtime.js";

const [port = "", secret = ""] = process.argv.slice(2);
const baseUrl = `http://127.0.0.1:${port}`;
const password = "a long password";
const proxy = new Proxy(Number(port));
const proxyUrl = await proxy.listen();

// Requests as they were sent, and what a test answers instead of the server.
interface Sent {
  readonly target: string;
  readonly key: string | null;
}
function recorded(instead: (sent: Sent, all: Sent[]) => Promise<Response | undefined> | Response | undefined = () => undefined) {
  const sent: Sent[] = [];
  const waits: number[] = [];
  const options = {
    baseUrl,
    fetch: async (url: string | URL | Request, init?: RequestInit) => {
      const each = {
        target: `${init?.method} ${new URL(String(url)).pathname}`,
        key: new Headers(init?.headers).get("Idempotency-Key"),
      };
      sent.push(each);
      return (await instead(each, sent)) ?? fetch(url, init);
    },
    delay: async (ms: number) => void waits.push(ms),
    random: () => 0.5,
  } satisfies ClientOptions;
  return { sent, waits, options };
}
function problem(status: number, code: string, headers: Record<string, string> = {}): Response {
  return Response.json({ type: "about:blank", title: "", status, detail: "", code }, { status, headers });
}
function expired(token: string): string {
  const [head = "", payload = ""] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, number>;
  const past = { ...claims, iat: claims["iat"]! - 7200, nbf: claims["iat"]! - 7200, exp: claims["iat"]! - 3600 };
  const signed = `${head}.${Buffer.from(JSON.stringify(past)).toString("base64url")}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}
async function signedUp(name: string): Promise<Required<Tokens>> {
  const tokens = memoryTokens();
  const { api } = createClient({ baseUrl, tokens });
  await unwrap(api.register({ name, email: `${name}@example.com`, password }));
  return (await tokens.read()) as Required<Tokens>;
}

const adminTokens = memoryTokens();
const admin = createClient({ baseUrl, tokens: adminTokens }).api;
const ada = createClient({ baseUrl }).api;

async function checkOperations(): Promise<void> {
  // The admin is made when the server listens already.
  for (let i = 0; i < 200 && (await adminTokens.read()) === undefined; ++i)
    await admin.login({ email: "admin@example.com", password });

  const before = await ada.me();
  assert.ok(!before.ok && before.error.code === "auth.not_signed_in" && before.error.status === 401);
  const registered = await unwrap(ada.register({ name: "Ada", email: "ada@example.com", password, age: 36 }));
  assert.equal((await unwrap(ada.me())).id, registered.user.id);
  const taken = await ada.register({ name: "Ada", email: "ADA@example.com", password });
  assert.ok(!taken.ok && taken.error.code === "user.email_taken" && taken.error.requestId !== undefined);
  const invalid = await createClient({ baseUrl }).api.register({ name: "", email: "?", password });
  assert.ok(!invalid.ok && invalid.error.code === "request.invalid");
  assert.deepEqual(invalid.error.faults.map(({ path }) => path).sort(), ["/email", "/name"]);
  await assert.rejects(unwrap(ada.listUsers()), { name: "ApiError", code: "auth.forbidden", status: 403 });

  const post = await unwrap(ada.createPost({ title: "One", content: "Text" }));
  assert.equal((await unwrap(ada.getPost({ id: post.id }))).title, "One");
  assert.equal((await unwrap(ada.updatePost({ id: post.id, title: "Two/ü?" }))).title, "Two/ü?");
  const deleted = await ada.deletePost({ id: post.id });
  assert.ok(deleted.ok && deleted.data === undefined && deleted.response.status === 204);
  const absent = await ada.getPost({ id: post.id });
  assert.ok(!absent.ok && absent.error.code === "post.not_found");

  const titles = ["a", "b", "c", "d", "e"];
  for (const title of titles) await unwrap(ada.createPost({ title, content: "Text" }));
  const read: string[] = [];
  for await (const each of items(ada.listPosts, { mine: true, limit: 2, sort: "title" })) read.push(each.title);
  assert.deepEqual(read, titles);
  const page = await ada.listPosts({ mine: true, limit: 2, page: 3 });
  assert.ok(page.ok && "total" in page.pagination && page.pagination.total === 5 && page.data.length === 1);
  assert.equal((await unwrap(ada.health())).status, "ok");
}

async function checkRenewal(): Promise<void> {
  const first = await signedUp("renewal");
  const { sent, options } = recorded();
  const tokens = memoryTokens({ ...first, accessToken: expired(first.accessToken) });
  const { api } = createClient({ ...options, tokens });
  const [me, mine] = await Promise.all([api.me(), api.listOrders()]);
  assert.ok(me.ok && mine.ok);
  assert.equal(sent.filter(({ target }) => target === "POST /api/auth/refresh").length, 1);
  assert.equal(sent.length, 5);
  const second = await tokens.read();
  assert.ok(second !== undefined && second.refreshToken !== first.refreshToken);

  // Another client with the same store was faster: its tokens are used, and none are renewed.
  let signedOut = 0;
  const newer = second;
  const shared = memoryTokens({ ...newer, accessToken: expired(newer.accessToken) });
  const late = recorded(({ target }) => {
    if (target === "GET /api/users/me") void shared.write(newer);
    return undefined;
  });
  assert.ok((await createClient({ ...late.options, tokens: shared, onSignedOut: () => ++signedOut }).api.me()).ok);
  assert.deepEqual(late.sent.map(({ target }) => target), ["GET /api/users/me", "GET /api/users/me"]);

  // The same, while this client was renewing: its refusal signs nobody out.
  await shared.write({ accessToken: expired(newer.accessToken), refreshToken: "an older one" });
  const lost = recorded(({ target }) => {
    if (target !== "POST /api/auth/refresh") return undefined;
    void shared.write(newer);
    return problem(401, "auth.refresh_reused");
  });
  assert.ok((await createClient({ ...lost.options, tokens: shared, onSignedOut: () => ++signedOut }).api.me()).ok);
  assert.deepEqual(await shared.read(), newer);
  assert.equal(signedOut, 0);

  // A server that cannot renew now is no reason to sign out.
  await shared.write({ ...newer, accessToken: expired(newer.accessToken) });
  const away = recorded(({ target }) => (target === "POST /api/auth/refresh" ? problem(503, "server.overloaded") : undefined));
  const unavailable = await createClient({ ...away.options, tokens: shared, onSignedOut: () => ++signedOut }).api.me();
  assert.ok(!unavailable.ok && unavailable.error.code === "server.overloaded");
  assert.equal(away.sent.length, 4);
  assert.equal((await shared.read())?.refreshToken, newer.refreshToken);
  assert.equal(signedOut, 0);

  // Renewing by hand is kept, too.
  await shared.write(newer);
  const byHand = createClient({ baseUrl, tokens: shared }).api;
  const third = await unwrap(byHand.refresh({ refreshToken: newer.refreshToken ?? "" }));
  assert.equal((await shared.read())?.refreshToken, third.refreshToken);

  // A refused refresh token is.
  await shared.write({ accessToken: expired(newer.accessToken), refreshToken: "no token" });
  const ended = await createClient({ baseUrl, tokens: shared, onSignedOut: () => ++signedOut }).api.me();
  assert.ok(!ended.ok && ended.error.code === "auth.token_expired");
  assert.equal(signedOut, 1);
  assert.equal(await shared.read(), undefined);
}

async function checkCookies(): Promise<void> {
  const jar = new Map<string, string>();
  let signedOut = 0;
  const sent: string[] = [];
  const api = createClient({
    baseUrl,
    session: "cookies",
    onSignedOut: () => ++signedOut,
    fetch: async (url, init) => {
      const headers = new Headers(init?.headers);
      assert.equal(headers.get("Authorization"), null);
      headers.set("Cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
      sent.push(new URL(String(url)).pathname);
      const response = await fetch(url, { ...init, headers });
      for (const each of response.headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(each) ?? [];
        if (value === "") jar.delete(name);
        else jar.set(name, value);
      }
      return response;
    },
  }).api;
  await unwrap(api.register({ name: "Eve", email: "eve@example.com", password }));
  const access = [...jar.keys()].find((name) => name.endsWith("accessToken")) ?? "";
  const refreshCookie = [...jar.keys()].find((name) => name.endsWith("refreshToken")) ?? "";
  assert.ok(jar.delete(access)); // its time is over
  const both = await Promise.all([api.me(), api.listOrders()]);
  assert.ok(both.every(({ ok }) => ok));
  assert.equal(sent.filter((path) => path === "/api/auth/refresh").length, 1);
  assert.ok((await api.logout()).ok);
  const after = await api.me();
  assert.ok(!after.ok && after.error.code === "auth.not_signed_in");
  assert.equal(signedOut, 0);
  jar.set(refreshCookie, "wrong");
  await Promise.all([api.me(), api.listOrders()]);
  assert.equal(signedOut, 1);
}

async function checkRetries(): Promise<void> {
  const tokens = memoryTokens(await signedUp("retries"));
  const { id } = await unwrap(admin.createProduct({ name: "Desk", price: "349.00", stock: 10 }));
  const order = { items: [{ productId: id, quantity: 1 }] };
  const total = async () => {
    const listed = await createClient({ baseUrl, tokens }).api.listOrders();
    return listed.ok && "total" in listed.pagination ? listed.pagination.total : -1;
  };

  // A 503 with Retry-After, and then a connection that is lost after the order was made.
  const busy = recorded((_, { length }) =>
    length === 1 ? problem(503, "server.overloaded", { "Retry-After": "7" }) : undefined);
  proxy.loseAnswers = 0;
  const busyApi = createClient({ ...busy.options, tokens, baseUrl: proxyUrl, fetch: async (url, init) => {
    if (busy.sent.length === 1) proxy.loseAnswers = 1;
    return busy.options.fetch(url as string, init);
  } }).api;
  assert.ok((await busyApi.createOrder(order)).ok);
  assert.deepEqual(busy.waits, [7100, 200]);
  assert.equal(busy.sent.length, 3);
  assert.ok(busy.sent[0]?.key && busy.sent.every(({ key }) => key === busy.sent[0]?.key));
  assert.equal(await total(), 1);
  const other = await busyApi.createOrder(order, { idempotencyKey: busy.sent[0].key });
  assert.ok(other.ok);
  assert.equal(await total(), 1);
  const mismatch = await busyApi.createOrder({ items: [{ productId: id, quantity: 2 }] }, { idempotencyKey: busy.sent[0].key });
  assert.ok(!mismatch.ok && mismatch.error.code === "idempotency.mismatch");
  await unwrap(busyApi.createOrder(order));
  assert.equal(await total(), 2);
  const none = await busyApi.createOrder({ items: [{ productId: id, quantity: 1000 }] });
  assert.ok(!none.ok && none.error.code === "order.out_of_stock");

  // Without a key a POST may have been executed, so it is not sent again.
  const write = recorded();
  proxy.loseAnswers = 1;
  const post = await createClient({ ...write.options, tokens, baseUrl: proxyUrl }).api.createPost({ title: "t", content: "c" });
  assert.ok(!post.ok && post.error.code === "client.network" && post.error.status === 0);
  assert.equal(write.sent.length, 1);

  const always = recorded(() => problem(503, "server.overloaded"));
  const given = await createClient({ ...always.options, retry: { attemptsMax: 4, delayMs: 100, delayMaxMs: 300 } }).api.health();
  assert.ok(!given.ok && given.error.status === 503);
  assert.deepEqual(always.waits, [50, 100, 150]);
  const later = recorded(() => problem(503, "server.overloaded", { "Retry-After": "3600" }));
  const refused = await createClient(later.options).api.health();
  assert.ok(!refused.ok && refused.error.retryAfterMs === 3_600_000 && later.sent.length === 1);

  const unknown = await createClient(recorded(() => problem(409, "from.the_future")).options).api.me();
  assert.ok(!unknown.ok && unknown.error.code === "client.unexpected" && unknown.error.status === 409);
  const page = await createClient(recorded(() => new Response("<html>", { status: 200 })).options).api.me();
  assert.ok(!page.ok && page.error.code === "client.unexpected");
  const silent = { baseUrl, fetch: (_: unknown, init?: RequestInit) => new Promise<Response>((_, reject) =>
    init?.signal?.addEventListener("abort", () => reject(init.signal?.reason))), retry: { attemptsMax: 1 } };
  const slow = await createClient({ ...silent, attemptTimeoutMs: 1 }).api.me();
  assert.ok(!slow.ok && slow.error.code === "client.timeout");
  const aborter = new AbortController();
  const pending = createClient(silent).api.me({ signal: aborter.signal });
  aborter.abort();
  const aborted = await pending;
  assert.ok(!aborted.ok && aborted.error.code === "client.aborted");
}

await checkOperations();
await checkRenewal();
await checkCookies();
await checkRetries();
await checkRealtime({ proxy, proxyUrl, baseUrl, admin, tokens: await signedUp("realtime") });
process.stdout.write("agreed\n", () => process.exit(0));
