// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { WebSocket } from "ws";
import {
  createClient, memoryTokens, unwrap, type Api, type ChannelEvent, type RealtimeStatus, type Tokens,
} from "./client/api.js";
import type { Proxy } from "./proxy.js";

// Values in the order in which they come; `next` waits for one.
class Log<T> {
  readonly #values: T[] = [];
  #waiting: (() => void) | undefined;
  add(value: T): void {
    this.#values.push(value);
    this.#waiting?.();
  }
  async next(): Promise<T> {
    while (this.#values.length === 0) await new Promise<void>((resolve) => (this.#waiting = resolve));
    return this.#values.shift() as T;
  }
  async until(wanted: (value: T) => boolean): Promise<T> {
    for (;;) {
      const value = await this.next();
      if (wanted(value)) return value;
    }
  }
  get empty(): boolean {
    return this.#values.length === 0;
  }
}

const reasons = new Log<string>();
class RecordedSocket extends WebSocket {
  constructor(url: string, protocols?: string[]) {
    super(url, protocols);
    this.on("close", (_, reason) => reasons.add(reason.toString()));
  }
}

interface Given {
  readonly proxy: Proxy;
  readonly proxyUrl: string;
  readonly baseUrl: string;
  readonly admin: Api;
  readonly tokens: Required<Tokens>;
}

export async function checkRealtime({ proxy, proxyUrl, baseUrl, admin, tokens }: Given): Promise<void> {
  const waits = new Log<number>();
  let release: (() => void) | undefined;
  const statuses = new Log<RealtimeStatus>();
  const client = createClient({
    baseUrl: proxyUrl, tokens: memoryTokens(tokens), random: () => 0.5,
    delay: (ms) => new Promise((resolve) => {
      release = resolve;
      waits.add(ms);
    }),
  });
  const { id } = await unwrap(admin.createProduct({ name: "Lamp", price: "10.00", stock: 100 }));
  const direct = createClient({ baseUrl, tokens: memoryTokens(tokens) }).api;
  const place = async () => (await unwrap(direct.createOrder({ items: [{ productId: id, quantity: 1 }] }))).id;

  const events = new Log<ChannelEvent>();
  const subscribed = new Log<boolean>();
  const live = client.realtime({ WebSocket: RecordedSocket, onStatus: (status) => statuses.add(status) });
  const orders = live.subscribe("orders", {
    onEvent: (event) => events.add(event),
    onSubscribed: ({ complete }) => subscribed.add(complete),
  });
  assert.throws(() => live.subscribe("orders", { onEvent: () => {} }));
  assert.equal(await subscribed.next(), true);
  const first = await place();
  const event = await events.next();
  assert.equal(event.event, "order.created");
  assert.equal(event.data["id"], first);
  assert.equal(orders.position, event.position);

  const ended = new Log<string>();
  live.subscribe("nothing", { onEvent: () => {}, onEnd: ({ code }) => ended.add(code) });
  assert.equal(await ended.next(), "realtime.channel_not_found");

  // Lost three times, with orders in between: each order once, in order.
  for (let round = 0; round < 3; ++round) {
    proxy.cut();
    await waits.next();
    const placed = [await place(), await place()];
    release?.();
    assert.equal(await subscribed.next(), true);
    placed.push(await place());
    for (const expected of placed) assert.equal((await events.next()).data["id"], expected);
    assert.ok(events.empty);
  }

  const found = await live.call("getOrder", { id: first });
  assert.ok(found.ok && found.data.total === "10.00");
  const absent = await live.call("getOrder", { id: "00000000-0000-7000-8000-000000000000" });
  assert.ok(!absent.ok && absent.error.code === "order.not_found");
  const refused = await live.call("listUsers", {});
  assert.ok(!refused.ok && refused.error.code === "auth.forbidden");
  assert.ok((await live.call("live", {})).ok);
  const items = [{ productId: id, quantity: 1 }];
  const once = await live.call("createOrder", { items }, { idempotencyKey: "once" });
  const twice = await live.call("createOrder", { items }, { idempotencyKey: "once" });
  assert.ok(once.ok && twice.ok && once.data.id === twice.data.id);
  assert.equal((await events.next()).data["id"], once.data.id);

  const messages = new Log<ChannelEvent>();
  const present = new Log<string>();
  live.subscribe("room:one", { onEvent: (each) => messages.add(each), onPresence: ({ change }) => present.add(change) });
  assert.deepEqual([await present.next(), await present.next()], ["present", "joined"]);
  const published = await live.publish("room:one", { text: "Hello" });
  assert.ok(published.ok);
  const message = await messages.next();
  assert.deepEqual([message.data["text"], message.position], ["Hello", published.data]);

  // A resumed position of a program that was started again.
  const again = client.realtime({ WebSocket });
  const last = await place();
  const replayed = new Log<ChannelEvent>();
  again.subscribe("orders", { onEvent: (each) => replayed.add(each) }, orders.position);
  assert.equal((await replayed.until(({ event: name }) => name === "order.created")).data["id"], last);
  again.close();
  assert.ok(!(await again.call("live", {})).ok);

  // Signing out ends everything.
  const eve = createClient({ baseUrl, delay: async () => {} });
  await unwrap(eve.api.register({ name: "Eve", email: "eve.realtime@example.com", password: "a long password" }));
  const closed = new Log<RealtimeStatus>();
  const theirs = eve.realtime({ WebSocket, onStatus: (status) => closed.add(status) });
  const over = new Log<string>();
  theirs.subscribe("orders", { onEvent: () => {}, onEnd: ({ code }) => over.add(code) });
  await closed.until((status) => status === "open");
  assert.ok((await eve.api.logout()).ok);
  assert.equal(await over.next(), "auth.not_signed_in");
  await closed.until((status) => status === "closed");

  // The server names the wait when it stops.
  await reasons.until((reason) => reason === "");
  process.stdout.write("stop the server\n");
  const named = /^reconnect after (\d+) ms$/.exec(await reasons.until((reason) => reason !== ""));
  assert.equal(await waits.next(), Number(named?.[1]));
  await statuses.until((status) => status === "waiting");
  live.close();
  await statuses.until((status) => status === "closed");
}
