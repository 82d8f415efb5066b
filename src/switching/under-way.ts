/** Remembers which switches this process is doing, and what it still looks after when they are done. Keeps nothing else. */

import type { AccountsContext } from '../accounts/context.ts'
import { errorName } from '../lib/log.ts'

interface UnderWay {
  /** The last act on each directory. */
  turns: Map<string, Promise<unknown>>
  aftercare: Set<Promise<void>>
  stopping: AbortController
}

const running = new WeakMap<AccountsContext['database'], UnderWay>()

function of({ database }: AccountsContext): UnderWay {
  const known = running.get(database) ?? {
    turns: new Map<string, Promise<unknown>>(),
    aftercare: new Set<Promise<void>>(),
    stopping: new AbortController(),
  }
  running.set(database, known)
  return known
}

/** True while this process switches that directory: whoever recovers leaves it alone. */
export function isUnderWay(context: AccountsContext, directory: string): boolean {
  return of(context).turns.has(directory)
}

/** Does one act on a directory at a time, so that nobody verifies what the next one has replaced already. */
export function inTurn<T>(context: AccountsContext, directory: string, run: () => Promise<T>): Promise<T> {
  const { turns } = of(context)
  const turn = (turns.get(directory) ?? Promise.resolve()).then(run, run)
  turns.set(directory, turn)
  const leave = () => {
    if (turns.get(directory) === turn) turns.delete(directory)
  }
  turn.then(leave, leave)
  return turn
}

/** Goes on looking after something when its caller has been told already. */
export function lookAfter(context: AccountsContext, run: (signal: AbortSignal) => Promise<void>): void {
  const { aftercare, stopping } = of(context)
  const care = run(stopping.signal).catch((error: unknown) =>
    context.log.warn('switch.aftercare_failed', { error: errorName(error) }),
  )
  aftercare.add(care)
  void care.finally(() => aftercare.delete(care))
}

/** Waits for switches, ends early what is still looked after; resolves when nothing of it runs. To be called before the database closes. */
export async function aftercareEnded(context: AccountsContext): Promise<void> {
  const { turns, aftercare, stopping } = of(context)
  await Promise.allSettled(turns.values())
  stopping.abort()
  await Promise.all(aftercare)
}
