/** @jsxImportSource #html */
/** How handlers answer: a page, a part of one, a redirect or a message. Decides by the request's own word, never by which element asked. */

import type { Context } from 'hono'
import type { Child } from 'hono/jsx'
import { AccountError } from '../accounts/errors.ts'
import { errorText } from '../messages/errors.ts'
import { Flash, type FlashMessage } from '../views/partials/flash.tsx'
import type { ViewContext } from '../views/view-context.ts'
import { errorStatus } from './account-error-status.ts'
import type { AppEnvironment } from './dependencies.ts'
import { isPartialRequest } from './request-kind.ts'

type AppContext = Context<AppEnvironment>
type Node = Child | Promise<Child>

/** What the views of this request are given. */
export function viewOf(c: AppContext): ViewContext {
  return c.get('view')
}

/** True when htmx swaps the answer into a part of the page; a whole page is wanted otherwise. */
export function isPartial(c: AppContext): boolean {
  return isPartialRequest(c.req.raw)
}

/** A whole document, as the layout makes it. */
export async function respondPage(c: AppContext, node: Node, status = 200): Promise<Response> {
  return html(c, await render(node), status)
}

/** One or more parts of a page, to be swapped by htmx. */
export async function respondPartial(c: AppContext, node: Node, status = 200): Promise<Response> {
  return html(c, await render(node), status)
}

/** The page, or its part for htmx, whichever this request asks for. Only the wanted one is made. */
export async function respond(
  c: AppContext,
  answers: { page: () => Node; partial: () => Node },
  status = 200,
): Promise<Response> {
  return isPartial(c)
    ? await respondPartial(c, answers.partial(), status)
    : await respondPage(c, answers.page(), status)
}

/** Leads to another page after an act: 303 for a form; for htmx a header, because it would swap the page it is led to. */
export function seeOther(c: AppContext, path: string): Response {
  if (isPartial(c)) {
    c.header('HX-Redirect', path)
    return html(c, '', 200)
  }
  return c.redirect(path, 303)
}

/** A message above the page, for htmx requests; the element that asked stays as it is. */
export async function flash(c: AppContext, message: FlashMessage, status = 200): Promise<Response> {
  c.header('HX-Retarget', '#flash')
  c.header('HX-Reswap', 'innerHTML')
  return await respondPartial(c, <Flash message={message} />, status)
}

/** The words and status of an expected refusal; other errors are thrown on. */
export function explainAccountError(c: AppContext, error: unknown): { title: string; detail: string; status: number } {
  if (!(error instanceof AccountError)) throw error
  const view = viewOf(c)
  return { ...errorText(view.language, error.code, error.params, view.now), status: errorStatus(error.code) }
}

async function render(node: Node): Promise<string> {
  return String(await (await node)?.toString())
}

/** Rows are alike, so even the quickest compression leaves a tenth; below this it is not worth a thought. Characters. */
const COMPRESS_FROM = 2_000

function html(c: AppContext, text: string, status: number): Response {
  c.header('Vary', 'HX-Request-Type, Accept-Encoding')
  c.header('Content-Type', 'text/html; charset=utf-8')
  const takesGzip = /(?:^|,)\s*gzip\s*(?:,|$)/.test(c.req.raw.headers.get('accept-encoding') ?? '')
  if (!takesGzip || text.length < COMPRESS_FROM) return c.body(text, status as 200)
  c.header('Content-Encoding', 'gzip')
  return c.body(Bun.gzipSync(text, { level: 1 }), status as 200)
}
