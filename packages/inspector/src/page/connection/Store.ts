/** A value that changes, and those who want to know: what live figures go through to the views. */
import { useSyncExternalStore } from "react"

export interface ReadonlyStore<A> {
  readonly get: () => A
  /** Hears of each change until the function that it gives is called. */
  readonly subscribe: (changed: () => void) => () => void
}

export interface Store<A> extends ReadonlyStore<A> {
  readonly set: (value: A) => void
}

export const makeStore = <A>(initial: A): Store<A> => {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set: (next) => {
      if (Object.is(value, next)) return
      value = next
      for (const changed of listeners) changed()
    },
    subscribe: (changed) => {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
  }
}

/** Renders again when the value changes. */
export const useStore = <A>(store: ReadonlyStore<A>): A =>
  useSyncExternalStore(store.subscribe, store.get)

/** The same for a part of it; `part` must give the same object for the same value. */
export const useStorePart = <A, B>(store: ReadonlyStore<A>, part: (value: A) => B): B =>
  useSyncExternalStore(store.subscribe, () => part(store.get()))
