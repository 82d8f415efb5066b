/** A database that refuses at a chosen call: for walks that let every call of an act fail in turn. */

import type { Database } from '../db/client.ts'

/**
 * `refused`: one call is refused and nothing happens (busy). `unheard`: one call does its work, and its answer is lost on
 * the way back (io). `away`: from that call on everything is refused until `heal` (full).
 */
export type StoreFault = 'refused' | 'unheard' | 'away'
export const STORE_FAULTS: readonly StoreFault[] = ['refused', 'unheard', 'away']

const CODES: Record<StoreFault, string> = {
  refused: 'SQLITE_BUSY',
  unheard: 'HRANA_WEBSOCKET_ERROR',
  away: 'SQLITE_FULL',
}

export interface FaultyStore {
  /** Arms the fault for call number `at`, counted from 1 from now on. */
  strike(at: number, fault: StoreFault): void
  /** Everything works again; true when the fault had struck. */
  heal(): boolean
  /** A promise that is struck by nothing may do this before or after a call; for programs that end in the middle. */
  watch(around: { before?: (call: number) => void; after?: (call: number) => void }): void
}

type Method = 'execute' | 'batch'

/** Puts itself between this database and its driver. */
export function faultyStore(database: Database): FaultyStore {
  const client = (database as unknown as { $client: Record<Method, (...args: unknown[]) => Promise<unknown>> }).$client
  let calls = 0
  let armed: { at: number; fault: StoreFault } | null = null
  let hasStruck = false
  let around: { before?: (call: number) => void; after?: (call: number) => void } = {}
  for (const method of ['execute', 'batch'] as const) {
    const original = client[method].bind(client)
    client[method] = async (...args) => {
      const call = ++calls
      around.before?.(call)
      const isStruck = armed !== null && (armed.fault === 'away' ? call >= armed.at : call === armed.at)
      if (isStruck) hasStruck = true
      if (!armed || !isStruck || armed.fault === 'unheard') {
        const result = await original(...args)
        around.after?.(call)
        if (!isStruck) return result
      }
      const { fault } = armed!
      throw Object.assign(new Error(`${CODES[fault]}: secret parameters`), { code: CODES[fault] })
    }
  }
  return {
    strike(at, fault) {
      calls = 0
      hasStruck = false
      armed = { at, fault }
    },
    heal() {
      armed = null
      return hasStruck
    },
    watch(watcher) {
      calls = 0
      around = watcher
    },
  }
}
