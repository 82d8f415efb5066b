/** The way to a remote database: every request has a deadline and follows no redirect, so that a silent network is an error. */

/** A request to the database that takes longer than this has failed; its outcome is not known. Milliseconds. */
export const REMOTE_DEADLINE_MS = 20_000

export type RemoteFetch = (request: Request) => Promise<Response>

/** The same fetch with a deadline. Errors: those of fetch; `ETIMEDOUT` by code after the deadline */
export function withDeadline(send: RemoteFetch, deadlineMs = REMOTE_DEADLINE_MS): RemoteFetch {
  return async (request) => {
    const signal = AbortSignal.timeout(deadlineMs)
    const late = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () =>
        reject(Object.assign(new Error('The database did not answer in time'), { code: 'ETIMEDOUT' })),
      )
    })
    const whole = async () => {
      const response = await send(new Request(request, { signal, redirect: 'error' }))
      // The body is under the same deadline: a server may stop in the middle of it.
      return new Response(await response.arrayBuffer(), response)
    }
    return await Promise.race([whole(), late])
  }
}
