/**
 * Which values each of many keys has had, and how many keys have had each value.
 *
 * A key has room for so many values, a rule for so many in all: the one that was not seen for longest
 * makes room, and would be new again. Values are kept as 32 bits; two that have the same are one.
 *
 * @since 0.1.0
 */
import { grownWholes, type SlotTable } from "./SlotTable.ts"

/**
 * Most values of one key.
 *
 * @category constants
 * @since 0.1.0
 */
export const valuesOfKeyMax = 32

/**
 * Most values of one rule whose keys are counted.
 *
 * @category constants
 * @since 0.1.0
 */
export const valuesOfRuleMax = 65_536

// Of the values that were new longest ago, so many are looked at for one that few keys have.
const spared = 8

/**
 * @category models
 * @since 0.1.0
 */
export class SeenValues {
  /** Values that made room for others, of a key or of the rule. */
  forgotten = 0

  private readonly table: SlotTable
  private readonly valuesMax: number
  /** Of each row its values, the one that was seen last first. */
  private values = new Uint32Array(0)
  private held = new Uint8Array(0)
  /** How many keys have each value; the one that was new for a key longest ago first. */
  private readonly keysWith = new Map<number, number>()

  constructor(table: SlotTable, valuesMax: number = valuesOfRuleMax) {
    this.table = table
    this.valuesMax = valuesMax
    table.onChange(
      (capacity) => {
        this.values = grownWholes(this.values, capacity * valuesOfKeyMax)
        const held = new Uint8Array(capacity)
        held.set(this.held)
        this.held = held
      },
      (row) => this.clear(row),
    )
  }

  /** Takes a value, and tells how many other keys have it; `undefined` where this key has it already. */
  add(row: number, value: number): number | undefined {
    const { values } = this
    const from = row * valuesOfKeyMax
    const held = this.held[row] ?? 0
    let place = from
    while (place < from + held && values[place] !== value) place += 1
    const isNew = place === from + held
    if (isNew) {
      if (held < valuesOfKeyMax) this.held[row] = held + 1
      else {
        place -= 1
        this.leave(values[place] ?? 0)
        this.forgotten += 1
      }
    }
    for (; place > from; place -= 1) values[place] = values[place - 1] ?? 0
    values[from] = value
    return isNew ? this.join(value) : undefined
  }

  /** Whether fewer than a share of the keys have a value that so many others have. */
  isRare(others: number, share: number): boolean {
    return others < share * this.table.size
  }

  private join(value: number): number {
    const others = this.keysWith.get(value) ?? 0
    this.keysWith.delete(value)
    this.keysWith.set(value, others + 1)
    if (this.keysWith.size > this.valuesMax) this.evict()
    return others
  }

  /** Whoever floods a rule with new values must not make it forget the common ones. */
  private evict(): void {
    for (let tries = 0; tries < spared; tries += 1) {
      const [oldest] = this.keysWith
      if (oldest === undefined) return
      const [value, keys] = oldest
      this.keysWith.delete(value)
      if (keys < 2 || tries === spared - 1) break
      this.keysWith.set(value, keys)
    }
    this.forgotten += 1
  }

  private leave(value: number): void {
    const keys = this.keysWith.get(value)
    if (keys === undefined) return
    if (keys > 1) this.keysWith.set(value, keys - 1)
    else this.keysWith.delete(value)
  }

  private clear(row: number): void {
    const from = row * valuesOfKeyMax
    for (let place = from; place < from + (this.held[row] ?? 0); place += 1) {
      this.leave(this.values[place] ?? 0)
    }
    this.held[row] = 0
  }
}
