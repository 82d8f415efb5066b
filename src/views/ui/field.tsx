/** @jsxImportSource #html */
/** A labelled text field with its hint. */

interface FieldProps {
  id: string
  name: string
  label: string
  value?: string
  hint?: string
  type?: 'text' | 'password' | 'datetime-local'
  maxlength?: number
  required?: boolean
  autofocus?: boolean
}

/** `password` fields ask password managers to keep away: tokens are not passwords. */
export function Field({ id, name, label, value, hint, type = 'text', maxlength, required, autofocus }: FieldProps) {
  return (
    <div class="field">
      <label class="field__label" for={id}>
        {label}
      </label>
      <input
        id={id}
        class="input"
        name={name}
        type={type}
        value={value}
        maxlength={maxlength}
        required={required}
        autofocus={autofocus}
        autocomplete="off"
        spellcheck={false}
        data-1p-ignore
        aria-describedby={hint ? `${id}-hint` : undefined}
      />
      {hint && (
        <p id={`${id}-hint`} class="field__hint">
          {hint}
        </p>
      )}
    </div>
  )
}
