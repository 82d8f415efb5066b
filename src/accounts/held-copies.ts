/**
 * What a copy of a login is, seen from the login that an account has now: the same generation, an older one, one that came
 * after it, or another login altogether. Pure: it judges what was recorded.
 */

import type { KnownCopy } from '../db/grant-copy-store.ts'
import { DAY_MS } from '../lib/clock.ts'

/**
 * `current`: the token that is current here. `older`: one that was replaced; whoever uses it may end the whole family.
 * `newer`: one that nobody here knows, in a place where this login lay before, and which ends later: its CLI has renewed it.
 * `unknown`: one that nobody here knows, in such a place, of which nothing says that it is newer; or a copy whose token was
 * not recorded. `separate`: a login of its own, which harms nobody.
 */
export type Holding = 'current' | 'older' | 'newer' | 'unknown' | 'separate'

/** Where a copy may lie beside this database. */
export const COPY_KINDS = ['cli_file', 'profile', 'export', 'backup'] as const
export type CopyKind = (typeof COPY_KINDS)[number]

/** A machine is called away when it was not seen for this long. */
export const MACHINE_AWAY_MS = 3 * DAY_MS

/** The machine that a copy lies on. Instants in epoch milliseconds. */
export interface CopyMachine {
  id: string
  name: string
  isThis: boolean
  lastSeenAt: number
  /** Its logins were moved to another machine. */
  retiredAt: number | null
  isAway: boolean
}

/** A copy outside this database. */
export interface HeldCopy {
  kind: CopyKind
  /** A path. */
  place: string
  /** Null on a machine that nobody knows. */
  machine: CopyMachine | null
  holds: Holding
  /** The generation that it holds, where that is known. */
  generation: number | null
  /** A CLI refreshes it by itself, whatever was agreed on. */
  mayRefresh: boolean
  seenAt: number
  goneAt: number | null
}

/** What copies are judged against. */
export interface CopyJudge {
  now: number
  /** The id under which this machine's own rows are kept. */
  machineId: string
  /** The end of the current access token. */
  accessTokenExpiresAt: number | null
}

/** A copy as it is seen now. */
export function heldCopy(copy: KnownCopy, judge: CopyJudge): HeldCopy {
  const holds = holdingOf(copy, judge)
  const { place, generation, mayRefresh, seenAt, goneAt } = copy
  return {
    kind: copy.kind as CopyKind,
    place,
    machine: machineOf(copy, judge),
    holds,
    generation: holds === 'separate' ? null : generation,
    mayRefresh,
    seenAt,
    goneAt,
  }
}

function holdingOf(copy: KnownCopy, { accessTokenExpiresAt: ours }: CopyJudge): Holding {
  if (copy.isCurrent) return 'current'
  if (copy.generation !== null) return 'older'
  if (!copy.hasFingerprint) return 'unknown'
  if (!copy.isOfGrant) return 'separate'
  const { accessTokenExpiresAt: theirs } = copy
  return theirs !== null && theirs > (ours ?? 0) ? 'newer' : 'unknown'
}

function machineOf({ machineId, machine }: KnownCopy, { machineId: here, now }: CopyJudge): CopyMachine | null {
  if (machineId === null) return null
  const isThis = machineId === here
  const { name, lastSeenAt, retiredAt } = machine ?? { name: '', lastSeenAt: now, retiredAt: null }
  const isAway = !isThis && now - lastSeenAt >= MACHINE_AWAY_MS
  return { id: machineId, name, isThis, lastSeenAt, retiredAt: isThis ? null : retiredAt, isAway }
}

/** The name of the machine that a copy lies on, where that is another one. */
export function otherMachine({ machine }: Pick<HeldCopy, 'machine'>): string | null {
  return machine === null || machine.isThis ? null : machine.name || machine.id
}

/** A place for people: with the machine's name before it where it lies on another one. */
export function placeName(copy: Pick<HeldCopy, 'machine' | 'place'>): string {
  const machine = otherMachine(copy)
  return machine === null ? copy.place : `${machine}: ${copy.place}`
}

/** Copies of this very login, not of another one, with which a CLI may go its own way. */
export function rivalsOf(copies: readonly HeldCopy[], followed: FollowedPlace | null): HeldCopy[] {
  return copies.filter((copy) => copy.mayRefresh && copy.holds !== 'separate' && !isFollowed(copy, followed))
}

/** The file in which a grant is followed. */
export interface FollowedPlace {
  path: string
  /** Null in records of old: this machine. */
  machineId: string | null
}

/** True for the copy in the file that a grant is followed in. */
export function isFollowed({ place, machine }: HeldCopy, followed: FollowedPlace | null): boolean {
  if (followed === null || place !== followed.path || machine === null) return false
  return followed.machineId === null ? machine.isThis : machine.id === followed.machineId
}
