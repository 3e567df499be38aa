// SPDX-License-Identifier: Apache-2.0
// Written by `ashlar client typescript`; do not edit. Channels and calls over one WebSocket, which connects again and
// resumes after the last event.
import { ApiError, type RealtimeBackend, type Result } from "./runtime.js";

/** The WebSocket of browsers and of Node.js 22, or that of the package `ws`. */
export interface WebSocketLike {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  onopen: ((event: any) => void) | null;
  onmessage: ((event: any) => void) | null;
  onclose: ((event: any) => void) | null;
  onerror: ((event: any) => void) | null;
}
export type WebSocketConstructor = new (url: string, protocols?: string[]) => WebSocketLike;

export interface ChannelEvent {
  readonly channel: string;
  /** Where the event is in the channel: `subscribe` takes it as `after`. */
  readonly position: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: string;
}
export interface PresenceChange {
  readonly channel: string;
  readonly change: "present" | "joined" | "left";
  readonly members: readonly { readonly key: string; readonly info: Readonly<Record<string, unknown>> }[];
}
export interface Handlers {
  /** Each event once, in order, also across connections. */
  readonly onEvent: (event: ChannelEvent) => void;
  /** The channel is followed from here on. `complete: false`: something may be missing, so read the state again. */
  readonly onSubscribed?: (at: { readonly position: string; readonly complete: boolean }) => void;
  readonly onPresence?: (change: PresenceChange) => void;
  /** The channel is not followed any longer. */
  readonly onEnd?: (error: ApiError) => void;
}
export interface Subscription {
  readonly channel: string;
  /** Of the last event that was handled. */
  readonly position: string | undefined;
  close(): void;
}

/** waiting: between two connections. closed: by close(), or signed out. */
export type RealtimeStatus = "idle" | "connecting" | "open" | "waiting" | "closed";
export interface RealtimeOptions {
  /** Default: that of the platform. Node.js 20 needs one, such as the package `ws`. */
  readonly WebSocket?: WebSocketConstructor;
  readonly onStatus?: (status: RealtimeStatus, error?: ApiError) => void;
  /** The wait before a new connection is random, below `delayMs * 2^n` and `delayMaxMs`; defaults 500 and 30,000. A
   *  server that stops names the wait itself. */
  readonly delayMs?: number;
  readonly delayMaxMs?: number;
  /** A ping is sent so often, and must be answered until the next one. Default 25,000. */
  readonly pingMs?: number;
  /** Of a call or a message that is published, with the wait for a connection. Default 10,000. */
  readonly timeoutMs?: number;
}

interface Channel {
  readonly handlers: Handlers;
  id: string;
  followed: boolean;
  position: string | undefined;
}
interface Message {
  readonly type: string;
  readonly id?: string;
  readonly channel?: string;
  readonly position?: string;
  readonly recovered?: boolean;
  readonly code?: string;
  readonly message?: string;
  readonly data?: unknown;
}
type Answer = (message: Message | ApiError) => void;

// Refusals that end with time; the others end the subscription.
const temporary = /^(rate_limit\.exceeded|server\.|database\.|request\.cancelled|realtime\.(events_lost|restarting|subscription_ended))/;

export class Realtime {
  readonly #backend: RealtimeBackend;
  readonly #options: RealtimeOptions;
  readonly #WebSocket: WebSocketConstructor;
  readonly #ended = new AbortController();
  readonly #channels = new Map<string, Channel>();
  readonly #answers = new Map<string, Answer>();
  #queued: string[] = [];
  #socket: WebSocketLike | undefined;
  #open = false;
  #running = false;
  #healthy = false;
  #lastId = 0;

  constructor(backend: RealtimeBackend, options: RealtimeOptions = {}) {
    const WebSocket = options.WebSocket ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
    if (WebSocket === undefined) throw new TypeError("Pass a WebSocket: this platform has none.");
    this.#backend = backend;
    this.#options = options;
    this.#WebSocket = WebSocket;
  }

  /** Follows a channel until its `close()`. A channel can be followed once at a time. `after`: the position to resume
   *  from, such as one that the program has stored. */
  subscribe(name: string, handlers: Handlers, after?: string): Subscription {
    if (this.#channels.has(name)) throw new Error(`The channel ${name} is followed already.`);
    const channel: Channel = { handlers, id: "", followed: false, position: after };
    this.#channels.set(name, channel);
    this.#subscribe(name, channel);
    this.#start();
    return {
      channel: name,
      get position() {
        return channel.position;
      },
      close: () => {
        if (this.#channels.get(name) !== channel) return;
        this.#channels.delete(name);
        this.#send({ type: "unsubscribe", id: this.#newId(), channel: name });
      },
    };
  }

  /** Sends to a room that is followed, and returns the message's position. Not repeated when the connection is lost. */
  async publish(channel: string, payload: Readonly<Record<string, unknown>>): Promise<Result<{ data: string }, string>> {
    const answer = await this.#ask({ type: "publish", channel, payload });
    if (answer instanceof ApiError) return { ok: false, error: answer };
    if (answer.type === "published") return { ok: true, data: answer.position ?? "", response: noResponse };
    return { ok: false, error: new ApiError(answer.code ?? "client.unexpected", answer.message ?? "") };
  }

  /** Calls an operation; `bare` as in its entry. Not repeated when the connection is lost. */
  async call(
    operation: string,
    input: unknown,
    { bare, idempotencyKey }: { bare: boolean; idempotencyKey: string | undefined },
  ): Promise<Result<{ data: unknown }, string>> {
    const key = idempotencyKey === undefined ? {} : { idempotencyKey };
    const answer = await this.#ask({ type: "call", operation, input, ...key });
    if (answer instanceof ApiError) return { ok: false, error: answer };
    if (answer.type !== "result") {
      return { ok: false, error: this.#backend.documented(operation, answer.code ?? "", answer.message ?? "") };
    }
    const body = answer.data as Record<string, unknown>;
    if (bare || !("data" in body)) return { ok: true, data: bare ? body : undefined, response: noResponse };
    return { ...body, data: body["data"], ok: true, response: noResponse };
  }

  close(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    this.#channels.clear();
    this.#socket?.close(1000);
    this.#lose();
    this.#status("closed");
  }

  #status(status: RealtimeStatus, error?: ApiError): void {
    this.#options.onStatus?.(status, error);
  }
  #newId(): string {
    return String(++this.#lastId);
  }
  #send(message: object): void {
    if (this.#open) this.#socket?.send(JSON.stringify(message));
  }
  #subscribe(name: string, channel: Channel): void {
    channel.id = this.#newId();
    channel.followed = false;
    const after = channel.position === undefined ? {} : { after: channel.position };
    this.#send({ type: "subscribe", id: channel.id, channel: name, ...after });
  }

  #ask(message: object): Promise<Message | ApiError> {
    const id = this.#newId();
    const text = JSON.stringify({ ...message, id });
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => answer(new ApiError("client.timeout", "There was no answer in time.")),
        this.#options.timeoutMs ?? 10_000,
      );
      const answer: Answer = (received) => {
        clearTimeout(timer);
        this.#answers.delete(id);
        this.#queued = this.#queued.filter((each) => each !== text);
        resolve(received);
      };
      if (this.#ended.signal.aborted) return answer(new ApiError("client.network", "The connection is closed."));
      this.#answers.set(id, answer);
      if (this.#open) this.#socket?.send(text);
      else this.#queued.push(text);
      this.#start();
    });
  }

  #start(): void {
    if (this.#running || this.#ended.signal.aborted) return;
    this.#running = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    const { delayMs = 500, delayMaxMs = 30_000 } = this.#options;
    const { delay, random } = this.#backend;
    for (let failures = 0; ; ++failures) {
      this.#status("connecting");
      const ticket = await this.#backend.ticket();
      if (this.#ended.signal.aborted) return;
      let named: string | undefined;
      if (ticket.ok) {
        this.#healthy = false;
        const reason = await this.#connection(ticket.data.ticket);
        if (this.#ended.signal.aborted) return;
        named = /^reconnect after (\d{1,9}) ms$/.exec(reason)?.[1];
        if (this.#healthy) failures = 0;
      } else if (ticket.error.status === 401 || ticket.error.status === 403) {
        return this.#stop(ticket.error);
      }
      this.#status("waiting");
      const wait = named === undefined ? random() * Math.min(delayMaxMs, delayMs * 2 ** failures) : Number(named);
      await delay(wait, this.#ended.signal);
      if (this.#ended.signal.aborted) return;
    }
  }

  // Signed out: nothing is followed any longer.
  #stop(error: ApiError): void {
    const ended = [...this.#channels.values()];
    this.#ended.abort();
    this.#channels.clear();
    this.#lose();
    for (const { handlers } of ended) handlers.onEnd?.(error);
    this.#status("closed", error);
  }

  // Returns when the connection has ended, with the reason that the server gave.
  #connection(ticket: string): Promise<string> {
    const base = this.#backend.baseUrl || (globalThis as { location?: { origin: string } }).location?.origin || "";
    const url = `${base.replace(/\/$/, "").replace(/^http/, "ws")}/api/realtime?ticket=${encodeURIComponent(ticket)}`;
    return new Promise((resolve) => {
      const socket = new this.#WebSocket(url, ["ashlar.v1"]);
      this.#socket = socket;
      let pings: ReturnType<typeof setInterval> | undefined;
      let heard = true;
      const lost = (reason: string) => {
        clearInterval(pings);
        if (this.#socket !== socket) return;
        this.#lose();
        resolve(reason);
      };
      socket.onopen = () => {
        this.#opened();
        pings = setInterval(() => {
          if (!heard) {
            socket.close();
            return lost("");
          }
          heard = false;
          this.#send({ type: "ping" });
        }, this.#options.pingMs ?? 25_000);
      };
      socket.onmessage = ({ data }: { data: unknown }) => {
        heard = true;
        if (this.#socket === socket) this.#receive(JSON.parse(String(data)) as Message);
      };
      socket.onerror = () => {};  // close follows
      socket.onclose = ({ reason }: { reason?: string }) => lost(reason ?? "");
    });
  }

  #opened(): void {
    this.#open = true;
    for (const [name, channel] of this.#channels) this.#subscribe(name, channel);
    const queued = this.#queued;
    this.#queued = [];
    for (const text of queued) this.#socket?.send(text);
    this.#status("open");
  }

  // What was sent and has no answer may have been done or not. What is queued waits for the next connection.
  #lose(): void {
    const open = this.#open;
    this.#open = false;
    this.#socket = undefined;
    for (const channel of this.#channels.values()) channel.followed = false;
    if (!open && !this.#ended.signal.aborted) return;
    const waiting = new Set(this.#queued.map((text) => (JSON.parse(text) as Message).id));
    for (const [id, answer] of [...this.#answers]) {
      if (!waiting.has(id) || this.#ended.signal.aborted)
        answer(new ApiError("client.network", "The connection was lost."));
    }
  }

  #receive(message: Message): void {
    this.#healthy ||= message.type !== "error";
    const channel = message.channel === undefined ? undefined : this.#channels.get(message.channel);
    if (message.type === "event" && channel?.followed === true) {
      channel.position = message.position;
      channel.handlers.onEvent(message as unknown as ChannelEvent);
    } else if (message.type === "presence" && channel?.followed === true) {
      channel.handlers.onPresence?.(message as unknown as PresenceChange);
    } else if (message.type === "subscribed" && channel?.id === message.id && channel !== undefined) {
      channel.followed = true;
      channel.position = message.position;
      channel.handlers.onSubscribed?.({ position: message.position ?? "", complete: message.recovered === true });
    } else if (message.id !== undefined && this.#answers.has(message.id)) {
      this.#answers.get(message.id)?.(message);
    } else if (message.type === "error") {
      this.#refused(message);
    }
  }

  #refused(message: Message): void {
    const found = [...this.#channels].find(
      ([name, each]) => each.id === message.id || (message.id === undefined && name === message.channel),
    );
    if (found === undefined) return;
    const [name, channel] = found;
    channel.followed = false;
    const error = new ApiError(message.code ?? "client.unexpected", message.message ?? "");
    if (!temporary.test(error.code)) {
      this.#channels.delete(name);
      channel.handlers.onEnd?.(error);
      return;
    }
    const { delay, random } = this.#backend;
    const socket = this.#socket;
    void delay((0.5 + random()) * 1000, this.#ended.signal).then(() => {
      if (this.#socket === socket && this.#channels.get(name) === channel) this.#subscribe(name, channel);
    });
  }
}

const noResponse = { status: 0, headers: new Headers() };
