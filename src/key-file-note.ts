/**
 * `key-file` in the home: where the key file of this home lies. The usual place follows the person's home directory, which may
 * be another one tomorrow; the key is still where it was. Holds a path and no secret.
 */

import { isAbsolute, join } from 'node:path'

/** Had when it is needed: whoever reads the configuration loads this file, and most commands want no key. */
const files = () => process.getBuiltinModule('node:fs')

/** The key file that this home was last opened with; null where none is noted, or none lies there any more. */
export function notedKeyFile(home: string): string | null {
  const path = readNote(home)
  return path !== null && isAbsolute(path) && files().existsSync(path) ? path : null
}

/** Notes the key file of a home, where another one is noted or none. Errors: none; a full disk keeps nobody from starting */
export async function noteKeyFile(home: string, keyFile: string): Promise<void> {
  if (readNote(home) === keyFile) return
  try {
    const { replaceDurably } = await import('./lib/durable-file.ts')
    replaceDurably(join(home, 'key-file'), `${keyFile}\n`)
  } catch {
    // The next start notes it.
  }
}

function readNote(home: string): string | null {
  try {
    return files()
      .readFileSync(join(home, 'key-file'), 'utf8')
      .replace(/\r?\n$/, '')
  } catch {
    return null
  }
}
