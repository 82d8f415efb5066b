/** API keys that a login makes, for programs. */

import { z } from 'zod'
import {
  type ConsoleKey,
  createConsoleKey,
  forgetConsoleKey,
  listConsoleKeys,
  readConsoleKey,
} from '../../../accounts/console-keys.ts'
import { rfc3339 } from './instants.ts'
import { accountId, apiRoute } from './route.ts'
import { instant, named } from './schemas.ts'

const consoleKey = named(
  'ConsoleKey',
  z.object({
    id: z.string(),
    name: z.string(),
    hint: z.string().describe('The last characters of the key.'),
    kept: z.boolean().describe('It can be read here again.'),
    uncertain: z.boolean().describe('It is not known whether the provider made it.'),
    created_at: instant,
  }),
)
const consoleKeys = named(
  'ConsoleKeys',
  z.object({ keys: z.array(consoleKey), can_create: z.boolean(), console_url: z.string().nullable() }),
)
const openConsoleKey = named('OpenConsoleKey', consoleKey.extend({ key: z.string() }))

export const consoleKeyRoutes = [
  apiRoute({
    method: 'get',
    path: '/api/accounts/:id/console-keys',
    summary: 'API keys that this login made, and whether it may make one',
    answer: { status: 200, description: 'Keys, never their text', schema: consoleKeys },
    async handle(call) {
      const found = await listConsoleKeys(call.context, await accountId(call))
      const { keys = [], canCreate = false, consoleUrl = null } = found ?? {}
      return { keys: keys.map(keyJson), can_create: canCreate, console_url: consoleUrl }
    },
  }),
  apiRoute({
    method: 'post',
    path: '/api/accounts/:id/console-keys',
    summary: 'Make an API key: it bills the organisation’s API account and lives until it is deleted in the Console',
    isTokenOnly: true,
    body: named(
      'NewConsoleKey',
      z.strictObject({
        name: z.string().min(1).max(80),
        keep: z.boolean().default(false).describe('Keep it under seal, to be read here again.'),
        confirm: z.literal(true).describe('That the consequence is known.'),
      }),
    ),
    answer: { status: 201, description: 'The key, this once', schema: openConsoleKey },
    async handle(call) {
      const { context, body, actor } = call
      const { name, keep, confirm } = body
      const made = await createConsoleKey(context, await accountId(call), { name, keep, isConfirmed: confirm, actor })
      return { ...keyJson(made), key: made.key.reveal() }
    },
  }),
  apiRoute({
    method: 'post',
    path: '/api/accounts/:id/console-keys/:key/readings',
    summary: 'Read a kept key again; recorded in the audit trail',
    isTokenOnly: true,
    answer: { status: 200, description: 'The key', schema: openConsoleKey },
    async handle(call) {
      const { context, param, actor } = call
      const read = await readConsoleKey(context, await accountId(call), param('key'), actor)
      return { ...keyJson(read), key: read.key.reveal() }
    },
  }),
  apiRoute({
    method: 'delete',
    path: '/api/accounts/:id/console-keys/:key',
    summary: 'Forget a key here; it goes on working until it is deleted in the Console',
    answer: { status: 200, description: 'What was forgotten', schema: z.object({ id: z.string() }) },
    async handle(call) {
      const { context, param, actor } = call
      await forgetConsoleKey(context, await accountId(call), param('key'), actor)
      return { id: param('key') }
    },
  }),
]

function keyJson({ id, name, hint, isKept, isUncertain, createdAt }: ConsoleKey): z.infer<typeof consoleKey> {
  return { id, name, hint, kept: isKept, uncertain: isUncertain, created_at: rfc3339(createdAt) }
}
