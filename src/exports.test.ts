/** Every exported value is wanted somewhere else: what is not is dead, or its file's own. */

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const PROJECT = resolve(import.meta.dirname, '..')
const PLACES = ['src', 'e2e', 'bench', 'torture', 'peers', 'scripts']
/** The JSX runtime is imported by the compiler. */
const UNSEEN = ['src/lib/html/jsx-runtime.ts']

const EXPORTED = /^export (?:async )?(?:const|function\*?|class|let) (\w+)/gm
const STATIC = /(?:import|export)\s+(?:type\s+)?(?:\w+\s*,\s*)?(\{[^}]*\}|\*(?:\s+as\s+\w+)?)\s*from\s+'(\.[^']+)'/g
const LAZY = /import\(\s*'(\.[^']+)'\s*\)/g

const texts = new Map(
  PLACES.flatMap((place) =>
    readdirSync(join(PROJECT, place), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(tsx?|mjs)$/.test(name) && !name.includes('node_modules'))
      .map((name) => join(PROJECT, place, name))
      .map((path) => [path, readFileSync(path, 'utf8')] as const),
  ),
)

/** By file: the names that others take out of it. Who imports it whole may take whatever name stands in the importer. */
function takenNames(): Map<string, Set<string>> {
  const taken = new Map<string, Set<string>>()
  for (const [path, text] of texts) {
    const take = (from: string, names: Iterable<string>) => {
      const target = resolve(dirname(path), from)
      taken.set(target, new Set([...(taken.get(target) ?? []), ...names]))
    }
    const words = () => text.match(/\w+/g) ?? []
    for (const [, names, from] of text.matchAll(STATIC))
      take(from!, names![0] === '{' ? names!.match(/\w+/g)! : words())
    for (const [, from] of text.matchAll(LAZY)) take(from!, words())
  }
  return taken
}

test('every exported value is imported by another file', () => {
  const taken = takenNames()
  const unwanted = [...texts].flatMap(([path, text]) => {
    const name = relative(PROJECT, path)
    if (!name.startsWith('src/') || name.endsWith('.test.ts') || UNSEEN.includes(name)) return []
    return [...text.matchAll(EXPORTED)]
      .map(([, value]) => value!)
      .filter((value) => !taken.get(path)?.has(value))
      .map((value) => `${name}: ${value}`)
  })
  expect(unwanted).toEqual([])
})
