/** The least server on Bun: what a start costs before any library. */

const server = Bun.serve({ hostname: '127.0.0.1', port: Number(Bun.argv[2]), fetch: () => new Response('ok') })

export { server }
