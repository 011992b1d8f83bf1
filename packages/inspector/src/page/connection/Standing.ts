/** How the connection stands, and what is known of why it does not stand. */
import { type ReadonlyStore, makeStore } from "./Store.ts"

export type ConnectionState =
  | { readonly _tag: "Connecting" }
  | { readonly _tag: "Live" }
  /** What is shown is as it was at that moment. */
  | { readonly _tag: "Stale"; readonly sinceMillis: number; readonly detail: string }
  /** Nobody tries again: it takes another token, or another page. */
  | { readonly _tag: "Refused"; readonly sinceMillis: number; readonly detail: string }
  | { readonly _tag: "NoToken" }

export interface Standing {
  readonly state: ReadonlyStore<ConnectionState>
  readonly live: () => void
  readonly lost: (detail: string) => void
  readonly refused: (detail: string) => void
}

/** Why no connection came to be, as the answer to a plain request at the same place tells it. */
export type Judgement = { readonly isFinal: boolean; readonly detail: string }

/**
 * @param status of the answer; `undefined`: there was none
 */
export const judge = (status: number | undefined): Judgement => {
  if (status === undefined) return { isFinal: false, detail: "no server answers at this address" }
  if (status === 401) {
    return {
      isFinal: true,
      detail: "the monitor does not take this token: it has begun anew, or it is another monitor",
    }
  }
  if (status === 403 || status === 421) {
    return {
      isFinal: true,
      detail: "the monitor does not know the name in this page's address",
    }
  }
  if (status === 502) {
    return {
      isFinal: false,
      detail: "the server of this page reaches no monitor: the engine has ended, or begins anew",
    }
  }
  return {
    isFinal: false,
    detail:
      "a server answers, but lets no WebSocket through: too many pages look at this trail, or a proxy or an extension of the browser stands between",
  }
}

const delayMillisMax = 10_000

/** Quick at first, since an engine that begins anew is there in a second. Units: milliseconds. */
export const delayAfter = (failures: number): number =>
  Math.min(delayMillisMax, 1000 * 1.5 ** Math.min(20, Math.max(0, failures - 3)))

/**
 * @param atMillis when what is shown now was so; `undefined`: nothing is shown
 */
export const makeStanding = (
  isAllowed: boolean,
  atMillis: () => number | undefined,
  now: () => number = Date.now,
): Standing => {
  const state = makeStore<ConnectionState>({ _tag: isAllowed ? "Connecting" : "NoToken" })
  const since = () => {
    const standing = state.get()
    return standing._tag === "Stale" ? standing.sinceMillis : (atMillis() ?? now())
  }
  return {
    state,
    live: () => {
      if (state.get()._tag !== "Live") state.set({ _tag: "Live" })
    },
    lost: (detail) => {
      const standing = state.get()
      if (standing._tag === "Refused") return
      if (standing._tag === "Stale" && standing.detail === detail) return
      state.set({ _tag: "Stale", sinceMillis: since(), detail })
    },
    refused: (detail) => state.set({ _tag: "Refused", sinceMillis: since(), detail }),
  }
}
