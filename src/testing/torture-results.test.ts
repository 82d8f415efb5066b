/** The measured page is whole: every scenario was run in full, none missed its goal, and README quotes the comparison. */

import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { readResults } from '../../torture/results.ts'
import { SCENARIOS } from '../../torture/scenarios/index.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')
const titles = SCENARIOS.map(({ title }) => title)
const results = readResults()

test('every scenario has its section, in its order, and no other is there', () => {
  expect(results.map(({ scenario }) => scenario)).toEqual(titles)
  const page = readFileSync(join(ROOT, 'docs', 'torture.md'), 'utf8')
  const sections = [...page.matchAll(/^## (.*)$/gm)].map(([, title]) => title!.toLowerCase())
  expect(sections).toEqual(titles.map((title) => title.toLowerCase()))
})

test('no goal is missed', () => {
  const missed = results.flatMap(({ findings }) => findings).filter(({ state }) => state === 'missed')
  expect(missed).toEqual([])
})

test('README quotes what was compared', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  const quoted = /<!-- torture -->\n([\s\S]*?)\n<!-- \/torture -->/.exec(readme)?.[1] ?? ''
  expect(quoted).toContain('| Tokendeck |')
  expect(quoted.split('\n').length).toBeGreaterThan(3)
})
