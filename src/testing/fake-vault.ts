/** A vault with a key that everybody knows, for tests of rooms that only need one. Seals with the very cipher of the program's own. */

import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { Secret } from '../lib/secret.ts'
import type { SealedPlace, Vault } from '../vault/vault.ts'

const KEY = Buffer.alloc(32, 'fake-key')

export function fakeVault(): Vault {
  const aad = (place: SealedPlace) =>
    Buffer.from(JSON.stringify([place.table, place.column, place.owner, place.generation]))
  return {
    keyId: 'k_FA4E0001',
    keySource: 'file',
    keyLocation: '/nowhere/key',
    seal(place, secret) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', KEY, nonce).setAAD(aad(place))
      const sealed = Buffer.concat([cipher.update(secret.reveal(), 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `fake.${nonce.toString('base64url')}.${sealed.toString('base64url')}`
    },
    open(place, envelope) {
      const [, nonce = '', text = ''] = envelope.split('.')
      const sealed = Buffer.from(text, 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', KEY, Buffer.from(nonce, 'base64url')).setAAD(aad(place))
      decipher.setAuthTag(sealed.subarray(-16))
      return new Secret(Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]).toString('utf8'))
    },
    fingerprint: (purpose, secret) =>
      createHmac('sha256', KEY).update(`${purpose}\0${secret.reveal()}`).digest('hex').slice(0, 32),
  }
}
