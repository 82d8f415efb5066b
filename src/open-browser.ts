/**
 * Opens the person's browser at a link that holds a secret. Arguments of a process can be read by every user of the
 * machine, so the browser is given a file that only its owner can read, and the file leads on to the link.
 */

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const OPENERS: Partial<Record<NodeJS.Platform, string[]>> = { darwin: ['open'], win32: ['explorer.exe'] }

/**
 * Opens the link, as far as that can be done; a machine where it cannot is no error.
 *
 * Shape:  home directory, link → the way to remove the file again
 */
export function openBrowser(home: string, link: string): () => void {
  const path = join(home, 'sign-in.html')
  const remove = () => rmSync(path, { force: true })
  try {
    remove()
    writeFileSync(path, pageTo(link), { mode: 0o600, flag: 'wx' })
    const child = Bun.spawn([...(OPENERS[process.platform] ?? ['xdg-open']), path], {
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    child.unref()
  } catch {
    remove()
  }
  return remove
}

function pageTo(link: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0;url=${link}">
<title>Tokendeck</title>
<p><a href="${link}">Open Tokendeck</a></p>
</html>
`
}
