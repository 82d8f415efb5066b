/**
 * F35: after a scenario, everything that it left is searched for tokens in the clear: whole files, whatever they are called,
 * and what the programs said. A token may stand in the file of a CLI, and nowhere else.
 */

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fakeJwt } from '../src/testing/builders.ts'
import { type Finding, finding } from './finding.ts'
import { knownTokens } from './provider.ts'

/** Credential files of the CLIs, and what the compared strategies keep their tokens in. */
const CREDENTIAL_FILES = /(^|\/)(auth\.json|\.credentials\.json|tokens\.json)/
/** Every fake token begins with one of these. */
const BEGINNINGS = ['sk-ant-oat01-FAKE', 'sk-ant-ort01-FAKE', 'rt_FAKE_', `${fakeJwt({}).split('.')[0]}.`]
/** And ends so: how often it was renewed, and twelve characters that only it has. */
const ENDINGS = /\d{4}-([\w-]{12})/g
/** A file that is larger is searched in parts; bytes. */
const PART = 16 * 1024 * 1024

/** One row for a scenario that left something behind; none for one that did not. */
export function searchForTokens(directory: string): Finding[] {
  const ends = new Set(knownTokens().map((token) => token.slice(-12)))
  const files = filesIn(directory).filter((path) => !CREDENTIAL_FILES.test(path))
  if (files.length === 0) return []
  const leaks = files.flatMap((path) => {
    const found = findIn(path, ends)
    return found === null ? [] : [`${relative(directory, path)} (${found})`]
  })
  return [
    finding('F35', `${files.length} files and outputs of these, searched for tokens in the clear`, {
      measured: [`${leaks.length} with a token`, ...leaks.slice(0, 3)].join('; '),
      goal: '0',
      isMet: leaks.length === 0,
    }),
  ]
}

function filesIn(directory: string): string[] {
  return (
    readdirSync(directory, { recursive: true, withFileTypes: true })
      // What Bun keeps of the text of programs: ours have the beginnings of fake tokens in them.
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.pile'))
      .map((entry) => join(entry.parentPath, entry.name))
  )
}

/** How a token stands in it; null for not at all. */
function findIn(path: string, ends: ReadonlySet<string>): string | null {
  if (statSync(path).size === 0) return null
  const bytes = readFileSync(path)
  const spelling = SPELLINGS.find(([, text]) => bytes.includes(text))
  if (spelling) return spelling[0]
  for (let from = 0; from < bytes.length; from += PART) {
    for (const [, end] of bytes.toString('latin1', from, from + PART + 32).matchAll(ENDINGS)) {
      if (ends.has(end!)) return 'its end'
    }
  }
  return null
}

const SPELLINGS: readonly [how: string, text: Buffer][] = BEGINNINGS.flatMap((text): [string, Buffer][] => [
  ['whole', Buffer.from(text)],
  ['hexadecimal', Buffer.from(Buffer.from(text).toString('hex'))],
  ['utf-16', Buffer.from(text, 'utf16le')],
  // Wherever it begins in a longer text: without the characters that its neighbours decide too.
  ...[0, 1, 2].map((shift): [string, Buffer] => {
    const encoded = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]).toString('base64')
    return ['base64', Buffer.from(encoded.replace(/=+$/, '').slice(shift === 0 ? 0 : shift + 1, -2))]
  }),
])
