/** Which hosts are this very machine. */

/** True for names and literals of the loopback interface, as a URL's `hostname` spells them. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}
