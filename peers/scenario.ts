/** What a scenario is given and what it gives: single things that were proven with one CLI, or not. */

import type { CliName } from '../src/cli-credentials/credential-file.ts'
import type { FakeProviderOptions } from '../src/testing/fake-provider.ts'
import type { World } from './world.ts'

/** One thing that was to be proven. */
export interface Proof {
  cli: CliName | 'both'
  what: string
  measured: string
  isTrue: boolean
}

export interface Scenario {
  /** Short, for `--only`. */
  name: string
  title: string
  run(stage: Stage): Promise<Proof[]>
}

/** Where scenarios play. */
export interface Stage {
  /** A person's home with our program and the CLIs in it, and a vendor that forgives nothing; closed with the scenario. */
  open(cli: CliName, options?: WorldOptions): Promise<World>
}

export interface WorldOptions {
  vendor?: FakeProviderOptions
  /** False: none of the CLIs is on the PATH of our program. */
  hasPrograms?: boolean
  /** What the person's own environment holds beside the usual. */
  variables?: Record<string, string>
}

/** The parts of a scenario for each CLI, at the same time: their vendors are not the same, nor are their homes. */
export function withEach(...parts: ((stage: Stage) => Promise<Proof[]>)[]): Scenario['run'] {
  return async (stage) => (await Promise.all(parts.map((part) => part(stage)))).flat()
}

/** Gathers proofs of one CLI. */
export function proofs(cli: Proof['cli']) {
  const all: Proof[] = []
  return {
    all,
    /** `measured` says what was seen, in either case. */
    prove(what: string, isTrue: boolean, measured: string | number | null | undefined): void {
      all.push({ cli, what, measured: String(measured ?? '—'), isTrue })
    },
  }
}
