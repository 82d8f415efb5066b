/** Sign-outs at providers that are under way: try now, stop trying, dismiss. */

import { z } from 'zod'
import { dismissRevocation, stopRevocation, tryRevocationNow } from '../../../accounts/end-revocation.ts'
import { apiRoute } from './route.ts'
import { named } from './schemas.ts'

const id = named('RevocationId', z.object({ id: z.string() }))

export const revocationRoutes = [
  apiRoute({
    method: 'post',
    path: '/api/revocations/:id/tries',
    summary: 'Ask the provider now to end a login that is being signed out',
    answer: {
      status: 200,
      description: 'What the try came to',
      schema: named(
        'RevocationTry',
        z.object({ revocation: z.enum(['confirmed', 'pending', 'not_confirmed']), code: z.string().nullable() }),
      ),
    },
    handle: async ({ context, param, actor }) => tryRevocationNow(context, param('id'), actor),
  }),
  apiRoute({
    method: 'post',
    path: '/api/revocations/:id/stops',
    summary: 'Stop trying to end a login: it stays valid at the provider until it ends by itself or is ended there',
    answer: { status: 200, description: 'What was stopped', schema: id },
    async handle({ context, param, actor }) {
      await stopRevocation(context, param('id'), actor)
      return { id: param('id') }
    },
  }),
  apiRoute({
    method: 'delete',
    path: '/api/revocations/:id',
    summary: 'Take a sign-out that has ended off the list; the history keeps it',
    answer: { status: 200, description: 'What was dismissed', schema: id },
    async handle({ context, param }) {
      await dismissRevocation(context, param('id'))
      return { id: param('id') }
    },
  }),
]
