/** @jsxImportSource #html */
/** A provider's sign: the first two letters of its name on a neutral tile. No logos. */

interface ProviderMarkProps {
  name: string
  /** Set where words beside the mark name the provider already, so that a screen reader does not hear it twice. */
  isNamedBeside?: boolean
}

export function ProviderMark({ name, isNamedBeside = false }: ProviderMarkProps) {
  return (
    <span class="provider-mark" title={name} aria-hidden={isNamedBeside ? 'true' : undefined}>
      <span aria-hidden="true">{Array.from(name).slice(0, 2).join('')}</span>
      {!isNamedBeside && <span class="visually-hidden">{name}</span>}
    </span>
  )
}
