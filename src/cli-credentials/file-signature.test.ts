import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { profilePlace } from './credential-places.ts'
import { placeSignature } from './file-signature.ts'

test('a signature differs when a file or its neighbour was written, and says nothing of what is young', async () => {
  const root = await mkdtemp(join(tmpdir(), 'signature-'))
  const now = Date.UTC(2026, 10, 22, 9)
  for (const cli of ['claude', 'codex'] as const) {
    const place = profilePlace(cli, cli, root)
    const put = async (path: string, age: number) => {
      await writeFile(path, String(age))
      await utimes(path, (now - age) / 1_000, (now - age) / 1_000)
    }
    const seen = [await placeSignature(place, now)]
    await put(place.path, 60_000)
    seen.push(await placeSignature(place, now))
    await put(place.companionPath ?? join(root, 'config.toml'), 50_000)
    seen.push(await placeSignature(place, now))
    expect(new Set(seen).size).toBe(3)
    expect(await placeSignature(place, now)).toBe(seen[2]!)
    await put(place.path, 1_000)
    expect(await placeSignature(place, now)).toBeNull()
  }
  await rm(root, { recursive: true })
})
