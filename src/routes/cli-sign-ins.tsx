/** @jsxImportSource #html */
/** A sign-in that a CLI does: started, watched while it speaks, told a code. Begun and cancelled like every other sign-in. */

import { Hono } from 'hono'
import { getAuthorization } from '../accounts/authorizations.ts'
import { startCliSignIn, tellCliCode, viewCliSignIn } from '../switching/profile-sign-in.ts'
import { CliOutput } from '../views/partials/cli-sign-in.tsx'
import { actOnSignIn, signInDialog } from './authorizations.tsx'
import type { AppEnvironment } from './dependencies.ts'
import { formFields } from './page-parts.tsx'
import { isPartial, respondPartial, seeOther, viewOf } from './respond.tsx'

export const cliSignInRoutes = new Hono<AppEnvironment>()
  .get('/authorizations/:id/output', async (c) => {
    const context = c.get('deps').accounts
    const authorization = await getAuthorization(context, c.req.param('id'))
    if (!isPartial(c)) return seeOther(c, `/authorizations/${authorization.id}`)
    const signIn = await viewCliSignIn(context, authorization)
    // Once it is over, the ways to go on change too.
    if (signIn === null || authorization.status !== 'pending' || signIn.state !== 'running') {
      c.header('HX-Retarget', 'closest [data-dialog]')
      c.header('HX-Reswap', 'outerHTML')
      return await signInDialog(c, authorization)
    }
    return await respondPartial(c, <CliOutput view={viewOf(c)} signIn={signIn} />)
  })
  .post('/authorizations/:id/runs', async (c) => {
    return await actOnSignIn(c, c.req.param('id'), startCliSignIn)
  })
  .post('/authorizations/:id/codes', async (c) => {
    const { code = '' } = await formFields(c)
    return await actOnSignIn(c, c.req.param('id'), async (context, id) => tellCliCode(context, id, code))
  })
