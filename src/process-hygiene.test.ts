import { join } from 'node:path'
import { expect, test } from 'vitest'

const FILE = join(import.meta.dirname, 'process-hygiene.ts')

test('variables that print requests or trust any server have no effect on what is sent', async () => {
  const child = Bun.spawn(
    [
      process.execPath,
      '-e',
      `const { quietFetch, tidyProcess } = await import(${JSON.stringify(FILE)})
       tidyProcess()
       const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('hello') })
       const init = { method: 'POST', headers: { authorization: 'Bearer FAKE-CANARY' }, body: 'FAKE-CANARY' }
       console.log(await (await quietFetch('http://127.0.0.1:' + server.port, init)).text())
       console.log(process.env.BUN_CONFIG_VERBOSE_FETCH, process.env.NODE_TLS_REJECT_UNAUTHORIZED, process.umask())
       server.stop(true)`,
    ],
    {
      stdout: 'pipe',
      stderr: 'pipe',
      env: { ...process.env, BUN_CONFIG_VERBOSE_FETCH: 'curl', NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    },
  )
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  expect(output).toBe('hello\nundefined undefined 63\n')
  expect(errors).not.toContain('FAKE-CANARY')
})

test('the token of a remote database is not printed either', async () => {
  const client = join(import.meta.dirname, 'db', 'client.ts')
  const child = Bun.spawn(
    [
      process.execPath,
      '-e',
      `const { quietFetch } = await import(${JSON.stringify(FILE)})
       const { openDatabase } = await import(${JSON.stringify(client)})
       const { Secret } = await import(${JSON.stringify(join(import.meta.dirname, 'lib', 'secret.ts'))})
       let heard = ''
       const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch(request) {
         heard += request.headers.get('authorization')
         return new Response('no', { status: 500 })
       } })
       const url = 'http://127.0.0.1:' + server.port
       await openDatabase({ url, authToken: new Secret('FAKE-CANARY'), fetch: quietFetch }).catch(() => {})
       console.log(heard.includes('FAKE-CANARY'))
       process.exit(0)`,
    ],
    { stdout: 'pipe', stderr: 'pipe', env: { ...process.env, BUN_CONFIG_VERBOSE_FETCH: 'curl' } },
  )
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  expect(output).toBe('true\n')
  expect(errors).not.toContain('FAKE-CANARY')
})
