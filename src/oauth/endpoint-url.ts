/**
 * Which addresses tokens may travel to: https anywhere, plain http only within this machine.
 */

/** Why an address cannot be an endpoint, for people; null when it can. Source: RFC 8252 §8.3, RFC 6749 §3.1–3.2 */
export function endpointProblem(address: string): string | null {
  if (!URL.canParse(address)) return 'must be a whole address such as https://id.example.com/oauth/token'
  const url = new URL(address)
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password'
  if (url.protocol === 'https:') return null
  if (url.protocol === 'http:' && isLoopback(url)) return null
  return 'must be https, or http on a loopback address (localhost, 127.0.0.1, [::1])'
}

/** True for an address on this machine: `localhost`, 127.0.0.0/8, `[::1]`. */
export function isLoopback(url: URL): boolean {
  return url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(url.hostname)
}
