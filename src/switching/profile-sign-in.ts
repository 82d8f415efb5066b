/**
 * A sign-in that the CLI does itself, in a fresh profile, started and shown by us: what it says, the address it names, and
 * the way to tell it a code. What lives here is lost with the process; the login that comes of it lies in the profile, where
 * it is noticed like any other.
 */

import type { AuthorizationView } from '../accounts/authorization-view.ts'
import { getAuthorization } from '../accounts/authorizations.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { readPlace, withCli } from '../accounts/file-login.ts'
import { CLIS } from '../cli-credentials/clis/index.ts'
import { profilePlace } from '../cli-credentials/credential-places.ts'
import type { ProgramInput, ProgramRun } from '../lib/programs.ts'
import { addressIn, codeIn, shownLines } from './cli-output.ts'

/** A CLI's sign-in as its dialog shows it. */
export interface CliSignInView {
  authorizationId: string
  cli: string
  /** absent: the CLI is not installed. idle: it was not started, or with a process that is gone. */
  state: 'absent' | 'idle' | 'running' | 'ended'
  lines: string[]
  /** What it wants opened, and typed there. */
  address: string | null
  code: string | null
  /** True while a code may be told to it. */
  takesCode: boolean
  /** How it ended; null while it runs. */
  end: ProgramRun['end'] | null
  exitCode: number | null
}

/** A CLI that runs, or has run. */
interface Run {
  raw: string
  input: ProgramInput | null
  abort: AbortController
  end: ProgramRun['end'] | null
  exitCode: number | null
  over: Promise<void>
}

/** What is kept of an output, characters; the last of it is shown. */
const MAX_KEPT = 64 * 1024
/** News of output is told this often at most. Milliseconds. */
const TELL_EVERY_MS = 200
/** The longest code that is passed on. Characters. */
const MAX_CODE_LENGTH = 4_096

const runs = new WeakMap<AccountsContext['events'], Map<string, Run>>()

/** How the CLI's part of a sign-in stands; null for a sign-in of another kind. */
export async function viewCliSignIn(
  context: AccountsContext,
  authorization: AuthorizationView,
): Promise<CliSignInView | null> {
  const provider = withCli(context.providers.get(authorization.provider))
  if (provider === null || authorization.method !== 'cli_profile') return null
  const run = runsOf(context).get(authorization.id)
  const lines = run ? shownLines(run.raw) : []
  const isInstalled = run !== undefined || (await context.programs.find(provider.cli)) !== null
  const state = !isInstalled ? 'absent' : run === undefined ? 'idle' : run.end === null ? 'running' : 'ended'
  return {
    authorizationId: authorization.id,
    cli: provider.cli,
    state,
    lines,
    address: addressIn(lines),
    code: codeIn(lines),
    takesCode: state === 'running' && CLIS[provider.cli].signIn.takesCode,
    end: run?.end ?? null,
    exitCode: run?.exitCode ?? null,
  }
}

/**
 * Starts the CLI of a waiting sign-in in its profile, unless it runs already.
 *
 * Shape:  → false where the CLI is not installed: then the person runs it
 * Errors: AccountError `authorization_over`, `profile_has_login`: a CLI's sign-in ends the login that it finds
 */
export async function startCliSignIn(context: AccountsContext, authorizationId: string): Promise<boolean> {
  const authorization = await getAuthorization(context, authorizationId)
  const { status, profilePath, expiresAt } = authorization
  const provider = withCli(context.providers.get(authorization.provider))
  if (status !== 'pending') throw new AccountError('authorization_over', { status })
  if (provider === null || profilePath === null) return false
  const program = await context.programs.find(provider.cli)
  if (program === null) return false
  const reading = await readPlace(context, profilePlace(provider.cli, provider.id, profilePath))
  if (reading.state !== 'missing') throw new AccountError('profile_has_login', { path: profilePath })
  const known = runsOf(context).get(authorizationId)
  if (known && known.end === null) return true

  const { directoryVariables, signIn } = CLIS[provider.cli]
  const abort = new AbortController()
  const run: Run = { raw: '', input: null, abort, end: null, exitCode: null, over: Promise.resolve() }
  runsOf(context).set(authorizationId, run)
  const tell = teller(context, authorizationId)
  const unsubscribe = endWithAuthorization(context, authorizationId, run)
  run.over = context.programs
    .run(program, signIn.args, {
      env: { ...context.programs.environment, [directoryVariables[0]]: profilePath, NO_COLOR: '1', TERM: 'dumb' },
      cwd: profilePath,
      timeoutMs: Math.max(0, expiresAt - context.clock.now()),
      signal: abort.signal,
      input: (input) => {
        run.input = input
      },
      onOutput: (text) => {
        run.raw = (run.raw + text).slice(-MAX_KEPT)
        tell()
      },
    })
    .then(({ end, exitCode }) => {
      run.end = end
      run.exitCode = exitCode
      run.input = null
      unsubscribe()
      context.log.info('profile.sign_in_ended', { authorization: authorizationId, end, exitCode: exitCode ?? -1 })
      // Whoever follows the files looks now, and the dialog too.
      context.events.publish({ type: 'authorization.changed', authorizationId })
    })
  context.log.info('profile.sign_in_started', { authorization: authorizationId, cli: provider.cli })
  context.events.publish({ type: 'authorization.changed', authorizationId })
  return true
}

/**
 * Tells the running CLI a code that the person was shown.
 *
 * Errors: AccountError `response_empty`, `response_unreadable`, `cli_sign_in_not_running`
 */
export function tellCliCode(context: AccountsContext, authorizationId: string, code: string): void {
  const told = code.replace(/\s+/g, '')
  if (told === '') throw new AccountError('response_empty')
  if (told.length > MAX_CODE_LENGTH || !/^[\x21-\x7e]+$/.test(told)) throw new AccountError('response_unreadable')
  const input = runsOf(context).get(authorizationId)?.input
  if (!input) throw new AccountError('cli_sign_in_not_running')
  input.write(`${told}\n`)
}

/** Ends every CLI that still signs in, and waits for it. */
export async function stopCliSignIns(context: AccountsContext): Promise<void> {
  const all = [...runsOf(context).values()]
  for (const run of all) run.abort.abort()
  await Promise.all(all.map((run) => run.over))
}

function runsOf({ events }: AccountsContext): Map<string, Run> {
  const known = runs.get(events) ?? new Map<string, Run>()
  runs.set(events, known)
  return known
}

/** News that something was said: at once, and then so often at most. */
function teller(context: AccountsContext, authorizationId: string): () => void {
  let isWaiting = false
  return () => {
    if (isWaiting) return
    isWaiting = true
    void context.clock.sleep(TELL_EVERY_MS).then(() => {
      isWaiting = false
      context.events.publish({ type: 'authorization.changed', authorizationId })
    })
  }
}

/** A CLI has nothing left to do once its sign-in was cancelled, has expired, or is done. */
function endWithAuthorization(context: AccountsContext, authorizationId: string, run: Run): () => void {
  return context.events.subscribe((event) => {
    if (event.type !== 'authorization.changed' || event.authorizationId !== authorizationId) return
    void getAuthorization(context, authorizationId)
      .then(({ status }) => {
        // One that is complete is let go on to its own end: it may still be writing beside the login.
        if (status !== 'pending' && status !== 'complete') run.abort.abort()
      })
      .catch(() => {})
  })
}
