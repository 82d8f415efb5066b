/** @jsxImportSource #html */
/** Machines that share this database. */

import type { MachineView } from '../../accounts/machines.ts'
import { FullTime } from '../ui/time.tsx'
import type { ViewContext } from '../view-context.ts'

/** Only where there is something to tell: one machine alone needs no list. */
export function MachineList({ view, machines }: { view: ViewContext; machines: readonly MachineView[] }) {
  const { settings } = view.t
  if (machines.length < 2) return null
  return (
    <section class="panel" aria-labelledby="machines-title">
      <h2 id="machines-title" class="panel__title">
        {settings.machines}
      </h2>
      <p class="quiet">{settings.machinesHint}</p>
      <ul class="sessions">
        {machines.map((machine) => (
          <li class="session">
            <div class="session__what">
              <p class="session__agent">
                <span class="session__name">{machine.name}</span>{' '}
                {machine.isThis && <span class="tag tag--live">{settings.thisMachine}</span>}
              </p>
              <p class="quiet">
                {settings.lastSeen}: <FullTime view={view} at={machine.lastSeenAt} /> · {settings.since}:{' '}
                <FullTime view={view} at={machine.firstSeenAt} />
              </p>
              {machine.retiredAt !== null && <p class="quiet">{settings.machineRetired}</p>}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
