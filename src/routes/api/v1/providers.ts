/** Providers for programs: which there are, and whose CLI is whose. */

import { z } from 'zod'
import { apiRoute } from './route.ts'
import { method, named } from './schemas.ts'

const provider = named(
  'Provider',
  z.object({
    id: z.string(),
    name: z.string(),
    cli: z.string().nullable().describe('Its coding CLI, to which an account can be handed; null where there is none.'),
    methods: z.array(method).describe('Ways to sign in, in the order they are offered.'),
  }),
)

export const providerRoutes = [
  apiRoute({
    method: 'get',
    path: '/api/providers',
    summary: 'Providers that are built in or in config.toml',
    answer: { status: 200, description: 'Providers', schema: provider, isList: true },
    handle: async ({ context }) =>
      [...context.providers.values()].map(({ id, name, cli, methods }) => ({ id, name, cli, methods: [...methods] })),
  }),
]
