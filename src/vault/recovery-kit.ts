/**
 * A recovery kit: the key as a few lines of text that only a passphrase opens, for keeping apart from the machine. The
 * lines say which key it is and how the passphrase is stretched; both are bound into what is sealed. Touches no place
 * where a key is kept.
 */

import { createHash } from 'node:crypto'
import type { Random } from '../lib/random.ts'
import { equalInConstantTime, Secret } from '../lib/secret.ts'
import { openEnvelope, sealEnvelope } from './envelope.ts'
import { isOurStretching, newStretching, type Stretching, stretch } from './key-passphrase.ts'
import { keyIdOf, MASTER_KEY_BYTES } from './keys.ts'

export type KitRefusalCode = 'not_a_kit' | 'kit_newer' | 'kit_damaged' | 'kit_passphrase' | 'kit_other_key'

/** The kit cannot be used. Nothing has been changed when one of these is thrown. */
export class KitRefusal extends Error {
  override readonly name = 'KitRefusal'
  readonly exitCode = 1

  constructor(
    readonly code: KitRefusalCode,
    message: string,
  ) {
    super(`${message} Nothing was changed.`)
  }
}

/** A kit that was read but not opened. */
export interface RecoveryKit {
  keyId: string
  stretching: Stretching
  /** Everything that the sealing vouches for, as one text. */
  header: string
  envelope: string
}

const TITLE = 'Tokendeck recovery kit, version'
const VERSION = '1'
const WRAPPING_KEY = 'kit'
/** No line is longer, and there are few. */
const MAX_CHARACTERS = 8_192

/**
 * The kit of a key, as text that ends with a new line.
 *
 * Units: `now` in epoch milliseconds
 */
export function makeRecoveryKit(
  key: Buffer,
  passphrase: Secret,
  random: Random,
  now: number,
  stretching = newStretching(random),
): string {
  const header = [
    `${TITLE} ${VERSION}`,
    `Key: ${keyIdOf(key)}`,
    `Made: ${new Date(now).toISOString().slice(0, 10)}`,
    `Passphrase: ${stretchingText(stretching)}`,
    `Salt: ${stretching.salt}`,
  ].join('\n')
  const wrapping = stretch(passphrase, stretching)
  const envelope = sealEnvelope(wrapping, WRAPPING_KEY, random, placeOf(header), key.toString('base64url'))
  const lines = `${header}\nSealed: ${envelope}`
  return `${lines}\nChecksum: ${checksumOf(lines)}\n`
}

/**
 * Reads what `makeRecoveryKit` made; spaces around the lines and empty lines between them are forgiven.
 *
 * Errors: KitRefusal `not_a_kit`, `kit_newer`, `kit_damaged`
 */
export function readRecoveryKit(text: string): RecoveryKit {
  const lines = text
    .slice(0, MAX_CHARACTERS)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (!lines[0]?.startsWith(TITLE)) throw new KitRefusal('not_a_kit', 'This is not a recovery kit of Tokendeck.')
  const version = lines[0].slice(TITLE.length).trim()
  if (/^\d+$/.test(version) && version !== VERSION) {
    throw new KitRefusal('kit_newer', `This recovery kit has version ${version}; this Tokendeck reads version 1.`)
  }
  const [, keyLine, , passphraseLine, saltLine, sealedLine, checksumLine, surplus] = lines
  const isWhole =
    surplus === undefined &&
    equalInConstantTime(fieldOf('Checksum', checksumLine), checksumOf(lines.slice(0, 6).join('\n')))
  const stretching = parseStretching(fieldOf('Passphrase', passphraseLine), fieldOf('Salt', saltLine))
  if (!isWhole || !stretching) {
    throw new KitRefusal('kit_damaged', 'This recovery kit is damaged: a line is missing or changed. Use another copy.')
  }
  return {
    keyId: fieldOf('Key', keyLine),
    stretching,
    header: lines.slice(0, 5).join('\n'),
    envelope: fieldOf('Sealed', sealedLine),
  }
}

/**
 * The key in a kit. About a quarter of a second, on purpose.
 *
 * Errors: KitRefusal `kit_passphrase`, also for a kit whose lines were changed together with their checksum
 */
export function openRecoveryKit(kit: RecoveryKit, passphrase: Secret): Buffer {
  const key = unwrap(kit, passphrase)
  if (key?.length === MASTER_KEY_BYTES && keyIdOf(key) === kit.keyId) return key
  throw new KitRefusal('kit_passphrase', `The passphrase does not open this recovery kit (key ${kit.keyId}).`)
}

function unwrap({ stretching, header, envelope }: RecoveryKit, passphrase: Secret): Buffer | null {
  try {
    const text = new Secret(openEnvelope(stretch(passphrase, stretching), WRAPPING_KEY, placeOf(header), envelope))
    return Buffer.from(text.reveal(), 'base64url')
  } catch {
    return null
  }
}

function placeOf(header: string) {
  return { table: 'recovery kit', column: 'key', owner: header, generation: 1 }
}

/** Shows a cut or mistyped copy as damaged, before a passphrase is blamed. No proof of anything else. */
function checksumOf(lines: string): string {
  return createHash('sha256').update(lines).digest('base64url').slice(0, 16)
}

/** What stands after the name of a line; empty when it is not that line. */
function fieldOf(name: string, line = ''): string {
  return line.startsWith(`${name}: `) ? line.slice(name.length + 2) : ''
}

function stretchingText(how: Stretching): string {
  return how.kind === 'argon2id'
    ? `argon2id m=${how.memory} t=${how.passes} p=${how.parallelism}`
    : `scrypt N=${how.cost} r=${how.blockSize} p=${how.parallelism}`
}

/** Null for anything else, also for numbers that would keep this machine busy for long or are too weak to be ours. */
function parseStretching(text: string, salt: string): Stretching | null {
  const [, kind, first, second, third] = /^(argon2id|scrypt) [mN]=(\d{1,8}) [tr]=(\d{1,2}) p=(\d)$/.exec(text) ?? []
  const [large, small, parallelism] = [Number(first), Number(second), Number(third)]
  const how: Stretching =
    kind === 'scrypt'
      ? { kind, salt, cost: large, blockSize: small, parallelism }
      : { kind: 'argon2id', salt, memory: large, passes: small, parallelism }
  return kind !== undefined && isOurStretching(how) ? how : null
}
