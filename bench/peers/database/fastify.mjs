// SPDX-License-Identifier: Apache-2.0
// Fastify on PostgreSQL with what a production API puts around its routes: helmet, CORS, a rate limit, JWT, zod,
// pino's request log.
//   node fastify.mjs prisma|pg PORT LOG_FILE      The first line of output is an access token.
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import jwt from '@fastify/jwt'
import rateLimit from '@fastify/rate-limit'
import Fastify from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { randomUUID } from 'node:crypto'
import { z } from 'zod'

const [driver, port, logFile] = process.argv.slice(2)
const connections = { connectionString: process.env.DATABASE_URL, max: 10 }

async function withPrisma() {
  const { PrismaClient } = await import('./generated/prisma/client.mjs')
  const { PrismaPg } = await import('@prisma/adapter-pg')
  const db = new PrismaClient({ adapter: new PrismaPg(connections) })
  const shown = { id: true, email: true, name: true, age: true, role: true, createdAt: true }
  return {
    user: (id) => db.user.findUnique({ where: { id }, select: shown }),
    products: async (page, limit, category) => {
      const where = category ? { category } : {}
      const [data, total] = await Promise.all([
        db.product.findMany({ where, skip: (page - 1) * limit, take: limit, orderBy: { createdAt: 'desc' } }),
        db.product.count({ where })
      ])
      return { data, total }
    },
    create: (product) => db.product.create({ data: product })
  }
}

async function withPg() {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool(connections)
  const rows = async (name, text, values) => (await pool.query({ name, text, values })).rows
  return {
    user: async (id) =>
      (await rows('me', 'select id, email, name, age, role, created_at as "createdAt" from users where id = $1', [id]))[0],
    products: async (page, limit, category) => {
      const place = [limit, (page - 1) * limit]
      const [data, [counted]] = await Promise.all(category
        ? [rows('list of', 'select * from products where category = $3 order by created_at desc limit $1 offset $2',
            [...place, category]),
          rows('count of', 'select count(*)::int as total from products where category = $1', [category])]
        : [rows('list', 'select * from products order by created_at desc limit $1 offset $2', place),
          rows('count', 'select count(*)::int as total from products', [])])
      return { data, total: counted.total }
    },
    create: async (product) =>
      (await rows('create', 'insert into products (id, name, price, description, stock, category) ' +
        'values ($1, $2, $3, $4, $5, $6) returning *', [product.id, product.name, product.price, product.description,
        product.stock, product.category]))[0]
  }
}

const db = driver === 'prisma' ? await withPrisma() : await withPg()
const app = Fastify({ logger: { level: 'info', file: logFile } })
app.setValidatorCompiler(validatorCompiler)
app.setSerializerCompiler(serializerCompiler)
await app.register(helmet)
await app.register(cors, { origin: ['http://localhost:3000'], credentials: true })
await app.register(rateLimit, { max: 1e9, timeWindow: '1 minute' })
await app.register(jwt, {
  secret: 'an access secret that only the benchmark has',
  sign: { algorithm: 'HS256', expiresIn: '24h' },
  verify: { algorithms: ['HS256'] }
})
const signedIn = async (request, reply) => {
  try {
    await request.jwtVerify()
  } catch {
    return reply.code(401).send({ code: 'auth.token_invalid' })
  }
}

const wanted = z.object({
  page: z.coerce.number().int().min(1).default(1),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  category: z.string().max(60).optional()
})
const product = z.object({
  name: z.string().min(1).max(200),
  price: z.number().positive(),
  description: z.string().max(2000).optional(),
  stock: z.number().int().min(0).default(0),
  category: z.string().max(60).optional()
})

app.get('/api/users/me', { onRequest: signedIn }, (request) => db.user(request.user.sub))
app.get('/api/products', { schema: { querystring: wanted } }, async (request) => {
  const { page, limit, category } = request.query
  const { data, total } = await db.products(page, limit, category)
  return { data, pagination: { page, limit, total, pages: Math.ceil(total / limit) } }
})
app.post('/api/products', { onRequest: signedIn, schema: { body: product } }, async (request, reply) => {
  reply.code(201)
  return { data: await db.create({ id: randomUUID(), ...request.body }) }
})

await app.ready()
console.log(app.jwt.sign({
  sub: 'u000000000000000000004242', email: 'user4242@example.com', role: 'user', permissions: ['create:product'],
  jti: randomUUID()
}))
await app.listen({ port: Number(port), host: '127.0.0.1' })
