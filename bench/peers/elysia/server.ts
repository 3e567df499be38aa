// SPDX-License-Identifier: Apache-2.0
// Bun with Elysia, with hand-written equivalents of the Fastify peer's plugins: security headers, CORS, a rate limit,
// JWT, a request log.
//   bun server.ts PORT LOG_FILE         The first line of output is an access token.
//   bun server.ts PORT LOG_FILE bare    GET /json with nothing of all that.
import { Elysia, t } from 'elysia'
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'

const [port, logFile, bareOnly] = process.argv.slice(2)
const secret = 'an access secret that only the benchmark has'
const mac = (text: string) => createHmac('sha256', secret).update(text).digest()
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

function sign(claims: object) {
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`
  return `${text}.${mac(text).toString('base64url')}`
}

function caller(authorization?: string) {
  if (!authorization?.startsWith('Bearer ')) return null
  const [head, claims, signature] = authorization.slice(7).split('.')
  const expected = mac(`${head}.${claims}`)
  const given = Buffer.from(signature ?? '', 'base64url')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null
  const said = JSON.parse(Buffer.from(claims, 'base64url').toString())
  return said.exp > Date.now() / 1000 ? said : null
}

const log = Bun.file(logFile).writer({ highWaterMark: 64 * 1024 })
const asked = new Map<string, { count: number, until: number }>()
const requests_max = 1e9

function isOverLimit(address: string) {
  const now = Date.now()
  const window = asked.get(address)
  if (!window || window.until < now) {
    asked.set(address, { count: 1, until: now + 60_000 })
    return false
  }
  return ++window.count > requests_max
}

const Product = t.Object({
  name: t.String({ minLength: 1, maxLength: 200 }),
  price: t.Number({ exclusiveMinimum: 0 }),
  description: t.Optional(t.String({ maxLength: 2000 })),
  stock: t.Integer({ minimum: 0, maximum: 1_000_000, default: 0 }),
  category: t.Optional(t.String({ minLength: 1, maxLength: 60 }))
}, { additionalProperties: false })

const api = new Elysia()
  .onRequest(({ request, server, set }) => {
    set.headers['content-security-policy'] = "default-src 'self'; style-src 'self' 'unsafe-inline'"
    set.headers['x-content-type-options'] = 'nosniff'
    set.headers['x-frame-options'] = 'SAMEORIGIN'
    set.headers['referrer-policy'] = 'no-referrer'
    set.headers['access-control-allow-credentials'] = 'true'
    set.headers.vary = 'Origin'
    set.headers['x-request-id'] = request.headers.get('x-request-id') ?? randomUUID()
    if (isOverLimit(server?.requestIP(request)?.address ?? '')) {
      set.status = 429
      return { code: 'rate_limit.exceeded' }
    }
  })
  .onAfterResponse(({ request, set }) => {
    log.write(`${JSON.stringify({ level: 'info', time: Date.now(), id: set.headers['x-request-id'], method: request.method,
      url: request.url, status: set.status ?? 200 })}\n`)
  })
  .get('/health', () => ({ status: 'ok', timestamp: new Date().toISOString() }))
  .get('/api/ping', ({ headers, set }) => {
    const user = caller(headers.authorization)
    if (user) return { data: { pong: true, sub: user.sub } }
    set.status = 401
    return { code: 'auth.token_invalid' }
  })
  .post('/api/validate', ({ body, set }) => {
    set.status = 201
    return { data: body }
  }, { body: Product })

const bare = new Elysia().get('/json', () => ({ message: 'Hello, World!' }))
const app = bareOnly ? bare : api
app.listen({ port: Number(port), hostname: '127.0.0.1' })

console.log(sign({
  sub: randomUUID(), email: 'ada@example.com', role: 'user', permissions: ['create:product'], jti: randomUUID(),
  exp: Math.floor(Date.now() / 1000) + 86_400
}))
