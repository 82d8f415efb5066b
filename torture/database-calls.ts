/** The calls of a database on their way to its driver, for whoever must act right before or after one. */

import type { Database } from '../src/db/client.ts'

export interface CallWatcher {
  before?(isWrite: boolean): void
  after?(isWrite: boolean): void
}

type Method = 'execute' | 'batch'

/** Puts itself between this database and its driver. A batch is a write; a single statement is one when it says so. */
export function databaseCalls(database: Database): { around(watcher: CallWatcher): void } {
  const client = (database as unknown as { $client: Record<Method, (...args: unknown[]) => Promise<unknown>> }).$client
  let watcher: CallWatcher = {}
  for (const method of ['execute', 'batch'] as const) {
    const original = client[method].bind(client)
    client[method] = async (...args) => {
      const isWrite = isWriting(args[0])
      watcher.before?.(isWrite)
      const result = await original(...args)
      watcher.after?.(isWrite)
      return result
    }
  }
  return {
    around(given) {
      watcher = given
    },
  }
}

function isWriting(statements: unknown): boolean {
  if (Array.isArray(statements)) return statements.some(isWriting)
  const sql = typeof statements === 'string' ? statements : (statements as { sql: string }).sql
  return /^\s*(insert|update|delete)/i.test(sql)
}
