// SPDX-License-Identifier: Apache-2.0
// Written by `ashlar client typescript`; do not edit. Requests over fetch: errors by code, retries, idempotency keys,
// time limits and the renewal of tokens. Needs a browser of 2023 or later, or Node.js 20; no packages.

/** Codes of the client itself, which every operation may return besides its documented ones. */
export type ClientCode =
  /** There was no answer: no connection, or it was lost. */
  | "client.network"
  /** `timeoutMs` or `attemptTimeoutMs` is over. */
  | "client.timeout"
  /** The caller's AbortSignal was aborted. */
  | "client.aborted"
  /** An answer that the description does not document, such as one of a proxy or of a newer server. */
  | "client.unexpected";

export interface Fault {
  /** A JSON Pointer into the body, or the name of a parameter. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export class ApiError<Code extends string = string> extends Error {
  override readonly name = "ApiError";
  readonly code: Code;
  /** The HTTP status; 0 without an answer. */
  readonly status: number;
  readonly requestId: string | undefined;
  /** Every fault of an invalid input. */
  readonly faults: readonly Fault[];
  readonly retryAfterMs: number | undefined;
  /** What was received: the problem details, or text. */
  readonly body: unknown;

  constructor(code: Code, message: string, more: Partial<Omit<ApiError, "code" | "message">> = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.status = more.status ?? 0;
    this.requestId = more.requestId;
    this.faults = more.faults ?? [];
    this.retryAfterMs = more.retryAfterMs;
    this.body = more.body;
  }
}

export interface Failed<Code extends string> {
  readonly ok: false;
  readonly error: ApiError<Code>;
}
export type Succeeded<Reply> = Reply & {
  readonly ok: true;
  readonly response: { readonly status: number; readonly headers: Headers };
};
/** What an operation returns. Nothing of the API is thrown; check `ok`, or use `unwrap`. */
export type Result<Reply, Code extends string> = Succeeded<Reply> | Failed<Code>;

/** The data of a result; throws its ApiError. */
export async function unwrap<Data>(result: Promise<Result<{ data: Data }, string>>): Promise<Data> {
  const done = await result;
  if (!done.ok) throw done.error;
  return done.data;
}

type Page = { readonly page: number } | { readonly next: string | null };
/** Every item of a list, page by page with its cursor: `for await (const order of items(api.listOrders, {}))`. Throws
 *  ApiError. */
export async function* items<Input extends { cursor?: string }, Item>(
  list: (input: Input, options?: CallOptions) => Promise<Result<{ data: Item[]; pagination: Page }, string>>,
  input: Omit<Input, "cursor" | "page">,
  options?: CallOptions,
): AsyncGenerator<Item, void, undefined> {
  for (let cursor: string | null = ""; cursor !== null; ) {
    const done: Result<{ data: Item[]; pagination: Page }, string> = await list({ ...input, cursor } as Input, options);
    if (!done.ok) throw done.error;
    yield* done.data;
    cursor = "next" in done.pagination ? done.pagination.next : null;
  }
}

export interface Tokens {
  readonly accessToken: string;
  /** Absent for an API key. */
  readonly refreshToken?: string;
}
/** Where tokens are kept. Clients that share one (tabs, with localStorage) renew for each other. */
export interface TokenStore {
  read(): Tokens | undefined | Promise<Tokens | undefined>;
  write(tokens: Tokens | undefined): void | Promise<void>;
}
export function memoryTokens(tokens?: Tokens): TokenStore {
  return { read: () => tokens, write: (newer) => void (tokens = newer) };
}

export interface RetryOptions {
  /** How often a call is sent at most. Default 3. */
  readonly attemptsMax?: number;
  /** The wait before attempt n+1 is random, below `delayMs * 2^(n-1)` and `delayMaxMs`. Defaults 200 and 5,000. */
  readonly delayMs?: number;
  readonly delayMaxMs?: number;
  /** With a longer Retry-After the error is returned at once. Default 30,000. */
  readonly retryAfterMaxMs?: number;
}

export interface ClientOptions {
  /** Such as `https://api.example.com`, without a path; "" for the origin of the page. */
  readonly baseUrl: string;
  /** Default: in memory. Signing in and out through the client writes it. */
  readonly tokens?: TokenStore;
  /** Use the server's HTTP-only cookies instead of `tokens`; for pages of the same origin. */
  readonly session?: "tokens" | "cookies";
  /** The session has ended: sign in again. */
  readonly onSignedOut?: (error: ApiError) => void;
  readonly retry?: RetryOptions;
  /** Of a call with all its attempts and waits. Default 30,000. */
  readonly timeoutMs?: number;
  /** Of one attempt. Default 10,000. */
  readonly attemptTimeoutMs?: number;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly fetch?: typeof fetch;
  /** Instead of timers and Math.random(), for tests. */
  readonly delay?: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly random?: () => number;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Default, where the operation takes one: a new random key for each call, the same for its attempts. Keep your own to
   *  repeat a call after a restart of the program. */
  readonly idempotencyKey?: string;
}

/** What the realtime client takes from the HTTP client. */
export interface RealtimeBackend {
  readonly baseUrl: string;
  readonly ticket: () => Promise<Result<{ data: { ticket: string } }, string>>;
  readonly documented: (operation: string, code: string, message: string) => ApiError;
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
}

/** How an operation is called, from the OpenAPI document. */
export interface OperationEntry {
  readonly method: string;
  readonly path: string;
  readonly takesInput: boolean;
  readonly body?: "required" | "optional";
  /** Members of the input that are in the query though there is a body. */
  readonly query?: readonly string[];
  readonly idempotencyKey?: true;
  /** The reply is the body itself, without `data` around it. */
  readonly bare?: true;
  readonly codes: readonly string[];
}
export interface Description {
  readonly operations: Readonly<Record<string, OperationEntry>>;
  /** Of all operations. */
  readonly commonCodes: readonly string[];
  /** The operation that renews tokens, and those after which there is no session. */
  readonly refresh: string | undefined;
  readonly signOut: readonly string[];
  /** The operation that makes the ticket of a WebSocket. */
  readonly ticket: string | undefined;
}

type Input = Readonly<Record<string, unknown>>;
type AnyResult = Result<{ data: unknown }, string>;
interface Request {
  readonly name: string;
  readonly entry: OperationEntry;
  readonly url: string;
  readonly body: string | undefined;
  readonly idempotencyKey: string | undefined;
}

/** A signal that ends after a time or with another signal, and says which. */
class Deadline {
  readonly #controller = new AbortController();
  readonly #parents: readonly AbortSignal[];
  readonly #abort = () => this.#controller.abort();
  readonly #timer: ReturnType<typeof setTimeout>;
  #expired = false;

  constructor(ms: number, parents: readonly (AbortSignal | undefined)[]) {
    this.#parents = parents.filter((parent) => parent !== undefined);
    this.#timer = setTimeout(() => {
      this.#expired = true;
      this.#abort();
    }, ms);
    for (const parent of this.#parents) {
      if (parent.aborted) this.#abort();
      parent.addEventListener("abort", this.#abort);
    }
  }
  get signal(): AbortSignal {
    return this.#controller.signal;
  }
  get expired(): boolean {
    return this.#expired;
  }
  clear(): void {
    clearTimeout(this.#timer);
    for (const parent of this.#parents) parent.removeEventListener("abort", this.#abort);
  }
}

function delayWithTimer(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (signal.aborted) done();
    else signal.addEventListener("abort", done);
  });
}

/** Settles with the promise, or returns undefined when the signal is aborted before; the promise goes on. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const aborted = () => resolve(undefined);
    signal.addEventListener("abort", aborted);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", aborted));
  });
}

function randomKey(): string {
  // crypto.randomUUID() exists on pages with TLS only.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function retryAfterMs(headers: Headers): number | undefined {
  const value = headers.get("Retry-After");
  if (value === null) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const resendable = new Set(["GET", "HEAD", "PUT", "DELETE"]);
const retriedStatuses = new Set([408, 429, 502, 503, 504]);
function isRetried(error: ApiError): boolean {
  return (
    error.code === "client.network" ||
    error.code === "client.timeout" ||
    error.code === "database.serialization" ||
    retriedStatuses.has(error.status)
  );
}
// A token that is not valid any more; other refusals do not change with a newer one.
function isTokenRefused(error: ApiError, cookies: boolean): boolean {
  return (
    error.status === 401 &&
    (/^auth\.token_(expired|invalid|revoked)$/.test(error.code) || (cookies && error.code === "auth.not_signed_in"))
  );
}

/** Calls operations. `createClient()` makes one. */
export class Caller {
  readonly #description: Description;
  readonly #options: ClientOptions;
  readonly #fetch: typeof fetch;
  readonly #tokens: TokenStore;
  readonly #cookies: boolean;
  #renewal: Promise<ApiError | undefined> | undefined;
  #refused: ApiError | undefined;  // the renewal by cookies, until a call has shown whether that ends the session

  constructor(description: Description, options: ClientOptions) {
    this.#description = description;
    this.#options = options;
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
    this.#tokens = options.tokens ?? memoryTokens();
    this.#cookies = options.session === "cookies";
  }

  /** A function for each operation. */
  api(): Record<string, (...given: never[]) => Promise<AnyResult>> {
    const made = (name: string, entry: OperationEntry) =>
      entry.takesInput
        ? (input?: Input, options?: CallOptions) => this.call(name, input ?? {}, options)
        : (options?: CallOptions) => this.call(name, {}, options);
    return Object.fromEntries(
      Object.entries(this.#description.operations).map(([name, entry]) => [name, made(name, entry)]),
    );
  }

  async call(name: string, input: Input, options: CallOptions = {}): Promise<AnyResult> {
    const done = await this.#call(name, input, options);
    if (done.ok) await this.#keep(name, done);
    return done;
  }

  async #call(name: string, input: Input, options: CallOptions): Promise<AnyResult> {
    const whole = new Deadline(options.timeoutMs ?? this.#options.timeoutMs ?? 30_000, [options.signal]);
    try {
      return await this.#attempts(this.#request(name, input, options), whole);
    } finally {
      whole.clear();
    }
  }

  realtimeBackend(): RealtimeBackend {
    const { ticket } = this.#description;
    if (ticket === undefined) throw new TypeError("This API has no WebSocket.");
    return {
      baseUrl: this.#options.baseUrl,
      ticket: () => this.call(ticket, {}) as Promise<Result<{ data: { ticket: string } }, string>>,
      documented: (name, code, message) => this.documented(name, code, message),
      delay: this.#options.delay ?? delayWithTimer,
      random: this.#options.random ?? Math.random,
    };
  }

  /** The error with a code of the operation's, for a code that was received. */
  documented(name: string, code: string | undefined, message: string, more: Partial<ApiError> = {}): ApiError {
    const known =
      code !== undefined &&
      (this.#description.commonCodes.includes(code) ||
        this.#description.operations[name]?.codes.includes(code) === true);
    if (known) return new ApiError(code, message, more);
    return new ApiError("client.unexpected", code === undefined ? message : `${code}: ${message}`, more);
  }

  #request(name: string, input: Input, options: CallOptions): Request {
    const entry = this.#description.operations[name];
    if (entry === undefined) throw new TypeError(`There is no operation ${name}.`);
    const rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
    const path = entry.path.replace(/\{([^}]+)\}/g, (_, member: string) => {
      const value = rest.get(member);
      if (value === undefined) throw new TypeError(`${name} needs ${member}.`);
      rest.delete(member);
      return encodeURIComponent(String(value));
    });
    const query = new URLSearchParams();
    for (const [member, value] of [...rest]) {
      if (entry.body !== undefined && entry.query?.includes(member) !== true) continue;
      for (const each of Array.isArray(value) ? value : [value]) query.append(member, String(each));
      rest.delete(member);
    }
    const hasBody = entry.body === "required" || rest.size > 0;
    return {
      name,
      entry,
      url: this.#options.baseUrl.replace(/\/$/, "") + path + (query.size > 0 ? `?${query}` : ""),
      body: hasBody ? JSON.stringify(Object.fromEntries(rest)) : undefined,
      idempotencyKey: entry.idempotencyKey === true ? (options.idempotencyKey ?? randomKey()) : undefined,
    };
  }

  async #attempts(request: Request, whole: Deadline): Promise<AnyResult> {
    const attemptsMax = this.#options.retry?.attemptsMax ?? 3;
    let renewed = false;
    for (let attempt = 1; ; ++attempt) {
      const tokens = this.#cookies ? undefined : await this.#tokens.read();
      const done = await this.#send(request, tokens, whole);
      if (done.ok) return done;
      const { error } = done;
      if (!renewed && request.name !== this.#description.refresh && isTokenRefused(error, this.#cookies)) {
        renewed = true;
        const failed = await this.#renewed(request, tokens, error, whole);
        if (failed !== undefined) return { ok: false, error: failed };
        --attempt;  // the refused one does not count
        continue;
      }
      if (renewed && this.#refused !== undefined && isTokenRefused(error, this.#cookies)) {
        const refused = this.#refused;
        this.#refused = undefined;
        this.#options.onSignedOut?.(refused);
      }
      if (attempt >= attemptsMax || !this.#mayResend(request) || !isRetried(error)) return done;
      if (!(await this.#waited(attempt, error, whole))) return done;
    }
  }

  // The token before the newest one may be sent again for some seconds, so renewing twice renews once.
  #mayResend({ name, entry, idempotencyKey }: Request): boolean {
    return resendable.has(entry.method) || idempotencyKey !== undefined || name === this.#description.refresh;
  }

  async #waited(attempt: number, error: ApiError, whole: Deadline): Promise<boolean> {
    const { delayMs = 200, delayMaxMs = 5_000, retryAfterMaxMs = 30_000 } = this.#options.retry ?? {};
    if (whole.signal.aborted || (error.retryAfterMs ?? 0) > retryAfterMaxMs) return false;
    const random = this.#options.random ?? Math.random;
    const jitter = random() * Math.min(delayMaxMs, delayMs * 2 ** (attempt - 1));
    await (this.#options.delay ?? delayWithTimer)((error.retryAfterMs ?? 0) + jitter, whole.signal);
    return !whole.signal.aborted;
  }

  async #send(request: Request, tokens: Tokens | undefined, whole: Deadline): Promise<AnyResult> {
    const headers = new Headers(this.#options.headers);
    headers.set("Accept", "application/json, application/problem+json");
    if (request.body !== undefined) headers.set("Content-Type", "application/json");
    if (request.idempotencyKey !== undefined) headers.set("Idempotency-Key", request.idempotencyKey);
    if (tokens !== undefined) headers.set("Authorization", `Bearer ${tokens.accessToken}`);
    const attempt = new Deadline(this.#options.attemptTimeoutMs ?? 10_000, [whole.signal]);
    try {
      attempt.signal.throwIfAborted();
      const response = await this.#fetch(request.url, {
        method: request.entry.method,
        headers,
        credentials: this.#cookies ? "same-origin" : "omit",
        signal: attempt.signal,
        ...(request.body === undefined ? {} : { body: request.body }),
      });
      return this.#read(request, response, await response.text());
    } catch (cause) {
      if (attempt.expired || whole.expired)
        return { ok: false, error: new ApiError("client.timeout", "The server did not answer in time.", { cause }) };
      if (whole.signal.aborted)
        return { ok: false, error: new ApiError("client.aborted", "The call was aborted.", { cause }) };
      return { ok: false, error: new ApiError("client.network", "There was no answer.", { cause }) };
    } finally {
      attempt.clear();
    }
  }

  #read(request: Request, response: Response, text: string): AnyResult {
    const body = text === "" ? undefined : parsed(text);
    const meta = { status: response.status, headers: response.headers };
    if (response.ok) {
      if (body === undefined) return { ok: true, data: undefined, response: meta };
      if (request.entry.bare === true) return { ok: true, data: body, response: meta };
      if (isObject(body) && "data" in body) return { ...body, data: body["data"], ok: true, response: meta };
    }
    const problem = isObject(body) ? body : {};
    const message = textOf(problem["detail"]) ?? `The server answered ${response.status}.`;
    const error = this.documented(request.name, textOf(problem["code"]), message, {
      status: response.status,
      requestId: response.headers.get("X-Request-Id") ?? undefined,
      faults: Array.isArray(problem["errors"]) ? (problem["errors"] as Fault[]) : [],
      retryAfterMs: retryAfterMs(response.headers),
      body,
    });
    return { ok: false, error };
  }

  // Keeps the tokens of whatever signs in, and none after signing out.
  async #keep(name: string, { data }: { data: unknown }): Promise<void> {
    if (this.#cookies) return;
    if (this.#description.signOut.includes(name)) return this.#tokens.write(undefined);
    if (!isObject(data) || data["tokenType"] !== "Bearer") return;
    const accessToken = textOf(data["accessToken"]);
    const refreshToken = textOf(data["refreshToken"]) ?? (await this.#tokens.read())?.refreshToken;
    if (accessToken !== undefined)
      await this.#tokens.write(refreshToken === undefined ? { accessToken } : { accessToken, refreshToken });
  }

  // Undefined when there are other tokens now, and otherwise what the call returns.
  async #renewed(
    request: Request,
    used: Tokens | undefined,
    refusal: ApiError,
    whole: Deadline,
  ): Promise<ApiError | undefined> {
    if (!this.#cookies) {
      const current = await this.#tokens.read();
      if (current !== undefined && current.accessToken !== used?.accessToken) return undefined;  // renewed by another
      if (current?.refreshToken === undefined) return refusal;
    }
    this.#renewal ??= this.#renew().finally(() => (this.#renewal = undefined));
    const renewal = await unlessAborted(
      this.#renewal.then((error) => ({ error })),
      whole.signal,
    );
    if (renewal === undefined)
      return whole.expired
        ? new ApiError("client.timeout", "The session was not renewed in time.")
        : new ApiError("client.aborted", "The call was aborted.");
    if (renewal.error === undefined) return undefined;
    if (renewal.error.status === 401) return refusal;
    if (renewal.error.code.startsWith("client.")) return renewal.error;
    return this.documented(request.name, renewal.error.code, renewal.error.message, renewal.error);
  }

  // One at a time, for all calls. It is not aborted with the call that began it.
  async #renew(): Promise<ApiError | undefined> {
    const name = this.#description.refresh;
    if (name === undefined) return new ApiError("client.unexpected", "The API renews no tokens.", { status: 401 });
    const sent = this.#cookies ? undefined : await this.#tokens.read();
    const input = sent?.refreshToken === undefined ? {} : { refreshToken: sent.refreshToken };
    const done = await this.#call(name, input, {});
    if (this.#cookies) {
      // Another tab may have renewed the cookies, so a refusal is not the end; the repeated call says so. 422: there is
      // no cookie.
      this.#refused = done.ok || done.error.status !== 401 ? undefined : done.error;
      return done.ok || done.error.status === 401 || done.error.status === 422 ? undefined : done.error;
    }
    const current = await this.#tokens.read();
    // Somebody has signed in or out, or another tab was faster: theirs counts, whatever this answer is.
    if (current?.refreshToken !== sent?.refreshToken) return current === undefined && !done.ok ? done.error : undefined;
    if (done.ok) {
      await this.#keep(name, done);
      return undefined;
    }
    if (done.error.status === 401) {
      await this.#tokens.write(undefined);
      this.#options.onSignedOut?.(done.error);
    }
    return done.error;
  }
}
