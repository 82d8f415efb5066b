/**
 * This installation among those that share a database. Its id lives in its home, since everything in the database belongs
 * to all of them.
 */

import { findRetirement, listMachineRows, noteMachine, reviveMachine } from '../db/machine-store.ts'
import { replaceDurably } from '../lib/durable-file.ts'
import { readPrivateFile } from '../lib/private-file.ts'
import type { Random } from '../lib/random.ts'
import { newId } from '../lib/random.ts'
import type { AccountsContext } from './context.ts'
import { namingStoreRefusals } from './store-refusals.ts'

export interface Machine {
  id: string
  /** The host's name, for people. */
  name: string
}

/** A machine as the settings page shows it. Instants in epoch milliseconds. */
export interface MachineView extends Machine {
  firstSeenAt: number
  lastSeenAt: number
  retiredAt: number | null
  isThis: boolean
}

/**
 * The machine whose home this is; at its first start it gets an id.
 *
 * Errors: FileRefusal for a file that others could read and that is not ours to narrow; those of the file system
 */
export function openMachine(path: string, name: string, random: Random): Machine {
  const kept = readPrivateFile(path, 'machine file')?.reveal() ?? ''
  if (/^mac_[A-Za-z0-9_-]+$/.test(kept)) return { id: kept, name }
  const id = newId(random, 'mac')
  replaceDurably(path, `${id}\n`)
  return { id, name }
}

/** Notes that this machine is here. Errors: StoreError */
export async function noteThisMachine({ machine, database, clock }: AccountsContext): Promise<void> {
  if (machine) await noteMachine(database, machine, clock.now())
}

/** Every machine that shares this database. Errors: AccountError store_failed */
export function listMachines({ machine, database }: AccountsContext): Promise<MachineView[]> {
  return namingStoreRefusals(async () => {
    const rows = await listMachineRows(database)
    return rows.map((row) => ({ ...row, isThis: row.id === machine?.id }))
  })
}

/** The id under which rows of this machine are kept; where there is no home to keep one in, all of them are here. */
export function thisMachineId({ machine }: Pick<AccountsContext, 'machine'>): string {
  return machine?.id ?? 'here'
}

/** When the logins of this machine were moved away, epoch milliseconds; null while it may refresh. Errors: StoreError */
export async function retirementOf({ machine, database }: AccountsContext): Promise<number | null> {
  return machine ? findRetirement(database, machine.id) : null
}

/** A login that is made on this machine is its own, so it refreshes again. Errors: StoreError */
export async function returnToDuty({ machine, database }: AccountsContext): Promise<void> {
  if (machine) await reviveMachine(database, machine.id)
}
