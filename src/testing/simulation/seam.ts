/**
 * Where simulated stores and files take the place of the real ones: modules of the product are loaded with their exported
 * functions asking here first. Only the simulation's own program installs this; product code does not know of it.
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FileText } from '../../cli-credentials/read-text.ts'

const SRC = join(import.meta.dirname, '..', '..')
const STORES = /[\\/]src[\\/]db[\\/][a-z-]+-store\.ts$/
const READER = /[\\/]src[\\/]cli-credentials[\\/]read-text\.ts$/

/** What a simulated `Database` is: something that answers a store function by its name. */
export interface SimulatedDatabase {
  simulated(query: string, given: unknown[]): Promise<unknown>
}

/** Files of the run that goes on. */
export const simulatedFiles: { read: ((path: string) => Promise<FileText>) | null } = { read: null }

/** Makes every module that is loaded from now on ask the simulation first. */
export function installSeam(): void {
  Bun.plugin({
    name: 'simulated stores and files',
    setup(build) {
      build.onLoad({ filter: STORES }, ({ path }) => ({ loader: 'ts', contents: askingDatabase(textOf(path)) }))
      build.onLoad({ filter: READER }, ({ path }) => ({ loader: 'ts', contents: askingFiles(textOf(path)) }))
    },
  })
}

function textOf(path: string): string {
  return readFileSync(path, 'utf8')
}

const EXPORTED_FUNCTION = /^export (async )?function (\w+)\(\s*(\w+)/gm

/** Each exported function that takes a database gives way to one of the same name, where the database is a simulated one. */
function askingDatabase(source: string): string {
  const names: string[] = []
  const renamed = source.replace(EXPORTED_FUNCTION, (whole, async = '', name: string, first: string) => {
    if (first !== 'database') return whole
    names.push(name)
    return `${async}function real_${name}(${first}`
  })
  const asking = names.map(
    (name) => `export function ${name}(...given: any): any {
      return given[0].simulated ? given[0].simulated('${name}', given.slice(1)) : (real_${name} as any)(...given)
    }`,
  )
  return [renamed, ...asking].join('\n')
}

function askingFiles(source: string): string {
  const renamed = source.replace('export async function readText(', 'async function realReadText(')
  if (renamed === source) throw new Error('read-text.ts has no readText')
  return `${renamed}
    import { simulatedFiles } from '${join(SRC, 'testing', 'simulation', 'seam.ts')}'
    export function readText(path: string, rule: OpenRule): Promise<FileText> {
      return simulatedFiles.read ? simulatedFiles.read(path) : realReadText(path, rule)
    }`
}
