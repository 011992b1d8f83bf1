/** Live figures for views: none while a tab is hidden, and no more often than a view draws. */
import { useEffect, useRef, useState, useSyncExternalStore } from "react"
import type { ReadonlyStore } from "../connection/Store.ts"

const nobody = () => () => undefined

/** The value of a store; the last one seen while `isVisible` is false. */
export const useWhile = <A>(store: ReadonlyStore<A>, isVisible: boolean): A => {
  const seen = useRef(store.get())
  return useSyncExternalStore(isVisible ? store.subscribe : nobody, () => {
    if (isVisible) seen.current = store.get()
    return seen.current
  })
}

/** The value of a store, at most once in `everyMillis`; its last change is not missed. */
export const useEvery = <A>(
  store: ReadonlyStore<A>,
  isVisible: boolean,
  everyMillis: number,
): A => {
  const [value, setValue] = useState(() => store.get())
  useEffect(() => {
    if (!isVisible) return undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let shownAt = -Infinity
    const show = () => {
      timer = undefined
      shownAt = performance.now()
      setValue(store.get())
    }
    show()
    const stop = store.subscribe(() => {
      timer ??= setTimeout(show, Math.max(0, shownAt + everyMillis - performance.now()))
    })
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [store, isVisible, everyMillis])
  return value
}
