/**
 * The API token: what programs of this machine's owner prove themselves with. A file that only its owner reads; in memory
 * only its hash. Knows nothing of HTTP.
 */

import { createHash, timingSafeEqual } from 'node:crypto'
import { chmod, link, lstat, open, readFile, unlink } from 'node:fs/promises'
import { type Random, randomToken } from '../lib/random.ts'
import { Secret } from '../lib/secret.ts'

/** A token file that cannot be trusted. `message` is one readable line without the token. */
export class ApiTokenRefusal extends Error {
  override readonly name = 'ApiTokenRefusal'
  readonly exitCode = 78
}

/** 32 random bytes as base64url. */
const TOKEN_SHAPE = /^[A-Za-z0-9_-]{43}$/

/**
 * The token in the file, made first where there is none. The file is created with mode 0600 and never replaced.
 *
 * Errors: ApiTokenRefusal for a link, a directory or an unreadable content; file system errors as they come
 */
export async function ensureApiToken(path: string, random: Random): Promise<Secret> {
  const existing = await readApiToken(path)
  if (existing) return existing
  const token = randomToken(random)
  // Written whole beside its place, then linked: whoever starts at the same time sees no half of it, and the first wins.
  const draft = `${path}.${randomToken(random, 6)}`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${token}\n`)
    await file.sync()
    await link(draft, path)
    return new Secret(token)
  } catch (error) {
    const made = (error as NodeJS.ErrnoException).code === 'EEXIST' ? await readApiToken(path) : null
    if (!made) throw error
    return made
  } finally {
    await file.close()
    await unlink(draft).catch(() => {})
  }
}

/** The token in the file, or null when there is no file. Takes read rights away from others where they had them. */
async function readApiToken(path: string): Promise<Secret | null> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (!found) return null
  if (!found.isFile())
    throw new ApiTokenRefusal(`The API token ${path} is not a plain file. Remove it and start again.`)
  if ((found.mode & 0o077) !== 0) await chmod(path, 0o600)
  const text = (await readFile(path, 'utf8')).trim()
  if (!TOKEN_SHAPE.test(text)) {
    throw new ApiTokenRefusal(`The API token file ${path} does not hold a token. Remove it to have a new one made.`)
  }
  return new Secret(text)
}

/** The SHA-256 of a secret of full entropy: enough to compare by, of no use to a reader. */
export function hashOf(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest()
}

/** Whether two hashes are the same, in constant time. */
export function sameHash(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right)
}
