/** The way to a remote database: every request has a deadline and follows no redirect, so that a silent network is an error. */

/** A request to the database that takes longer than this has failed; its outcome is not known. Milliseconds. */
const REMOTE_DEADLINE_MS = 12_000
/** While the database is silent only one request at a time waits that long; people who look at a page do not. */
const SILENT_DEADLINE_MS = 2_000

export type RemoteFetch = (request: Request) => Promise<Response>

/** How long to wait; milliseconds. */
export interface RemoteDeadlines {
  usual: number
  silent: number
}

/** The same fetch with deadlines. Errors: those of fetch; `ETIMEDOUT` by code after the deadline, `ForeignAnswer` for a web page */
export function withDeadline(
  send: RemoteFetch,
  { usual, silent }: RemoteDeadlines = { usual: REMOTE_DEADLINE_MS, silent: SILENT_DEADLINE_MS },
): RemoteFetch {
  let isSilent = false
  let isProbing = false
  return async (request) => {
    const isProbe = isSilent && !isProbing
    isProbing ||= isProbe
    const signal = AbortSignal.timeout(isSilent && !isProbe ? silent : usual)
    try {
      const response = await untilAborted(whole(send, request, signal), signal)
      isSilent = false
      return response
    } catch (error) {
      isSilent ||= signal.aborted
      throw error
    } finally {
      if (isProbe) isProbing = false
    }
  }
}

/** The body is under the same deadline: a server may stop in the middle of it. */
async function whole(send: RemoteFetch, request: Request, signal: AbortSignal): Promise<Response> {
  const response = await send(new Request(request, { signal, redirect: 'error' }))
  // The page of a hotel or a company: it stands between us and the database, which knows nothing of the request.
  if (response.ok && /^text\/html/i.test(response.headers.get('content-type') ?? '')) {
    throw Object.assign(new Error('Something else answered in place of the database'), { code: 'ForeignAnswer' })
  }
  return new Response(await response.arrayBuffer(), response)
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () =>
      reject(Object.assign(new Error('The database did not answer in time'), { code: 'ETIMEDOUT' })),
    )
  })
  // Whoever comes second is not listened to.
  work.catch(() => {})
  late.catch(() => {})
  return Promise.race([work, late])
}
