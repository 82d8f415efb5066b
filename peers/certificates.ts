/** A certificate authority for one run and the certificate of all vendor hosts, made with openssl in a directory of the run. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Paths of PEM files. */
export interface Certificates {
  authority: string
  certificate: string
  key: string
}

/**
 * Makes them; good for two days.
 *
 * Errors: Error in one line where openssl is missing or refuses
 */
export function makeCertificates(directory: string, hosts: readonly string[]): Certificates {
  const path = (name: string) => join(directory, name)
  const made = { authority: path('authority.pem'), certificate: path('vendor.pem'), key: path('vendor.key') }
  const extensions = path('vendor.ext')
  const names = hosts.map((host) => `DNS:${host}`).join(',')
  writeFileSync(extensions, `subjectAltName=${names}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n`)
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl(directory, [
    ...['req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=Tokendeck throw-away authority'],
    ...['-addext', 'keyUsage=critical,keyCertSign', '-keyout', path('authority.key'), '-out', made.authority],
  ])
  openssl(directory, [
    'req',
    ...newKey,
    '-subj',
    '/CN=Loopback vendor',
    '-keyout',
    made.key,
    '-out',
    path('vendor.csr'),
  ])
  openssl(directory, [
    ...['x509', '-req', '-in', path('vendor.csr'), '-CA', made.authority, '-CAkey', path('authority.key')],
    ...['-CAcreateserial', '-days', '2', '-extfile', extensions, '-out', made.certificate],
  ])
  return made
}

function openssl(cwd: string, args: string[]): void {
  const missing = Bun.which('openssl') === null
  const run = missing ? null : Bun.spawnSync(['openssl', ...args], { cwd, timeout: 30_000, stderr: 'pipe' })
  if (run?.exitCode === 0) return
  const why = run === null ? 'it is not installed' : run.stderr.toString().trim().split('\n').at(-1)
  throw new Error(`openssl made no certificate: ${why}`)
}
