/** The description of the API, generated from the schemas that check its requests. Source: OpenAPI 3.1.1 */

import { z } from 'zod'
import type { ApiRoute } from './route.ts'
import { namedSchemas, problem } from './schemas.ts'

type Json = Record<string, unknown>

/** The OpenAPI document of these routes. */
export function openApi(routes: readonly ApiRoute[], version: string): Json {
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method]: operation(route) }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Tokendeck',
      version,
      description: 'Sign-ins of coding CLIs on this machine. Times are RFC 3339 in UTC; errors are RFC 9457 problems.',
    },
    paths: {
      ...paths,
      '/api/events': { get: eventsOperation },
    },
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        apiToken: { type: 'http', scheme: 'bearer', description: 'The file api-token in the data directory' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-tokendeck_PORT_s' },
      },
    },
    security: [{ apiToken: [] }, { session: [] }],
  }
}

function operation(route: ApiRoute): Json {
  const { summary, body, query, answer } = route
  const content = answer.isList ? { type: 'array', items: schemaRef(answer.schema) } : schemaRef(answer.schema)
  const parameters = [...pathParameters(route.path), ...queryParameters(query)]
  return {
    operationId: operationId(route),
    summary,
    ...(route.isTokenOnly ? { security: [{ apiToken: [] }] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: requestBody(body) } : {}),
    responses: {
      [answer.status]: { description: answer.description, content: { 'application/json': { schema: content } } },
      default: problemAnswer,
    },
  }
}

/** No body at all counts as an empty object, so it is required only where that would be refused. */
function requestBody(body: z.ZodType): Json {
  const content = { 'application/json': { schema: schemaRef(body) } }
  return { required: !body.safeParse({}).success, content }
}

const problemAnswer = {
  description: 'A problem with a stable code',
  content: { 'application/problem+json': { schema: schemaRef(problem) } },
}

const eventsOperation = {
  operationId: 'getEvents',
  summary: 'What happens from now on, as server-sent events named by past-tense facts',
  responses: {
    200: { description: 'Events', content: { 'text/event-stream': { schema: { type: 'string' } } } },
    default: problemAnswer,
  },
}

function operationId({ method, path }: ApiRoute): string {
  const words = path
    .replace('/api/', '')
    .split(/[/:_-]+/)
    .filter(Boolean)
  return method + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function queryParameters(query: z.ZodType | undefined): Json[] {
  if (!(query instanceof z.ZodObject)) return []
  return Object.entries(query.shape).map(([name, schema]) => {
    const { $schema: _, ...json } = z.toJSONSchema(schema as z.ZodType, { io: 'input' })
    return { name, in: 'query', required: false, schema: json }
  })
}

function schemaRef(schema: z.ZodType): Json {
  const id = namedSchemas.get(schema)?.id
  if (id) return { $ref: `#/components/schemas/${id}` }
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input' })
  return json
}

function componentSchemas(): Json {
  const { schemas } = z.toJSONSchema(namedSchemas, {
    io: 'input',
    uri: (id) => `#/components/schemas/${id}`,
  })
  return Object.fromEntries(Object.entries(schemas).map(([id, { $schema: _, $id: __, ...schema }]) => [id, schema]))
}
