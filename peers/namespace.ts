/**
 * A place without any network but its own loopback, in which the vendors' host names lead to this machine: network, mount
 * and process namespaces of Linux. Whatever is started there ends with it.
 */

/** The hosts that the CLIs and we ask. Nothing else has a name in there. */
export const VENDOR_HOSTS = [
  'auth.openai.com',
  'chatgpt.com',
  'api.openai.com',
  'claude.com',
  'claude.ai',
  'platform.claude.com',
  'api.anthropic.com',
] as const

const NAMESPACES = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
/** As root, and as anybody where the system lets them be root of their own namespaces. */
const WAYS = [NAMESPACES, ['--user', '--map-root-user', ...NAMESPACES]]

/** The beginning of a command that runs in there, or why there is none, in one line. */
export type NamespaceWay = { command: string[] } | { reason: string }

/** Tries the ways by running `true` in each. */
export function findNamespaceWay(): NamespaceWay {
  if (process.platform !== 'linux') return { reason: `there are no network namespaces on ${process.platform}` }
  if (Bun.which('unshare') === null) return { reason: 'unshare (util-linux) is not installed' }
  let said = ''
  for (const way of WAYS) {
    const command = ['unshare', ...way]
    const run = Bun.spawnSync([...command, 'mount', '--bind', '/etc/hosts', '/etc/hosts'], {
      ...{ timeout: 10_000, stdout: 'ignore', stderr: 'pipe' },
    })
    if (run.exitCode === 0) return { command }
    said = run.stderr.toString().trim().split('\n').at(-1) ?? ''
  }
  return { reason: `this machine gives out no namespaces (${said.slice(0, 160)})` }
}

/** The text of `/etc/hosts` in there. */
export function hostsFile(): string {
  return ['127.0.0.1 localhost', ...VENDOR_HOSTS.map((host) => `127.0.0.1 ${host}`), ''].join('\n')
}

/** A command in there, after the names are in place. `hosts` is the path of that file. */
export function commandInside(way: string[], hosts: string, command: string[]): string[] {
  // The paths are arguments of the shell, never part of its text.
  const script = 'mount --bind "$1" /etc/hosts && shift && exec "$@"'
  return [...way, 'sh', '-c', script, 'sh', hosts, ...command]
}
