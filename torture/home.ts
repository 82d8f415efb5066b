/** Homes for programs under torture, with a provider of their own. */

import { join } from 'node:path'
import { type Home, newHome } from '../bench/home.ts'
import { OUTPUT_FILE } from '../bench/process.ts'
import { type FaultyNetwork, faultyNetwork } from '../src/testing/faulty-network.ts'
import { createHranaDouble } from '../src/testing/hrana-double.ts'
import { type ProviderOptions, startProvider, type TortureProvider } from './provider.ts'

export interface World {
  provider: TortureProvider
  home: Home
  close(): Promise<void>
}

/** A home whose programs leave a copy of what they say in a file beside it. */
export function tortureHome(directory: string, endpoint: string): Home {
  const home = newHome(directory, endpoint)
  return { ...home, environment: { ...home.environment, [OUTPUT_FILE]: join(home.path, '..', 'output') } }
}

export async function makeWorld(directory: string, options: ProviderOptions): Promise<World> {
  const provider = await startProvider(options)
  return { provider, home: tortureHome(directory, provider.origin), close: () => provider.close() }
}

/** A machine of the person's: a home of its own, and a network of its own to the shared database. */
export interface SharingMachine {
  home: Home
  network: FaultyNetwork
}

/** Machines that share one database over the network, by its protocol, and one key. */
export async function makeSharedWorld(directory: string, options: ProviderOptions & { machines: number }) {
  const provider = await startProvider(options)
  const server = createHranaDouble(join(newHome(directory).path, 'shared.db'))
  const served: { close(): Promise<void> }[] = []
  const machines: SharingMachine[] = []
  let keyFile: string | null = null
  for (let index = 0; index < options.machines; index++) {
    const network = faultyNetwork((request) => server.handle(request))
    const app = await network.serve()
    served.push(app)
    const own = tortureHome(directory, provider.origin)
    keyFile ??= own.environment.TOKENDECK_KEY_FILE!
    const shared = { TOKENDECK_DATABASE_URL: app.origin, TOKENDECK_KEY_FILE: keyFile }
    machines.push({ home: { ...own, environment: { ...own.environment, ...shared } }, network })
  }
  return {
    provider,
    machines,
    async close() {
      for (const app of served) await app.close()
      server.close()
      await provider.close()
    },
  }
}
