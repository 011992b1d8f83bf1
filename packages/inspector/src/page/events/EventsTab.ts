/** The tab of events as React sees it: the session, what was seen, what is selected. */
import {
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react"
import { useStore } from "../connection/Store.ts"
import type { ViewProps } from "../shell/Contribution.ts"
import type { TableHandle } from "../table/VirtualTable.tsx"
import type { TableColumn } from "../table/TableColumns.ts"
import type { EventActions, ExportScopeRows } from "./EventActions.ts"
import type { Seen } from "./Completion.ts"
import { EventsSession, type Order } from "./EventsSession.ts"
import { keepColumns, keptColumns, readColumns } from "./EventColumns.ts"
import { type EventsActions, actions, facets, shown } from "./EventsState.ts"
import { facetsOf } from "./Facets.ts"
import { startSaved } from "./SavedFilters.ts"

/** How many of the rows that are loaded the side bar counts. */
const facetRows = 2000
/** So far from the newest, nobody follows any more. */
const leavingRows = 3
/** Until a drag counts as ended. Units: milliseconds. */
const settleMillis = 50
/** Counting waits for a pause. Units: milliseconds. */
const facetMillis = 400

export const orderOf = (text: string | undefined): Order =>
  text === "oldest" ? "oldest" : "newest"

/** A place in a permalink; `undefined`: none, or rubbish. */
export const placeOf = (text: string | undefined): number | undefined => {
  const place = Number(text === "" ? Number.NaN : text)
  return Number.isSafeInteger(place) && place >= 0 ? place : undefined
}

export const useSession = ({ isVisible, parameters, scene }: ViewProps) => {
  const [session] = useState(() => {
    startSaved(scene.host)
    return new EventsSession(scene.connection)
  })
  const version = useStore(session.version)
  const filter = parameters["filter"] ?? ""
  const order = orderOf(parameters["order"])
  const isFollowing = parameters["live"] === "1"
  useEffect(() => {
    session.isFollowing = isFollowing
    if (!isVisible) return
    session.search(filter, order)
    if (isFollowing) session.showNew()
    return () => session.rest()
  }, [filter, isFollowing, isVisible, order, session])
  useEffect(() => {
    if (isVisible) shown.set(parameters)
  }, [isVisible, parameters])
  return { session, version, filter, order, isFollowing }
}

/** Counts fields and values once rows have stopped coming. */
export const useFacets = (session: EventsSession, version: number, isVisible: boolean): Seen => {
  const found = useStore(facets)
  useEffect(() => {
    if (!isVisible) return
    const timer = setTimeout(() => {
      const shownRows = session.rows
        .recent(facetRows)
        .filter(({ sequence }) => session.rowOf(sequence) !== undefined)
      facets.set(facetsOf(shownRows.map(({ event }) => event)))
    }, facetMillis)
    return () => clearTimeout(timer)
  }, [isVisible, session, version])
  return useMemo(
    () =>
      new Map(
        found.map(({ name, top }) => [
          name,
          top.flatMap(({ value }) => (value === null ? [] : [String(value)])),
        ]),
      ),
    [found],
  )
}

/** Puts the event of the permalink into the middle, once it is known where it is. */
export const useArrival = (
  session: EventsSession,
  version: number,
  at: number | undefined,
  table: RefObject<TableHandle | null>,
): ((sequence: number) => void) => {
  const arrived = useRef<string | undefined>(undefined)
  const key = `${session.filter} ${session.order} ${at ?? ""}`
  useEffect(() => {
    if (arrived.current === key || at === undefined) return
    const row = session.rowOf(at)
    if (row === undefined) return
    arrived.current = key
    table.current?.centre(row)
  }, [at, key, session, table, version])
  // What somebody chose here is where it was already.
  return useCallback(
    (sequence) => {
      arrived.current = `${session.filter} ${session.order} ${sequence}`
    },
    [session],
  )
}

/** The columns, which are remembered; a saved view brings its own. */
export const useColumns = ({ host }: ViewProps["scene"], given: string | undefined) => {
  const hasOwn = given !== undefined && given !== ""
  const [columns, setColumns] = useState(() => (hasOwn ? readColumns(given) : keptColumns(host)))
  const [before, setBefore] = useState(given)
  if (before !== given) {
    setBefore(given)
    if (hasOwn) setColumns(readColumns(given))
  }
  const change = useCallback(
    (next: ReadonlyArray<TableColumn>) => {
      setColumns(next)
      keepColumns(host, next)
    },
    [host],
  )
  return [columns, change] as const
}

/** From the event where a selection began to the row where it is. */
export const useSelection = (session: EventsSession) => {
  const [anchor, setAnchor] = useState<number | undefined>(undefined)
  return {
    begin: setAnchor,
    /** The first row and how many; `undefined`: one at most. */
    rows: (active: number | undefined): ExportScopeRows | undefined => {
      const from = anchor === undefined ? undefined : session.rowOf(anchor)
      if (from === undefined || active === undefined || from === active) return undefined
      return { from: Math.min(from, active), count: Math.abs(from - active) + 1 }
    },
  }
}

/** Whether somebody has gone back from where the newest are. */
export const isBack = (
  order: Order,
  count: number,
  seen: { readonly first: number; readonly end: number; readonly step: 1 | -1 },
): boolean =>
  order === "newest"
    ? seen.first > leavingRows
    : // Below, rows come that are not shown for a moment, and nobody has gone anywhere.
      seen.step < 0 && seen.end < count - leavingRows

/**
 * Asks for the rows that are seen, and again where others have come to stand there. Of a drag, in which
 * nothing stays in sight, the final target alone is asked for.
 */
export const useSeenRows = (
  session: EventsSession,
  isVisible: boolean,
  actions: RefObject<EventActions>,
  selected: number | undefined,
) => {
  const last = useRef<readonly [first: number, end: number, step: 1 | -1]>([0, 0, 1])
  const pending = useRef<ReturnType<typeof setTimeout>>(undefined)
  const { count } = session
  const newest = session.sequenceAt(0)
  useEffect(() => {
    session.selected = selected
    if (isVisible) session.see(...last.current)
    return () => clearTimeout(pending.current)
  }, [count, isVisible, newest, selected, session])
  return useCallback(
    (first: number, end: number, step: 1 | -1) => {
      const [firstBefore, endBefore] = last.current
      // Whoever goes back to read is not to be moved on.
      const hasLeft = isBack(session.order, session.count, { first, end, step })
      if (session.isFollowing && hasLeft) actions.current.follow(false)
      const isJump = endBefore > 0 && (first >= endBefore || end <= firstBefore)
      last.current = [first, end, step]
      clearTimeout(pending.current)
      if (isJump) pending.current = setTimeout(() => session.see(...last.current), settleMillis)
      else session.see(first, end, step)
    },
    [actions, session],
  )
}

/** Lets commands of the palette do what the tab that is seen does. */
export const useCommands = (given: EventsActions, isVisible: boolean) => {
  const latest = useRef(given)
  useEffect(() => {
    latest.current = given
  })
  useEffect(() => {
    if (!isVisible) return
    const tab: EventsActions = {
      focusFilter: () => latest.current.focusFilter(),
      toggleFollow: () => latest.current.toggleFollow(),
      openExport: () => latest.current.openExport(),
      copyCommand: () => latest.current.copyCommand(),
    }
    actions.set(tab)
    return () => {
      if (actions.get() === tab) actions.set(undefined)
    }
  }, [isVisible])
}

/** What was given last, for what happens later. */
export const useLatest = <A>(value: A): RefObject<A> => {
  const latest = useRef(value)
  useLayoutEffect(() => {
    latest.current = value
  })
  return latest
}

/** A height or another number that is remembered. */
export const useKept = (
  { read, write }: ViewProps["scene"]["host"],
  key: string,
  usual: number,
): readonly [number, (value: number) => void] => {
  const [value, setValue] = useState(() => {
    const kept = Number(read(key) ?? usual)
    return Number.isFinite(kept) ? kept : usual
  })
  return [
    value,
    (next) => {
      setValue(next)
      write(key, String(next))
    },
  ]
}
