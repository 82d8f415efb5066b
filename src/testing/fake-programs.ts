/** Programs for tests: a machine on which none is installed, and one whose programs are scripts in a directory of the test. */

import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '../lib/clock.ts'
import { type Programs, systemPrograms } from '../lib/programs.ts'

/** No program is installed. */
export const noPrograms: Programs = {
  find: async () => null,
  run: async () => ({ end: 'not_started', exitCode: null, stdout: '', stderr: '' }),
  environment: {},
  variables: new Set(),
}

/**
 * Programs that are scripts in `directory`, by name; each is run by the runtime that runs the test. Deadlines of their runs
 * are real ones.
 *
 * Shape:  name → text of an ECMAScript module; `variables` are set beside PATH and HOME
 */
export async function scriptedPrograms(
  directory: string,
  scripts: Record<string, string>,
  variables: Record<string, string> = {},
): Promise<Programs> {
  await mkdir(directory, { recursive: true })
  for (const [name, text] of Object.entries(scripts)) {
    const path = join(directory, name)
    await writeFile(`${path}.mjs`, text)
    await writeFile(path, `#!/bin/sh\nexec '${process.execPath}' '${path}.mjs' "$@"\n`)
    await chmod(path, 0o755)
  }
  return systemPrograms({ PATH: directory, HOME: directory, ...variables }, systemClock)
}
