/**
 * The program itself, as its owner starts it, in a home of its own; with a person's browser, the API and the command beside
 * it. Everything that comes out of any of them is handed to whoever watches.
 */

import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fakeProviderConfigToml } from './fake-provider-config.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')

/** Told of everything that is shown: where it was, and what. */
export type Watcher = (where: string, content: string) => void

export interface Answer {
  status: number
  headers: Headers
  text: string
}

export interface RunningProgram {
  home: string
  userHome: string
  keyFile: string
  port: number
  apiToken: string
  linkSecret: string
  sessionCookie: string
  /** As the signed-in browser: a page, its part for htmx, or a form. */
  open(path: string): Promise<Answer>
  openPart(path: string): Promise<Answer>
  submit(path: string, fields: Record<string, string>): Promise<Answer>
  /** As a program with the API token. */
  call(method: string, path: string, body?: unknown): Promise<Answer>
  /** Reads an event stream until the end. */
  listen(path: string): Promise<void>
  command(args: string[], input?: string): Promise<number>
  /** A browser that the provider sent back. */
  arrive(url: URL): Promise<Answer>
  stop(): Promise<void>
}

/** Starts the program in `directory` against a served provider. Its log says everything. */
export async function startProgram(directory: string, origin: string, ports: string, watch: Watcher) {
  const [home, userHome, temporary, bin] = ['tokendeck', 'person', 'tmp', 'bin'].map((name) => join(directory, name))
  for (const path of [home!, userHome!, temporary!, bin!]) mkdirSync(path, { mode: 0o700 })
  writeFileSync(join(home!, 'config.toml'), fakeProviderConfigToml(origin))
  // The browser that the program opens: leaves behind what it was called with.
  writeFileSync(join(bin!, 'xdg-open'), `#!/bin/sh\nprintf '%s\\n' "$0 $*" >> '${join(directory, 'opened')}'\n`)
  chmodSync(join(bin!, 'xdg-open'), 0o755)
  const keyFile = join(directory, 'config', 'key')
  const environment = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: userHome!,
    TMPDIR: temporary!,
    BUN_RUNTIME_TRANSPILER_CACHE_PATH: '0',
    DISPLAY: ':99',
    TOKENDECK_HOME: home!,
    TOKENDECK_KEY_FILE: keyFile,
    TOKENDECK_KEY_SOURCE: 'file',
    TOKENDECK_PORT: '0',
    TOKENDECK_CALLBACK_PORTS: ports,
    TOKENDECK_LOG_LEVEL: 'debug',
  }
  const run = (...args: string[]) =>
    Bun.spawn([process.execPath, '--no-env-file', ...args], {
      cwd: ROOT,
      env: environment,
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'pipe',
    })
  const server = run(join(ROOT, 'src', 'main.ts'))
  const said = collect(server.stdout, (text) => watch('standard output', text))
  const logged = collect(server.stderr, (text) => watch('log', text))
  const link = await said.until(/http:\/\/localhost:(\d+)\/sign-in#t=([\w-]{43})/)
  const [, port, linkSecret] = link
  const origins = { origin: `http://localhost:${port}`, 'sec-fetch-site': 'same-origin' }
  const cookies = new Map<string, string>()
  let csrfToken = ''

  async function send(where: string, url: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(url, { ...init, redirect: 'manual' })
    const text = await response.text()
    // A cookie is what the browser is to keep; everything else of an answer may be seen.
    const headers = [...response.headers].filter(([name]) => name !== 'set-cookie')
    watch(where, `${JSON.stringify(headers)}\n${text}`)
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
      cookies.set(name!, value!)
    }
    csrfToken = /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? csrfToken
    return { status: response.status, headers: response.headers, text }
  }
  const jar = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const at = (path: string) => `http://localhost:${port}${path}`
  const browse = (headers: Record<string, string>) => (path: string) =>
    send(`GET ${path}`, at(path), { headers: { ...headers, cookie: jar() } })
  const submit = (path: string, fields: Record<string, string>) =>
    send(`POST ${path}`, at(path), {
      method: 'POST',
      headers: { ...origins, cookie: jar() },
      body: new URLSearchParams({ ...fields, csrf: csrfToken }),
    })
  await submit('/sign-in', { link: linkSecret! })
  const open = browse({})
  await open('/')
  const apiToken = readFileSync(join(home!, 'api-token'), 'utf8').trim()
  const authorization = { Authorization: `Bearer ${apiToken}` }
  const program: RunningProgram = {
    home: home!,
    userHome: userHome!,
    keyFile,
    port: Number(port),
    apiToken,
    linkSecret: linkSecret!,
    sessionCookie: cookies.get(`__Host-tokendeck_${port}_s`) ?? '',
    open,
    openPart: browse({ 'hx-request': 'true', 'hx-request-type': 'partial' }),
    submit,
    call: (method, path, body) =>
      send(`${method} ${path}`, at(path), {
        method,
        headers: { ...authorization, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    async listen(path) {
      const response = await fetch(at(path), { headers: path.startsWith('/api/') ? authorization : { cookie: jar() } })
      if (response.status !== 200) throw new Error(`${path} answered ${response.status}`)
      void collect(response.body!, (text) => watch(`stream ${path}`, text))
    },
    async command(args, input = '') {
      const child = run(join(ROOT, 'src', 'command-line', 'main.ts'), ...args)
      child.stdin.write(input)
      await child.stdin.end()
      const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
      watch(`command ${args[0]}`, `${output}\n${errors}`)
      return child.exited
    },
    arrive: (url) => send('callback page', url.href, { headers: { cookie: jar() } }),
    async stop() {
      server.kill('SIGTERM')
      await Promise.all([server.exited, said.ended, logged.ended])
    },
  }
  return program
}

/** Every file below a directory with its content. */
export function filesBelow(directory: string): { path: string; bytes: Buffer }[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, bytes: readFileSync(path) }))
}

function collect(stream: ReadableStream<Uint8Array>, watch: (text: string) => void) {
  let text = ''
  let wake = () => {}
  const decoder = new TextDecoder()
  const ended = (async () => {
    for await (const chunk of stream) {
      text += decoder.decode(chunk, { stream: true })
      wake()
    }
  })()
    // A stream may be cut off by the end of the program.
    .catch(() => {})
    // As a whole, so that nothing hides between two pieces.
    .finally(() => {
      watch(text)
      wake()
    })
  return {
    ended,
    async until(pattern: RegExp): Promise<RegExpExecArray> {
      let isOver = false
      void ended.then(() => {
        isOver = true
      })
      for (;;) {
        const found = pattern.exec(text)
        if (found) return found
        if (isOver) throw new Error(`It ended before it said ${pattern}: ${text}`)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}
