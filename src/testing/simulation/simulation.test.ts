/** Thousands of interleavings, each under its own seed: every rule of src/testing/simulation/rules.ts holds after every step. */

import { join } from 'node:path'
import { expect, test } from 'vitest'

const PROGRAM = join(import.meta.dirname, 'main.ts')

/** A process of its own, because the program loads the stores with the model in their place. */
async function simulate(...orders: string[]): Promise<{ code: number; said: string }> {
  const child = Bun.spawn([process.execPath, '--no-env-file', PROGRAM, ...orders], {
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const said = await new Response(child.stdout).text()
  return { code: await child.exited, said }
}

test('five thousand interleavings break no rule', { timeout: 120_000 }, async () => {
  const { code, said } = await simulate('--count', '5000')
  expect(said).toContain('5000 interleavings')
  expect(said).toContain('broken rules: 0')
  expect(code).toBe(0)
})

test('a seed tells the same story every time', async () => {
  const [once, again] = [await simulate('--seed', '10316'), await simulate('--seed', '10316')]
  expect(once.said).toContain('verdict: "')
  expect(again.said).toBe(once.said)
})
