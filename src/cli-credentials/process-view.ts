/** Whether this system shows which programs run, and where each keeps its login. macOS and Windows do not. */

import { readdir } from 'node:fs/promises'

/**
 * True where processes can be looked through.
 *
 * Shape:  the root of the process files, `/proc`
 * Errors: none
 */
export async function showsProcesses(processRoot: string): Promise<boolean> {
  const names = await readdir(processRoot).catch(() => [])
  return names.some((name) => /^\d+$/.test(name))
}
