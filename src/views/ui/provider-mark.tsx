/** A provider's sign: the first two letters of its name on a neutral tile. No logos. */

export function ProviderMark({ name }: { name: string }) {
  return (
    <span class="provider-mark" title={name}>
      <span aria-hidden="true">{Array.from(name).slice(0, 2).join('')}</span>
      <span class="visually-hidden">{name}</span>
    </span>
  )
}
