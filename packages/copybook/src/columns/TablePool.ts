/**
 * The kernels' tables in memory, each of them once.
 *
 * @since 0.1.0
 */
import type { CodePage } from "../charset/CodePage.ts"
import type { Arena } from "../kernels/Arena.ts"
import * as KernelTables from "../kernels/KernelTables.ts"

/** Bytes that change how those behind them are read: shift-out and shift-in. */
const shifts = [0x0e, 0x0f]

/** A page as the kernels take it: bytes that begin a character of two bytes are none to them. */
const singleOf = (page: CodePage): CodePage =>
  page.double === undefined ? page : { ...page, unassigned: [...page.unassigned, ...shifts] }

/**
 * Addresses of tables; what is asked for again is the same table.
 *
 * @category models
 * @since 0.1.0
 */
export class TablePool {
  private readonly arena: Arena
  private readonly addresses = new Map<string, number>()
  private readonly pages = new Map<CodePage, number>()

  constructor(arena: Arena) {
    this.arena = arena
  }

  private once(key: string, make: () => Uint8Array | Uint16Array): number {
    const known = this.addresses.get(key)
    if (known !== undefined) return known
    const address = this.arena.place(make())
    this.addresses.set(key, address)
    return address
  }

  private pageKey(page: CodePage): number {
    const known = this.pages.get(page)
    if (known !== undefined) return known
    this.pages.set(page, this.pages.size)
    return this.pages.size - 1
  }

  /** Latin-1 of pairs of bytes; 0xFF for all that is not Latin-1. */
  pairs(page: CodePage): number {
    return this.once(`pairs ${this.pageKey(page)}`, () =>
      KernelTables.pairsOf(KernelTables.latinOf(singleOf(page))),
    )
  }

  utf8(page: CodePage): number {
    return this.once(`utf8 ${this.pageKey(page)}`, () =>
      KernelTables.utf8CharactersOf(singleOf(page)),
    )
  }

  json(page: CodePage): number {
    return this.once(`json ${this.pageKey(page)}`, () =>
      KernelTables.jsonCharactersOf(singleOf(page)),
    )
  }

  /** Back from Latin-1; the page's blank for what it has no byte for. */
  latinPairs(page: CodePage): number {
    return this.once(`latin ${this.pageKey(page)}`, () =>
      KernelTables.pairsOf(
        Uint8Array.from({ length: 256 }, (_, unit) => {
          const byte = page.fromUnicode[unit] ?? -1
          return byte < 0 ? (page.fromUnicode[0x20] ?? 0x20) : byte
        }),
      ),
    )
  }

  signs(table: Uint8Array): number {
    return this.once(`signs ${table.join()}`, () => table)
  }

  packedPairs(): number {
    return this.once("packed", KernelTables.packedPairs)
  }

  packedLastPairs(signs: KernelTables.PackedSigns): number {
    return this.once(`packed ${signs.valid} ${signs.negative}`, () =>
      KernelTables.packedLastPairs(signs),
    )
  }

  packedFours(): number {
    return this.once("packed fours", KernelTables.packedFours)
  }

  zonedFours(zone: number): number {
    return this.once(`zoned fours ${zone}`, () => KernelTables.zonedFours(zone))
  }
}
