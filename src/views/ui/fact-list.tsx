/** @jsxImportSource #html */
/** Names and values that are read, such as addresses and paths. */

export function FactList({ rows }: { rows: readonly (readonly [string, string])[] }) {
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <div class="facts__row">
          <dt>{name}</dt>
          <dd>
            <code>{value}</code>
          </dd>
        </div>
      ))}
    </dl>
  )
}
