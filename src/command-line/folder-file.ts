/**
 * `.tokendeck.toml` in a folder: which account `tokendeck exec` uses there. It holds labels or ids, never an e-mail and never
 * a secret, so it may be committed. Reads and writes only that file.
 */

import { lstat, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { replaceDurably } from '../lib/durable-file.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'

export const FOLDER_FILE = '.tokendeck.toml'

/** A file that was found, and what it names by provider. */
export interface FolderFile {
  path: string
  accounts: Record<string, string>
}

const MAX_BYTES = 16 * 1024
/** What may stand as a provider's id; also keeps the file's text safe to write. */
const PROVIDER = /^[A-Za-z0-9_-]{1,64}$/
const REFERENCE_LENGTH = 200

/**
 * The nearest such file from a folder upward; null when there is none. One that belongs to somebody else is passed over:
 * whoever can write above a folder should not choose the account in it.
 *
 * Errors: CommandFailure for a file that cannot be understood
 */
export async function nearestFolderFile(
  folder: string,
  uid: number | null = process.getuid?.() ?? null,
): Promise<FolderFile | null> {
  for (let directory = resolve(folder); ; directory = dirname(directory)) {
    const path = join(directory, FOLDER_FILE)
    const found = await lstat(path).catch(() => null)
    if (found?.isFile() && (uid === null || found.uid === uid)) return await read(path, found.size)
    if (dirname(directory) === directory) return null
  }
}

/** Writes an account into the file of a folder, in place of the former one of that provider; the rest of it stays. */
export async function writeFolderFile(folder: string, provider: string, reference: string | null): Promise<string> {
  const path = join(resolve(folder), FOLDER_FILE)
  const found = await lstat(path).catch(() => null)
  if (found && !found.isFile()) throw new CommandFailure(EXIT.failed, `${path} is not a plain file. It was left alone.`)
  const before = found ? await readFile(path, 'utf8') : HEAD
  // What cannot be understood must not be rewritten.
  if (found) await read(path, found.size)
  const after = withAccount(before, provider, reference)
  replaceDurably(path, after, 0o644)
  return path
}

const HEAD =
  '# The account that `tokendeck exec` uses in this folder, by provider: a label or an id.\n# Holds no secret; each machine finds its own account of that label.\n\n[accounts]\n'

function withAccount(text: string, provider: string, reference: string | null): string {
  if (!PROVIDER.test(provider)) throw new CommandFailure(EXIT.failed, 'This provider cannot be named in a file.')
  const line = reference === null ? [] : [`${provider} = ${JSON.stringify(reference)}`]
  const lines = text.replace(/\r\n/g, '\n').replace(/\n*$/, '\n').split('\n').slice(0, -1)
  const start = lines.findIndex((each) => /^\s*\[\s*accounts\s*\]\s*(#.*)?$/.test(each))
  if (start < 0) return `${[...lines, ...(line.length > 0 ? ['', '[accounts]', ...line] : [])].join('\n')}\n`
  const next = lines.findIndex((each, index) => index > start && /^\s*\[/.test(each))
  const end = next < 0 ? lines.length : next
  const isOld = (each: string) => new RegExp(`^\\s*"?${provider}"?\\s*=`).test(each)
  const section = lines.slice(start + 1, end)
  const at = section.findIndex(isOld)
  const kept = section.filter((each) => !isOld(each))
  kept.splice(at < 0 ? kept.length : at, 0, ...line)
  return `${[...lines.slice(0, start + 1), ...kept, ...lines.slice(end)].join('\n')}\n`
}

async function read(path: string, size: number): Promise<FolderFile> {
  const refuse = (why: string) => new CommandFailure(EXIT.failed, `${path} ${why}. Mend or remove it.`)
  if (size > MAX_BYTES) throw refuse('is too long')
  let parsed: unknown
  try {
    parsed = Bun.TOML.parse(await readFile(path, 'utf8'))
  } catch {
    throw refuse('is not TOML')
  }
  const accounts = (parsed as { accounts?: unknown }).accounts ?? {}
  const isFine =
    typeof accounts === 'object' &&
    !Array.isArray(accounts) &&
    Object.entries(accounts).every(
      ([provider, reference]) =>
        PROVIDER.test(provider) && typeof reference === 'string' && reference.length <= REFERENCE_LENGTH,
    )
  if (!isFine) throw refuse('names accounts in a form that is not understood: `claude = "label"` below [accounts]')
  return { path, accounts: accounts as Record<string, string> }
}
