/** What was proven, as a table and as a page. */

import type { Played } from './inside.ts'
import type { Peers } from './install.ts'

const PROGRAMS = { claude: 'Claude Code', codex: 'codex' } as const

/** The proofs as a Markdown table. */
export function table(played: readonly Played[], peers: Peers): string {
  const lines = played.flatMap(({ title, proofs }) =>
    proofs.map(({ cli, what, measured, isTrue }) => {
      const who = cli === 'both' ? 'both' : `${PROGRAMS[cli]} ${peers.versions[cli]}`
      const cells = [who, title, what, measured.replaceAll(/[|\n]/g, ' '), isTrue ? 'proven' : '**not proven**']
      return `| ${cells.join(' | ')} |`
    }),
  )
  return ['| program | scenario | what | seen | |', '| --- | --- | --- | --- | --- |', ...lines].join('\n')
}

/** docs/peers.md. */
export function page(played: readonly Played[], peers: Peers, seconds: number): string {
  const proofs = played.flatMap((each) => each.proofs)
  const day = new Date().toISOString().slice(0, 10)
  return `# Beside the real CLIs

Written by \`npm run test:peers -- --write\`: the unmodified programs that npm delivers, Claude Code ${peers.versions.claude} and
codex ${peers.versions.codex}, run in a place that has no network but its own loopback. There the vendors’ host names lead to a fake
provider with a throw-away certificate, whose ledger is the judge: it gives every refresh token once and ends the login of
whoever comes with an old one. What a real server answers is not known from here.

${proofs.filter(({ isTrue }) => isTrue).length} of ${proofs.length} proven on ${day}, in ${played.length} scenarios and ${seconds.toFixed(0)} s.

${table(played, peers)}
`
}
