/** @jsxImportSource #html */
/**
 * Signing in to the dashboard itself: a one-time link whose secret stands in the fragment and is posted once by the page's
 * script, or the API token pasted into a form. Nothing is ever redeemed by GET, which prefetchers and histories repeat.
 */

import { type Context, Hono } from 'hono'
import type { SignedIn } from '../access/access.ts'
import { SESSION_LIFE_MS } from '../access/sessions.ts'
import { SECOND_MS } from '../lib/clock.ts'
import { SignInPage } from '../views/pages/sign-in-page.tsx'
import { expiredSessionCookies, refusesSecure, sessionCookie } from './cookies.ts'
import type { AppEnvironment } from './dependencies.ts'
import { Refusal } from './problem.ts'
import { respondPage, viewOf } from './respond.tsx'
import { safePath } from './safe-path.ts'

type SignInProblem = 'link_used' | 'token_wrong' | null

export const sessionRoutes = new Hono<AppEnvironment>()
  .get('/sign-in', (c) => signInPage(c, null, safePath(c.req.query('next'))))
  .post('/sign-in', async (c) => {
    const { access } = c.get('deps')
    const fields = await c.req.parseBody()
    const next = safePath(textOf(fields.next))
    const userAgent = c.req.raw.headers.get('user-agent')
    const link = textOf(fields.link)
    const signedIn = link
      ? await access.redeemLink(link, userAgent)
      : await access.signInWithToken(textOf(fields.token).trim(), userAgent)
    // A link that opens the dashboard twice (reload, restored tab) is no failure for who is signed in already.
    if (!signedIn && link && c.get('session')) return c.redirect(next, 303)
    // Only who is wrong has to wait: any program of this machine could keep its owner out otherwise.
    if (!signedIn && !access.maySignIn()) {
      throw new Refusal({
        status: 429,
        code: 'too_many_sign_ins',
        title: 'Too many sign-ins failed.',
        detail: 'Wait a minute and try again.',
        headers: { 'retry-after': '60' },
      })
    }
    if (!signedIn) return await signInPage(c, link ? 'link_used' : 'token_wrong', next)
    await replaceSession(c, signedIn)
    return c.redirect(next, 303)
  })
  .post('/sign-out', async (c) => {
    const session = c.get('session')
    if (session) await c.get('deps').access.endSession(session.id)
    clearCookies(c)
    return c.redirect('/sign-in', 303)
  })
  .post('/sessions/:id/ending', async (c) => {
    const id = c.req.param('id')
    await c.get('deps').access.endSession(id)
    if (id !== c.get('session')?.id) return c.redirect('/settings?done=session_ended', 303)
    clearCookies(c)
    return c.redirect('/sign-in', 303)
  })

/** The page, with a fresh form each time. The status says that a try failed. */
async function signInPage(c: Context<AppEnvironment>, problem: SignInProblem, next: string): Promise<Response> {
  const page = <SignInPage view={viewOf(c)} problem={problem} next={next} />
  return await respondPage(c, page, problem === null ? 200 : 403)
}

/** The old session of this browser ends, so that a cookie planted before is worth nothing after. */
async function replaceSession(c: Context<AppEnvironment>, { session, cookieValue }: SignedIn): Promise<void> {
  const { access, port } = c.get('deps')
  const before = c.get('session')
  if (before && before.id !== session.id) await access.endSession(before.id)
  const maxAgeSeconds = SESSION_LIFE_MS / SECOND_MS
  const cookie = sessionCookie(port(), cookieValue.reveal(), maxAgeSeconds, refusesSecure(c.req.raw))
  c.header('Set-Cookie', cookie, { append: true })
}

function clearCookies(c: Context<AppEnvironment>): void {
  const { port } = c.get('deps')
  for (const cookie of expiredSessionCookies(port())) c.header('Set-Cookie', cookie, { append: true })
}

function textOf(field: unknown): string {
  return typeof field === 'string' ? field : ''
}
