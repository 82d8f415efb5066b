/**
 * Reads what stands under public/ into three files with a hash in their names: one style sheet, one script, one icon.
 * Files of the same content have the same name, so browsers may keep them for ever. Nothing is written to disk.
 */

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const PUBLIC = fileURLToPath(new URL('../../public', import.meta.url))

/** In this order in one file: loaded apart, htmx may start before its extensions have registered. */
const SCRIPTS = [
  'vendor/htmx-4.0.1/htmx.min.js',
  'vendor/htmx-4.0.1/hx-csp.min.js',
  'vendor/htmx-4.0.1/hx-sse.min.js',
  'js/app.js',
  'js/keyboard.js',
  'js/alerts.js',
]

export type Encoding = 'br' | 'gzip' | 'identity'

/** One file to serve. Compressed forms are made at their first request and kept. */
export interface Asset {
  /** Path below the server's root, such as `/assets/app-3f2a.css`. */
  address: string
  contentType: string
  body: Buffer
  encoded(encoding: Encoding): Promise<Buffer>
}

export interface AssetBundle {
  css: Asset
  js: Asset
  icon: Asset
}

/** Reads the files below `root` (public/ unless told). Throws when one is missing: a bug, not an input. */
export function readAssets(root = PUBLIC): AssetBundle {
  const script = SCRIPTS.map((name) =>
    readFileSync(join(root, name), 'utf8').replace(/^\/\/# sourceMappingURL=.*$/gm, ''),
  )
  return {
    css: asset('app', 'css', 'text/css; charset=utf-8', Buffer.from(styleSheet(join(root, 'css/app.css')))),
    js: asset('app', 'js', 'text/javascript; charset=utf-8', Buffer.from(script.join('\n;\n'))),
    icon: asset('icon', 'svg', 'image/svg+xml', readFileSync(join(root, 'icon.svg'))),
  }
}

const IMPORT = /@import\s+(?:url\(\s*)?["']?([\w./-]+\.css)["']?\s*\)?\s*(?:layer\(([\w.-]+)\))?\s*;/g

/** A style sheet with its imports put in their place, each in its layer. */
function styleSheet(path: string): string {
  const text = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
  return text
    .replace(IMPORT, (_, name: string, layer: string | undefined) => {
      const imported = styleSheet(join(dirname(path), name))
      return layer ? `@layer ${layer} {\n${imported}\n}` : imported
    })
    .replace(/\n\s+/g, '\n')
    .trim()
}

function asset(name: string, extension: string, contentType: string, body: Buffer): Asset {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16)
  const kept = new Map<Encoding, Promise<Buffer>>()
  return {
    address: `/assets/${name}-${hash}.${extension}`,
    contentType,
    body,
    encoded(encoding) {
      const made = kept.get(encoding) ?? encode(body, encoding)
      kept.set(encoding, made)
      return made
    },
  }
}

async function encode(body: Buffer, encoding: Encoding): Promise<Buffer> {
  if (encoding === 'identity') return body
  // Loaded by the first browser that has not kept the file.
  const { brotliCompress, constants, gzip } = await import('node:zlib')
  if (encoding === 'gzip') return await promisify(gzip)(body, { level: 9 })
  const quality = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length }
  return await promisify(brotliCompress)(body, { params: quality })
}
