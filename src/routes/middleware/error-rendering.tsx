/** @jsxImportSource #html */
/**
 * The last resort: turns whatever a handler or guard threw into an answer of the kind that was asked for. Expected refusals
 * keep their code; anything else is logged once under an id that the person is shown, and says nothing of its cause.
 */

import type { Context, ErrorHandler, NotFoundHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { AccountError } from '../../accounts/errors.ts'
import { newId } from '../../lib/random.ts'
import { errorText } from '../../messages/errors.ts'
import { refusalText } from '../../messages/refusals.ts'
import { ErrorPage } from '../../views/pages/error-page.tsx'
import { errorStatus } from '../account-error-status.ts'
import type { AppEnvironment } from '../dependencies.ts'
import { type Problem, problemResponse, Refusal } from '../problem.ts'
import { kindOf, pathOf } from '../request-kind.ts'
import { flash, respondPage } from '../respond.tsx'
import { fallbackView } from './view-context.ts'

export const renderError: ErrorHandler<AppEnvironment> = async (error, c) => await renderProblem(c, problemOf(error, c))

export const renderNotFound: NotFoundHandler<AppEnvironment> = async (c) => {
  const { errorPage } = fallbackView(c).t
  return await renderProblem(c, {
    status: 404,
    code: 'not_found',
    title: errorPage.notFound,
    detail: errorPage.notFoundDetail,
  })
}

/** What an error is to the one who asked. */
function problemOf(error: Error, c: Context<AppEnvironment>): Problem {
  if (error instanceof Refusal) return error.problem
  if (error instanceof AccountError) {
    const view = fallbackView(c)
    const text = errorText(view.language, error.code, error.params, view.now)
    return { ...text, status: errorStatus(error.code), code: error.code, headers: retryAfter(error, view.now) }
  }
  const isBadInput = (error instanceof HTTPException && error.status < 500) || error instanceof URIError
  if (isBadInput) return { status: 400, code: 'bad_request', title: 'This request is malformed.' }
  return unexpected(error, c)
}

function unexpected(error: Error, c: Context<AppEnvironment>): Problem {
  const { accounts } = c.get('deps')
  const id = newId(accounts.random, 'err')
  const { t } = fallbackView(c)
  // The message of a foreign error may quote what was being processed: its name, own code and place are enough.
  accounts.log.error('request.failed', {
    id,
    method: c.req.method,
    // The address of a calendar feed is its secret.
    path: pathOf(c.req.raw).replace(/^(\/calendar\/).*/, '$1…'),
    error: error.name,
    code: String((error as { code?: unknown }).code ?? ''),
    place: (error.stack ?? '')
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .slice(0, 4)
      .join(' ')
      .replace(/\s+/g, ' '),
  })
  const isStore = error.name === 'StoreError'
  return {
    status: isStore ? 503 : 500,
    code: isStore ? 'store_failed' : 'internal_error',
    title: t.errorPage.title,
    detail: t.errorPage.reference(id),
    members: { error_id: id },
  }
}

/** Answers with a problem as the request wants it: JSON for programs, a message for htmx, a page for people. */
export async function renderProblem(c: Context<AppEnvironment>, problem: Problem): Promise<Response> {
  const kind = kindOf(c.req.raw)
  if (kind === 'api' || kind === 'stream' || kind === 'static') return problemResponse(problem)
  for (const [name, value] of Object.entries(problem.headers ?? {})) c.header(name, value)
  const view = fallbackView(c)
  const { title, detail } = refusalText(view.language, problem.code) ?? problem
  if (kind === 'partial') return await flash(c, { tone: 'bad', title, detail }, problem.status)
  return await respondPage(c, <ErrorPage view={view} title={title} detail={detail ?? ''} />, problem.status)
}

function retryAfter(error: AccountError, now: number): Record<string, string> | undefined {
  const retryAt = error.params.retryAt
  if (typeof retryAt !== 'number') return undefined
  return { 'retry-after': String(Math.max(1, Math.ceil((retryAt - now) / 1_000))) }
}
