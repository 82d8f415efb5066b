/** Four rules of the refresh protocol are taken out, and their tests notice; `npm run mutations` takes out every one. */

import { join } from 'node:path'
import { expect, test } from 'vitest'

const PROGRAM = join(import.meta.dirname, '..', '..', 'torture', 'mutations.ts')

test('without the lease, the look at the file, the comparison or the guard of redirects, a named test fails', {
  timeout: 180_000,
}, async () => {
  const orders = ['--only', 'lease,re-read,compare-and-swap,redirect-guard']
  const child = Bun.spawn([process.execPath, '--no-env-file', PROGRAM, ...orders], {
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const said = await new Response(child.stdout).text()
  expect(said).toContain('4 of 4 rules are guarded')
  expect(await child.exited).toBe(0)
})
