/** Homes for programs under torture, with a provider of their own. */

import { type Home, newHome } from '../bench/home.ts'
import { type ProviderOptions, startProvider, type TortureProvider } from './provider.ts'

export interface World {
  provider: TortureProvider
  home: Home
  close(): Promise<void>
}

export async function makeWorld(directory: string, options: ProviderOptions): Promise<World> {
  const provider = await startProvider(options)
  return { provider, home: newHome(directory, provider.origin), close: () => provider.close() }
}
