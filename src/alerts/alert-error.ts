/** An act on an alert that cannot be done. */

export class AlertError extends Error {
  override readonly name = 'AlertError'

  constructor(readonly problem: 'not_found') {
    super(problem)
  }
}
