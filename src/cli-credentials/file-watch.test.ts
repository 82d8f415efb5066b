import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { FileWatch } from './file-watch.ts'

test('changes are heard: of files that are replaced, come late, or lie in a directory that was made anew', async () => {
  const root = await mkdtemp(join(tmpdir(), 'watch-'))
  const [first, second] = [join(root, 'a', 'auth.json'), join(root, 'b', '.credentials.json')]
  const heard = vi.fn()
  const watch = new FileWatch(heard)
  const hears = async (act: () => Promise<unknown>) => {
    heard.mockClear()
    await act()
    await vi.waitFor(() => expect(heard).toHaveBeenCalled(), 5_000)
  }
  await mkdir(join(root, 'a'))
  await watch.follow([first, second])
  await hears(() => writeFile(first, '1'))
  await hears(() => writeFile(`${first}.tmp`, '2').then(() => rename(`${first}.tmp`, first)))
  await hears(() => mkdir(join(root, 'b')))
  await watch.follow([first, second])
  await hears(() => writeFile(second, '1'))
  await rm(join(root, 'b'), { recursive: true })
  await mkdir(join(root, 'b'))
  await watch.follow([second, join(root, 'b', 'other')])
  await hears(() => writeFile(second, '2'))
  watch.stop()
  await rm(root, { recursive: true })
})
