/**
 * Checks package-lock.json: no address of a registry, and every optional package present at the version asked for, so
 * that the same lock installs on macOS, Windows and Linux. An incomplete lock is refused by `npm ci` on other machines.
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './install.mjs'

const text = readFileSync(join(ROOT, 'package-lock.json'), 'utf8')
const { packages } = JSON.parse(text)
const problems = []

if (/"resolved"/.test(text)) problems.push('it records addresses of a registry ("resolved")')

/** The locked package that `name`, needed by the package at `from`, resolves to: nearest node_modules first. */
function resolvePackage(from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const found = packages[`${folder ? `${folder}/` : ''}node_modules/${name}`]
    if (found || folder === '') return found
  }
}

for (const [path, entry] of Object.entries(packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    const found = resolvePackage(path, name)
    if (!found) problems.push(`${name} ${range}, optional for ${path || 'this project'}, is missing`)
    else if (/^\d/.test(range) && found.version !== range)
      problems.push(`${name} is ${found.version}, but ${path} asks for ${range}`)
  }
}

if (problems.length > 0) {
  process.stderr.write(`package-lock.json:\n${problems.map((problem) => `  - ${problem}\n`).join('')}`)
  process.exit(1)
}
process.stdout.write(
  `  ${Object.keys(packages).length} packages locked, none with an address, all optional ones present\n`,
)
