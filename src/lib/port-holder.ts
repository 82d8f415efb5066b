/**
 * Which program holds a TCP port of this machine, as far as Linux tells the user who asks. Knows nothing of why; on other
 * systems, and for programs of other users, the answer is null.
 */

import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { cleanText } from './foreign-text.ts'

/** State of a socket that waits for connections, in /proc/net/tcp. */
const LISTEN = '0A'

/** A program with the port open. */
export interface PortHolder {
  pid: number
  /** The kernel's short name of the program, cleaned. */
  name: string
}

/**
 * The program that listens on `port`, on any address of either family.
 *
 * Shape:  port, directory of the proc file system → holder or null
 * Errors: none; what cannot be read counts as unknown
 * Source: proc_pid_net(5), proc_pid_fd(5)
 */
export async function findPortHolder(port: number, procDirectory = '/proc'): Promise<PortHolder | null> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readOr(join(procDirectory, 'net', name), '')))
  const sockets = new Set(tables.flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`))
  if (sockets.size === 0) return null
  for (const pid of (await listOr(procDirectory)).filter((name) => /^\d+$/.test(name))) {
    const descriptors = join(procDirectory, pid, 'fd')
    const targets = await Promise.all((await listOr(descriptors)).map((fd) => linkOr(join(descriptors, fd))))
    if (!targets.some((target) => sockets.has(target))) continue
    const name = cleanText(await readOr(join(procDirectory, pid, 'comm'), ''), 32)
    return name === '' ? null : { pid: Number(pid), name }
  }
  return null
}

/** Inodes of the listening sockets on `port` in one table; local address and port stand in hexadecimal. */
function listeningInodes(table: string, port: number): string[] {
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === LISTEN && Number.parseInt(local?.split(':')[1] ?? '', 16) === port)
    .flatMap((columns) => columns[9] ?? [])
}

const readOr = (path: string, otherwise: string) => readFile(path, 'utf8').catch(() => otherwise)
const listOr = (path: string) => readdir(path).catch((): string[] => [])
const linkOr = (path: string) => readlink(path).catch(() => '')
