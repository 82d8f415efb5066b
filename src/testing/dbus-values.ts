/** Values as they stand in messages of D-Bus, little end first: as much of the format as a keyring speaks. Source: D-Bus Specification 0.43, "Marshaling". */

export type DbusValue = string | number | boolean | Uint8Array | DbusValue[] | Variant

/** A value that says its own type. */
export interface Variant {
  type: string
  value: DbusValue
}

/** The complete types that a signature is made of. */
function typesOf(signature: string): string[] {
  const types: string[] = []
  for (let at = 0; at < signature.length; ) {
    const end = endOfType(signature, at)
    types.push(signature.slice(at, end))
    at = end
  }
  return types
}

function endOfType(signature: string, at: number): number {
  const first = signature[at]!
  if (first === 'a') return endOfType(signature, at + 1)
  if (first !== '(' && first !== '{') return at + 1
  const close = first === '(' ? ')' : '}'
  let end = at + 1
  while (signature[end] !== close) end = endOfType(signature, end)
  return end + 1
}

/** Where a type may begin: a multiple of this. */
function alignmentOf(type: string): number {
  if ('({'.includes(type[0]!)) return 8
  return 'ygv'.includes(type[0]!) ? 1 : 4
}

/** The bytes of values that begin at a multiple of eight. */
export function encodeValues(signature: string, values: readonly DbusValue[]): Buffer {
  const bytes: number[] = []
  const align = (to: number) => {
    while (bytes.length % to !== 0) bytes.push(0)
  }
  const uint32 = (value: number) => {
    align(4)
    bytes.push(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff)
  }
  const write = (type: string, value: DbusValue): void => {
    const kind = type[0]!
    if (kind === 'y') bytes.push(value as number)
    else if (kind === 'u' || kind === 'b') uint32(Number(value))
    else if (kind === 's' || kind === 'o') {
      const text = Buffer.from(value as string)
      uint32(text.length)
      bytes.push(...text, 0)
    } else if (kind === 'g') bytes.push((value as string).length, ...Buffer.from(value as string), 0)
    else if (kind === 'v') {
      const { type: inner, value: held } = value as Variant
      write('g', inner)
      write(inner, held)
    } else if (kind === 'a') {
      const inner = type.slice(1)
      uint32(0)
      const lengthAt = bytes.length - 4
      align(alignmentOf(inner))
      const start = bytes.length
      for (const each of value as Iterable<DbusValue>) write(inner, each)
      const length = Buffer.alloc(4)
      length.writeUInt32LE(bytes.length - start)
      bytes.splice(lengthAt, 4, ...length)
    } else {
      align(8)
      for (const [index, each] of typesOf(type.slice(1, -1)).entries()) write(each, (value as DbusValue[])[index]!)
    }
  }
  for (const [index, type] of typesOf(signature).entries()) write(type, values[index]!)
  return Buffer.from(bytes)
}

/** The values of a signature; `at` counts from the beginning of the message. Bytes come as a Buffer. */
export function decodeValues(signature: string, message: Buffer, start = 0): DbusValue[] {
  let at = start
  const align = (to: number) => {
    at = Math.ceil(at / to) * to
  }
  const uint32 = () => {
    align(4)
    at += 4
    return message.readUInt32LE(at - 4)
  }
  const text = (length: number) => {
    at += length + 1
    return message.toString('utf8', at - length - 1, at - 1)
  }
  const read = (type: string): DbusValue => {
    const kind = type[0]!
    if (kind === 'y') return message[at++]!
    if (kind === 'u') return uint32()
    if (kind === 'b') return uint32() === 1
    if (kind === 's' || kind === 'o') return text(uint32())
    if (kind === 'g') return text(message[at++]!)
    if (kind === 'v') {
      const inner = text(message[at++]!)
      return { type: inner, value: read(inner) }
    }
    if (kind === 'a') {
      const inner = type.slice(1)
      const length = uint32()
      align(alignmentOf(inner))
      const end = at + length
      if (inner === 'y') {
        at = end
        return message.subarray(end - length, end)
      }
      const values: DbusValue[] = []
      while (at < end) values.push(read(inner))
      return values
    }
    align(8)
    return typesOf(type.slice(1, -1)).map(read)
  }
  return typesOf(signature).map(read)
}
