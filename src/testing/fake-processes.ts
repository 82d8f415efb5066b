/** Running programs as the system shows them: directories with the files that are read of each process. */

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Adds a program.
 *
 * Shape: `root` stands for `/proc`; `environment` decides which directory the program uses
 */
export async function addFakeProcess(
  root: string,
  pid: number,
  program: string,
  environment: Record<string, string>,
): Promise<void> {
  await mkdir(join(root, String(pid)), { recursive: true })
  const environ = Object.entries(environment).map(([name, value]) => `${name}=${value}\0`)
  await writeFile(join(root, String(pid), 'comm'), `${program}\n`)
  await writeFile(join(root, String(pid), 'cmdline'), `/usr/bin/${program}\0`)
  await writeFile(join(root, String(pid), 'environ'), environ.join(''))
}
