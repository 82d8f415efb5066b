/** Holds the import table of docs/architecture.md as data, and reads every import line against it. */

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const SRC = resolve(import.meta.dirname)

/** Room → rooms it may import. `type:` marks rooms of which only types may be imported. */
const MAY_IMPORT: Record<string, string[]> = {
  lib: [],
  oauth: ['lib'],
  usage: ['lib', 'type:oauth'],
  forecast: ['lib', 'type:usage'],
  transcripts: ['lib'],
  db: ['lib'],
  events: ['lib'],
  'cli-credentials': ['lib', 'type:oauth'],
  vault: ['lib', 'db'],
  access: ['lib', 'db'],
  accounts: ['lib', 'oauth', 'type:usage', 'cli-credentials', 'vault', 'db', 'events'],
  switching: ['lib', 'oauth', 'cli-credentials', 'vault', 'db', 'events', 'accounts'],
  limits: ['lib', 'oauth', 'usage', 'forecast', 'transcripts', 'cli-credentials', 'vault', 'db', 'events', 'accounts'],
  timeline: ['lib', 'db', 'accounts', 'limits'],
  alerts: ['lib', 'vault', 'db', 'events', 'accounts', 'limits'],
  workers: ['lib', 'accounts', 'switching', 'limits', 'alerts', 'events'],
  messages: ['lib', 'type:accounts', 'type:switching', 'type:limits', 'type:timeline', 'type:alerts', 'type:usage'],
  views: [
    'lib',
    'messages',
    'type:accounts',
    'type:switching',
    'type:limits',
    'type:timeline',
    'type:alerts',
    'type:usage',
    'type:events',
  ],
  routes: ['lib', 'access', 'accounts', 'switching', 'limits', 'timeline', 'alerts', 'views', 'messages', 'events'],
  'command-line': ['lib', 'messages', 'accounts', 'switching', 'limits', 'alerts', 'access', 'root'],
}
// Root files put everything together; they alone read what lies beside src, such as package.json.
MAY_IMPORT.root = [...Object.keys(MAY_IMPORT), '..']

const IMPORT = /(?:^|\n)\s*(import|export)\s+(type\s+)?[^;'"]*?from\s+'(\.[^']+)'|import\(\s*'(\.[^']+)'\s*\)/g

function roomOf(file: string): string {
  const [first, ...rest] = relative(SRC, file).split('/')
  return rest.length === 0 ? 'root' : first!
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name) && !name.startsWith('testing/'))
  .map((name) => join(SRC, name))

test('every import follows the table', () => {
  const breaches = files.flatMap((file) => {
    const room = roomOf(file)
    const allowed = [...(MAY_IMPORT[room] ?? []), room]
    return [...readFileSync(file, 'utf8').matchAll(IMPORT)].flatMap(([, , type, from, lazy]) => {
      const target = roomOf(resolve(dirname(file), (from ?? lazy)!))
      const fine = allowed.includes(target) || (Boolean(type) && allowed.includes(`type:${target}`))
      return fine ? [] : [`${relative(SRC, file)} → ${target}`]
    })
  })
  expect(breaches).toEqual([])
})

test('every room stands in the table', () => {
  expect([...new Set(files.map(roomOf))].filter((room) => !(room in MAY_IMPORT))).toEqual([])
})

test('docs/architecture.md shows this table', () => {
  const page = readFileSync(join(SRC, '..', 'docs', 'architecture.md'), 'utf8')
  const shown = [...page.matchAll(/^\| `([a-z-]+)` \| .* \| (.*) \|$/gm)].map(([, room, cell]) => {
    const [values = '', types = ''] = cell!.split('types of ')
    const names = (text: string) => [...text.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name!)
    const root = values.includes('root files') ? ['root'] : []
    return [room!, [...names(values), ...root, ...names(types).map((name) => `type:${name}`)].sort()] as const
  })
  const held = Object.entries(MAY_IMPORT).map(([room, allowed]) => [room, allowed.toSorted()] as const)
  expect(Object.fromEntries(shown.filter(([room]) => room !== 'testing'))).toEqual(
    Object.fromEntries(held.filter(([room]) => room !== 'root')),
  )
})

test('every file with markup names its own JSX: tsconfig.json is found only from the directory of the project', () => {
  const nameless = files.filter(
    (name) => name.endsWith('.tsx') && !/@jsxImportSource #html/.test(readFileSync(name, 'utf8')),
  )
  expect(nameless).toEqual([])
})

test('commands are given time, chance and their directory; only the file that starts them asks the machine', () => {
  const asking = files.filter(
    (name) =>
      name.startsWith(join(SRC, 'command-line')) &&
      name !== join(SRC, 'command-line', 'main.ts') &&
      /systemClock|systemRandom|process\.cwd|Date\.now|Math\.random/.test(readFileSync(name, 'utf8')),
  )
  expect(asking.map((name) => relative(SRC, name))).toEqual([])
})
