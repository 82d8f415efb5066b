/** Refusals as data: RFC 9457 problem details with a stable code. Holds no sentence of its own. */

/** One problem. `detail` says what to do, where there is something to do. */
export interface Problem {
  status: number
  code: string
  title: string
  detail?: string
  /** Further members, such as an error id or field errors. */
  members?: Record<string, unknown>
  headers?: Record<string, string>
}

/** The problem as `application/problem+json`. Source: RFC 9457 §3 */
export function problemResponse({ status, code, title, detail, members, headers }: Problem): Response {
  const body = { type: 'about:blank', title, status, ...(detail ? { detail } : {}), code, ...members }
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...headers, 'content-type': 'application/problem+json; charset=utf-8' },
  })
}

/** A refusal that a handler or guard throws; app.onError renders it as the request wants it. */
export class Refusal extends Error {
  override readonly name = 'Refusal'

  constructor(readonly problem: Problem) {
    super(problem.code)
  }
}
