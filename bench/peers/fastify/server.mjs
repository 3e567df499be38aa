// SPDX-License-Identifier: Apache-2.0
// Fastify with what a production API puts around its routes: helmet, CORS, a rate limit, JWT, pino's request log.
//   node server.mjs PORT LOG_FILE      The first line of output is an access token.
// GET /json stands outside of all that. GET /api/users/me answers from a Map, so its figure is without any database.
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import jwt from '@fastify/jwt'
import rateLimit from '@fastify/rate-limit'
import Fastify from 'fastify'
import { randomUUID } from 'node:crypto'

const [port, logFile] = process.argv.slice(2)
const app = Fastify({
  logger: { level: 'info', file: logFile },
  genReqId: () => randomUUID(),
  requestIdHeader: 'x-request-id'
})

const greeting = { type: 'object', properties: { message: { type: 'string' } } }
app.get('/json', { logLevel: 'silent', schema: { response: { 200: greeting } } }, () => ({ message: 'Hello, World!' }))

const caller = { sub: randomUUID(), email: 'ada@example.com', role: 'user', permissions: ['create:product'] }
const account = { ...caller, id: caller.sub, name: 'Ada', age: 36, createdAt: new Date(), updatedAt: new Date() }
const accounts = new Map([[account.id, account]])

const product = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'price'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 200 },
    price: { type: 'number', exclusiveMinimum: 0 },
    description: { type: 'string', maxLength: 2000 },
    stock: { type: 'integer', minimum: 0, default: 0 },
    category: { type: 'string', minLength: 1, maxLength: 60 }
  }
}

app.register(async (api) => {
  await api.register(helmet)
  await api.register(cors, { origin: ['http://localhost:3000'], credentials: true })
  await api.register(rateLimit, { max: 1e9, timeWindow: '1 minute' })
  await api.register(jwt, {
    secret: 'an access secret that only the benchmark has',
    sign: { algorithm: 'HS256', expiresIn: '24h', iss: 'bench', aud: 'bench', jti: randomUUID() },
    verify: { algorithms: ['HS256'], allowedIss: 'bench', allowedAud: 'bench', cache: true }
  })
  console.log(api.jwt.sign(caller))
  const signedIn = async (request, reply) => {
    try {
      await request.jwtVerify()
    } catch {
      return reply.code(401).send({ code: 'auth.token_invalid' })
    }
  }
  api.addHook('onSend', async (request, reply) => { reply.header('x-request-id', request.id) })
  api.get('/health', async () => ({ status: 'ok', timestamp: new Date().toISOString() }))
  api.get('/api/ping', { onRequest: signedIn }, async (request) => ({ data: { pong: true, sub: request.user.sub } }))
  api.get('/api/users/me', { onRequest: signedIn }, async (request) => ({ data: accounts.get(request.user.sub) }))
  api.post('/api/validate', { schema: { body: product } }, async (request, reply) => {
    reply.code(201)
    return { data: request.body }
  })
})

await app.ready()
await app.listen({ port: Number(port), host: '127.0.0.1' })
