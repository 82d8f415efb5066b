/**
 * What only the server that wrote its 0600 file can answer to a challenge: the server answers with it, programs judge by it.
 */

import { equalInConstantTime, type Secret } from './secret.ts'

/**
 * The proof for a challenge and a port; with the port in it, nobody on another port can pass the challenge on.
 *
 * Shape: base64url of HMAC-SHA-256
 */
export function proofOf(proofKey: Secret, challenge: string, port: number): string {
  // Bun's own hasher: node:crypto takes longer to load than most commands to run.
  return new Bun.CryptoHasher('sha256', proofKey.reveal()).update(`${challenge}|${port}`).digest('base64url')
}

/** Whether an answer proves that its server wrote the file with `proofKey`. Asked by programs before they send a secret. */
export function proofHolds(proofKey: Secret, challenge: string, port: number, proof: string): boolean {
  return equalInConstantTime(proofOf(proofKey, challenge, port), proof)
}
