/** What was used last, the newest first, from one visit to the next. */
import type { Host } from "../host/Host.ts"
import { type ReadonlyStore, makeStore } from "../connection/Store.ts"

export interface Recent {
  readonly all: ReadonlyStore<ReadonlyArray<string>>
  /** `isSame`: what the name stands in the place of, besides itself. */
  readonly use: (name: string, isSame?: (other: string) => boolean) => void
}

export const used = (
  before: ReadonlyArray<string>,
  name: string,
  most: number,
  isSame: (other: string) => boolean = (other) => other === name,
): ReadonlyArray<string> => [name, ...before.filter((other) => !isSame(other))].slice(0, most)

/** Those that were used before the others, in the order of their use; the others as they are. */
export const recentFirst = <A>(
  all: ReadonlyArray<A>,
  recent: ReadonlyArray<string>,
  nameOf: (one: A) => string,
): ReadonlyArray<A> => {
  const place = new Map(recent.map((name, index) => [name, index]))
  const placeOf = (one: A) => place.get(nameOf(one)) ?? recent.length
  return all.toSorted((a, b) => placeOf(a) - placeOf(b))
}

const nameLengthMax = 2048

const kept = (text: string | undefined, most: number): ReadonlyArray<string> => {
  try {
    const read: unknown = JSON.parse(text ?? "[]")
    if (!Array.isArray(read)) return []
    return read
      .filter((name) => typeof name === "string" && name.length <= nameLengthMax)
      .slice(0, most)
  } catch {
    return []
  }
}

export const makeRecent = (host: Host, key: string, most: number): Recent => {
  const all = makeStore(kept(host.read(key), most))
  return {
    all,
    use: (name, isSame) => {
      if (all.get()[0] === name || name.length > nameLengthMax) return
      all.set(used(all.get(), name, most, isSame))
      host.write(key, JSON.stringify(all.get()))
    },
  }
}
