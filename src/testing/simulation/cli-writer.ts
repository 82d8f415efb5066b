/**
 * The CLI that shares a login with us through its file: it rotates when it likes, asks nobody, and writes in place, so that
 * a reader can meet half a file. It also signs itself out when its token is refused.
 */

import { dirname, join } from 'node:path'
import type { FileText } from '../../cli-credentials/read-text.ts'
import type { ModelLogin, ModelPair } from './model-provider.ts'
import type { Simulation } from './simulation.ts'

/** A file as it is on the disk. */
export interface SimulatedFile {
  text: string
  /** The pair in it, when it is whole. */
  pair: ModelPair | null
  /** Since when this very text has been there; true time. */
  since: number
}

export class CliWriter {
  readonly path: string
  readonly file: SimulatedFile

  constructor(
    readonly simulation: Simulation,
    readonly login: ModelLogin,
    directory: string,
  ) {
    this.path = join(directory, '.credentials.json')
    const pair = login.pairs[0]!
    this.file = { text: this.#textOf(pair), pair, since: simulation.world.time }
  }

  /** Spends what is in its file, and writes what it gets. */
  rotate(): void {
    const { world, provider } = this.simulation
    const held = this.file.pair
    if (!held) return
    world.after(world.dice.between(5, 800), null, 'the CLI refreshes', () => {
      const { child, result } = provider.refresh(held.refreshToken, { by: 'cli', attemptId: null, owner: null })
      world.note(`  the provider says ${result} to the CLI`)
      world.after(world.dice.between(5, 800), null, 'the CLI writes', () => {
        if (!child) this.#write('{"claudeAiOauth":{}}', null)
        else if (world.dice.chance(0.5)) this.#write(this.#textOf(child), child)
        else {
          this.#write(this.#textOf(child).slice(0, 30), null)
          world.after(world.dice.between(1, 300), null, 'the CLI has written', () =>
            this.#write(this.#textOf(child), child),
          )
        }
      })
    })
  }

  #write(text: string, pair: ModelPair | null): void {
    Object.assign(this.file, { text, pair, since: this.simulation.world.time })
  }

  /** As Claude Code writes it; without the organisation where whose login it is must be asked. */
  #textOf({ accessToken, refreshToken, expiresAt }: ModelPair): string {
    const { subject, organizationId } = this.login
    const scopes = ['user:inference', 'user:profile']
    const named = this.simulation.weather.isIdentityVague ? {} : { organizationUuid: organizationId }
    return JSON.stringify({
      claudeAiOauth: { accessToken, refreshToken, expiresAt, scopes, accountUuid: subject, ...named },
    })
  }
}

/** Reads a file of the run, as the process that runs now. */
export async function readSimulatedFile(simulation: Simulation, path: string): Promise<FileText> {
  const { world, writers } = simulation
  const writer = writers.find((each) => each.path === path || dirname(each.path) === dirname(path))
  if (writer?.path !== path) return { state: 'missing' }
  return new Promise((resolve) => {
    world.after(0, world.running, 'reads the file', () =>
      resolve({
        state: 'read',
        text: writer.file.text,
        modifiedAt: writer.file.since,
        isSymlink: false,
        isReadableByOthers: false,
        facts: { device: 0n, inode: 0n, size: 0n, mode: 0o100600, modifiedNs: 0n, changedNs: 0n },
      }),
    )
  })
}
