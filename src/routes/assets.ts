/** Serves the style sheet, the script and the icon under their hashed names, and nothing else: no path becomes a file name. */

import { Hono } from 'hono'
import { type Asset, type AssetBundle, type Encoding, readAssets } from './asset-bundle.ts'
import type { AppEnvironment } from './dependencies.ts'
import { pathOf } from './request-kind.ts'

let bundle: AssetBundle | null = null

/** The files, read at their first use. */
function assets(): AssetBundle {
  bundle ??= readAssets()
  return bundle
}

/** Where pages find their style sheet, script and icon. */
export function assetAddresses(): { css: string; js: string; icon: string } {
  const { css, js, icon } = assets()
  return { css: css.address, js: js.address, icon: icon.address }
}

export const assetRoutes = new Hono<AppEnvironment>()
  .get('/favicon.ico', (c) => serve(assets().icon, c.req.raw, 'no-cache'))
  .get('/assets/:name', (c) => {
    const path = pathOf(c.req.raw)
    const found = Object.values(assets()).find((asset: Asset) => asset.address === path)
    return found ? serve(found, c.req.raw, 'public, max-age=31536000, immutable') : c.notFound()
  })

async function serve(asset: Asset, request: Request, cacheControl: string): Promise<Response> {
  const encoding = bestEncoding(request.headers.get('accept-encoding') ?? '')
  const body = await asset.encoded(encoding)
  const headers = new Headers({
    'content-type': asset.contentType,
    'cache-control': cacheControl,
    vary: 'Accept-Encoding',
  })
  if (encoding !== 'identity') headers.set('content-encoding', encoding)
  return new Response(new Uint8Array(body), { headers })
}

/** The smallest form that the client takes; a weight of 0 refuses one. Source: RFC 9110 §12.5.3 */
function bestEncoding(accepted: string): Encoding {
  // Without spaces the patterns below need no more time than the text is long.
  const listed = accepted.replaceAll(/\s/g, '')
  const takes = (name: string) => new RegExp(`(?:^|,)${name}(?:;q=(?!0(?:\\.0*)?(?:,|$))[\\d.]+)?(?:,|$)`).test(listed)
  return takes('br') ? 'br' : takes('gzip') ? 'gzip' : 'identity'
}
