/** A fresh one-time link for a browser, asked for by the command line. */

import { signInUrl } from '../../../access/sign-in-links.ts'
import { rfc3339 } from './instants.ts'
import { apiRoute } from './route.ts'
import * as schemas from './schemas.ts'

export const signInLinkRoutes = [
  apiRoute({
    method: 'post',
    path: '/api/login-links',
    summary: 'A one-time link that signs a browser in to the dashboard',
    isTokenOnly: true,
    answer: { status: 201, description: 'The link', schema: schemas.signInLink },
    async handle({ c }) {
      const { access, port } = c.get('deps')
      const { secret, expiresAt } = access.createLink()
      return { url: signInUrl(port(), secret), expires_at: rfc3339(expiresAt) }
    },
  }),
]
