/**
 * An export as bytes: two lines that say what it is, and one sealed block that only the passphrase opens. The lines are
 * bound into what is sealed. Knows nothing of where the parts come from.
 *
 * Shape: `Tokendeck export, version 1\n` `{header as JSON}\n` `nonce (12) ciphertext tag (16)`; inside: `{sizes as JSON}\n`
 * followed by the parts.
 */

import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Random } from '../lib/random.ts'
import { equalInConstantTime, Secret } from '../lib/secret.ts'
import { keyLine, parseKeyLine } from './key-file.ts'
import { isOurStretching, newStretching, type Stretching, stretch, stretchBeside } from './key-passphrase.ts'
import { keyIdOf, subKey } from './keys.ts'

export type ExportRefusalCode = 'not_an_export' | 'export_newer' | 'export_damaged' | 'export_passphrase'

/** The file cannot be used. Nothing has been changed when one of these is thrown. */
export class ExportRefusal extends Error {
  override readonly name = 'ExportRefusal'
  readonly exitCode = 1

  constructor(
    readonly code: ExportRefusalCode,
    message: string,
  ) {
    super(`${message} Nothing was changed.`)
  }
}

/** What an export says of itself, in the open. */
export interface ExportFacts {
  /** Epoch milliseconds. */
  madeAt: number
  machine: { id: string; name: string }
  keyId: string
  /** The machine gave up its own copies of these logins when it was made. */
  isMove: boolean
}

/** What is sealed in an export. */
export interface ExportParts {
  key: Buffer
  /** The whole database file. */
  database: Buffer
  /** The text of config.toml; null when there was none. */
  config: Buffer | null
}

/** An export that was read but not opened. */
export interface ReadExport {
  facts: ExportFacts
  stretching: Stretching
  check: string
  bound: Buffer
  sealed: Buffer
}

interface Header extends ExportFacts {
  stretching: Stretching
  check: string
}

const TITLE = 'Tokendeck export, version'
const VERSION = '1'
const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
const LONGEST_HEADER = 4_096

/** The export of these parts. The passphrase takes about a quarter of a second, on purpose; the process goes on meanwhile. */
export async function sealExport(
  facts: ExportFacts,
  parts: ExportParts,
  { passphrase, random }: { passphrase: Secret; random: Random },
): Promise<Buffer> {
  const stretching = newStretching(random)
  const stretched = await stretchBeside(passphrase, stretching)
  const header: Header = { ...facts, stretching, check: checkOf(stretched) }
  const bound = Buffer.from(`${TITLE} ${VERSION}\n${JSON.stringify(header)}\n`)
  const sizes = {
    key: keyLine(parts.key).reveal(),
    database: parts.database.length,
    config: parts.config?.length ?? null,
  }
  const nonce = random.bytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, subKey(stretched, 'export'), nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(bound)
  const pieces = [Buffer.from(`${JSON.stringify(sizes)}\n`), parts.database, parts.config ?? Buffer.alloc(0)]
  const sealed = pieces.map((piece) => cipher.update(piece))
  return Buffer.concat([bound, nonce, ...sealed, cipher.final(), cipher.getAuthTag()])
}

/**
 * Reads what `sealExport` made.
 *
 * Errors: ExportRefusal `not_an_export`, `export_newer`, `export_damaged`
 */
export function readExport(file: Buffer): ReadExport {
  const titleEnd = file.subarray(0, 64).indexOf('\n')
  const title = file.toString('latin1', 0, Math.max(titleEnd, 0))
  if (!title.startsWith(TITLE)) throw new ExportRefusal('not_an_export', 'This is not an export of Tokendeck.')
  const version = title.slice(TITLE.length).trim()
  if (/^\d+$/.test(version) && version !== VERSION)
    throw new ExportRefusal('export_newer', `This export has version ${version}; this Tokendeck reads version 1.`)
  const headerEnd = file.subarray(0, titleEnd + 1 + LONGEST_HEADER).indexOf('\n', titleEnd + 1)
  const sealed = file.subarray(headerEnd + 1)
  const header = headerEnd < 0 ? null : headerOf(file.toString('utf8', titleEnd + 1, headerEnd))
  if (version !== VERSION || !header || sealed.length < NONCE_BYTES + TAG_BYTES) throw damaged()
  const { stretching, check, ...facts } = header
  return { facts, stretching, check, bound: file.subarray(0, headerEnd + 1), sealed }
}

/**
 * The parts of an export, all of them or none.
 *
 * Errors: ExportRefusal `export_passphrase`, `export_damaged`
 */
export function openExport(read: ReadExport, passphrase: Secret): ExportParts {
  const stretched = stretch(passphrase, read.stretching)
  if (!equalInConstantTime(checkOf(stretched), read.check))
    throw new ExportRefusal('export_passphrase', 'The passphrase does not open this export.')
  const inside = unseal(read, subKey(stretched, 'export'))
  try {
    const lineEnd = inside.indexOf('\n')
    const sizes = JSON.parse(inside.toString('utf8', 0, lineEnd)) as {
      key: string
      database: number
      config: number | null
    }
    const key = parseKeyLine(new Secret(sizes.key), '')
    const databaseEnd = lineEnd + 1 + sizes.database
    const database = inside.subarray(lineEnd + 1, databaseEnd)
    const config = sizes.config === null ? null : inside.subarray(databaseEnd)
    const isWhole = inside.length === databaseEnd + (sizes.config ?? 0) && keyIdOf(key) === read.facts.keyId
    if (isWhole) return { key, database, config }
  } catch {
    // Sealed by the right passphrase, and not as we seal: the same refusal.
  }
  throw damaged()
}

function unseal({ bound, sealed }: ReadExport, key: Buffer): Buffer {
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(bound)
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
  } catch {
    throw damaged()
  }
}

/** Tells a wrong passphrase from a damaged file. Whoever has the file can try passphrases with it or without. */
function checkOf(stretched: Buffer): string {
  return subKey(stretched, 'export-check', 16).toString('base64url')
}

function headerOf(text: string): Header | null {
  try {
    const header = JSON.parse(text) as Header
    const { id, name } = header.machine
    const areTexts = [id, name, header.keyId, header.check].every((value) => typeof value === 'string')
    const isFine = areTexts && Number.isSafeInteger(header.madeAt) && typeof header.isMove === 'boolean'
    return isFine && isOurStretching(header.stretching) ? header : null
  } catch {
    return null
  }
}

function damaged(): ExportRefusal {
  return new ExportRefusal('export_damaged', 'This export is damaged: bytes are missing or changed. Use another copy.')
}
