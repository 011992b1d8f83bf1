/**
 * Series that a rule has no room to watch one by one: how many there are, and of how many a
 * condition holds that needs no memory.
 *
 * A series may come in a pass, with all others, and by itself between two passes. It counts once.
 *
 * @since 0.1.0
 */

const namedMax = 1000

interface Passed {
  holds: boolean
  pass: number
}

/**
 * A thousand are known by their names. Those beyond are counted in passes, in which each comes once.
 *
 * @category models
 * @since 0.1.0
 */
export class PassedOver {
  private readonly named = new Map<string, Passed>()
  private pass = 0
  private beyond = { count: 0, holding: 0 }
  private newest = this.beyond

  /** @param isAlone whether it came by itself, not in a pass */
  take(series: string, holds: boolean, isAlone: boolean): void {
    const known = this.named.get(series)
    if (known !== undefined) {
      known.holds = holds
      known.pass = this.pass
    } else if (this.named.size < namedMax) this.named.set(series, { holds, pass: this.pass })
    else if (!isAlone) {
      this.beyond.count += 1
      if (holds) this.beyond.holding += 1
    }
  }

  /** It has found room. */
  remove(series: string): void {
    this.named.delete(series)
  }

  /** Forgets those that did not come since the pass before. */
  endPass(): void {
    for (const [series, { pass }] of this.named) {
      if (pass < this.pass) this.named.delete(series)
    }
    this.pass += 1
    this.newest = this.beyond
    this.beyond = { count: 0, holding: 0 }
  }

  get count(): number {
    return this.named.size + this.newest.count
  }

  get holding(): number {
    let { holding } = this.newest
    for (const { holds } of this.named.values()) if (holds) holding += 1
    return holding
  }
}
