/**
 * Who had a finding of a rule of late, so that one attack is told once.
 *
 * @since 0.1.0
 */

const subjectsMax = 16_384

/**
 * @category models
 * @since 0.1.0
 */
export class QuietTimes {
  readonly quietMillis: number
  private readonly last = new Map<string, number>()

  constructor(quietMillis: number) {
    this.quietMillis = quietMillis
  }

  isQuiet(subject: string, atMillis: number): boolean {
    const last = this.last.get(subject)
    return last !== undefined && Math.abs(atMillis - last) < this.quietMillis
  }

  note(subject: string, atMillis: number): void {
    this.last.delete(subject)
    this.last.set(subject, atMillis)
    const [oldest] = this.last.keys()
    if (this.last.size > subjectsMax && oldest !== undefined) this.last.delete(oldest)
  }
}
