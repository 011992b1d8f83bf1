/** Test kit: numbers that look random and are the same in every run (xorshift, Marsaglia 2003). */

export class Numbers {
  private state: number

  constructor(seed: number) {
    this.state = (seed + 1) * 0x9e3779b1
  }

  /** 0 to `bound` − 1. */
  below(bound: number): number {
    this.state ^= this.state << 13
    this.state ^= this.state >>> 17
    this.state ^= this.state << 5
    return (this.state >>> 0) % bound
  }

  pick<A>(values: readonly [A, ...ReadonlyArray<A>]): A {
    return values[this.below(values.length)] ?? values[0]
  }
}
