/** All events that a filter lets through, as one table; under it the one that is selected. */
import {
  type KeyboardEvent,
  type RefObject,
  memo,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react"
import "./Events.css"
import { useStore } from "../connection/Store.ts"
import type { ViewProps } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { timeZone } from "../shell/TimeFormat.ts"
import { resized } from "../table/TableColumns.ts"
import { type Cell, type TableHandle, VirtualTable } from "../table/VirtualTable.tsx"
import { visible } from "../text/HostileText.ts"
import { CellText, valuesOf } from "./CellText.tsx"
import { ColumnsDialog } from "./ColumnsDialog.tsx"
import type { Precision } from "./EventColumns.ts"
import type { EventRow } from "./EventRows.ts"
import type { EventsSession } from "./EventsSession.ts"
import { EventsToolBar } from "./EventsToolBar.tsx"
import type { EventValue } from "./EventTree.ts"
import { ExportDialog } from "./ExportDialog.tsx"
import { FilterInput } from "./FilterInput.tsx"
import { Preview } from "./Preview.tsx"
import {
  type EventActions,
  type ExportScopeRows,
  menuItems,
  newestRow,
  useEventActions,
} from "./EventActions.ts"
import {
  placeOf,
  useArrival,
  useColumns,
  useCommands,
  useFacets,
  useKept,
  useLatest,
  useSeenRows,
  useSelection,
  useSession,
} from "./EventsTab.ts"
import { type MenuItem, type MenuPlace, ValueMenu } from "./ValueMenu.tsx"

/** Units: pixels. */
const previewHeight = 220
const widthStep = 10

const rowClass = (value: unknown): string =>
  // What `rowAt` gives.
  (value as EventRow).damage === undefined ? "" : "events-damaged"

const NoEvents = ({ session }: { readonly session: EventsSession }) =>
  session.count > 0 || !session.isComplete ? null : (
    <p className="events-none">
      {session.filter === "" ? "Nothing is published yet." : "No event passes this filter."}
    </p>
  )

/** What the table does not show, and why. */
const Warnings = ({ session }: { readonly session: EventsSession }) => {
  const failure = session.failure ?? session.rows.failure
  const { damage } = session.found
  if (failure === undefined && damage.length === 0) return null
  const lost = damage.reduce((sum, { from, to }) => sum + to - from, 0)
  const [first] = damage
  return (
    <p className="events-warning" role="status">
      <Icon name="warning" /> {failure === undefined ? "" : visible(failure, 300)}{" "}
      {first === undefined
        ? ""
        : `${lost.toLocaleString("en")} entries could not be searched, the first is ${first.from}: ${visible(first.detail, 200)}`}
    </p>
  )
}

interface SelectedProps {
  /** Of the last render, so that nothing is rendered again for a click that may come. */
  readonly actions: RefObject<EventActions>
  readonly at: number | undefined
  readonly row: EventRow | undefined
  readonly onValue: (values: ReadonlyArray<EventValue>, sequence: number, place: MenuPlace) => void
  readonly scene: ViewProps["scene"]
}

/** The preview, or the way to get it back. */
const Selected = memo(({ actions, at, onValue, row, scene }: SelectedProps) => {
  const [height, setHeight] = useKept(scene.host, "events.preview", previewHeight)
  const [isShown, setIsShown] = useKept(scene.host, "events.previewed", 1)
  if (at === undefined) return null
  if (isShown === 0)
    return (
      <button type="button" className="events-show" onClick={() => setIsShown(1)}>
        <Icon name="chevron-up" /> Show the selected event
      </button>
    )
  return (
    <Preview
      key={at}
      sequence={at}
      row={row}
      height={height}
      resize={setHeight}
      close={() => setIsShown(0)}
      open={(isBeside) => actions.current.open(at, isBeside)}
      around={() => actions.current.around(at)}
      copy={() => {
        // Of what is not here, or can't be read, there is nothing to copy.
        if (row !== undefined && row.damage === undefined)
          actions.current.copy(row.json, "Copied the event")
      }}
      onValue={(value, place) => onValue([value], at, place)}
    />
  )
})

const scopesOf = (session: EventsSession, marked: ExportScopeRows | undefined) => [
  ...(marked === undefined
    ? []
    : [{ id: "selected", label: "The selected rows", count: marked.count }]),
  {
    id: "filter",
    label:
      session.filter === ""
        ? "All events"
        : session.isComplete
          ? "All events that the filter lets through"
          : "All events that were found so far",
    count: session.count,
  },
]

const Exporting = ({
  actions,
  close,
  marked,
  scene,
  session,
}: {
  readonly actions: EventActions
  readonly close: () => void
  readonly marked: ExportScopeRows | undefined
  readonly scene: ViewProps["scene"]
  readonly session: EventsSession
}) => (
  <ExportDialog
    scopes={scopesOf(session, marked)}
    run={(scope, format, signal, progress) =>
      actions.saveFile(
        scope === "selected" && marked !== undefined ? marked : { from: 0, count: session.count },
        format,
        signal,
        progress,
      )
    }
    close={(said) => {
      close()
      if (said !== undefined) scene.workbench.notify(said)
    }}
  />
)

const EventsView = (view: ViewProps) => {
  const { isVisible, parameters, scene } = view
  const { filter, isFollowing, order, session, version } = useSession(view)
  const seen = useFacets(session, version, isVisible)
  useStore(timeZone)
  const input = useRef<HTMLInputElement>(null)
  const table = useRef<TableHandle>(null)
  const at = placeOf(parameters["at"])
  const arrive = useArrival(session, version, at, table)
  const [columns, setColumns] = useColumns(scene, parameters["columns"])
  const [column, setColumn] = useState(0)
  const selection = useSelection(session)
  const [menu, setMenu] = useState<{ items: ReadonlyArray<MenuItem>; at: MenuPlace } | undefined>()
  const closeMenu = useCallback(() => setMenu(undefined), [])
  const [dialog, setDialog] = useState<"export" | "columns" | undefined>(undefined)
  const [precision, setPrecision] = useState<Precision>(() =>
    scene.host.read("events.precision") === "seconds" ? "seconds" : "milliseconds",
  )
  const actions = useEventActions(view, session, table, columns)
  const latestActions = useLatest(actions)
  const onSeen = useSeenRows(session, isVisible, latestActions, at)
  const apply = useCallback((next: string) => latestActions.current.apply(next, { at: "" }), [])
  useCommands(
    {
      focusFilter: () => input.current?.focus(),
      toggleFollow: () => actions.follow(!isFollowing),
      openExport: () => setDialog("export"),
      copyCommand: actions.copyCommand,
    },
    isVisible,
  )
  useEffect(() => {
    if (isFollowing && isVisible && order === "oldest") table.current?.reveal(newestRow(session))
  }, [isFollowing, isVisible, order, session, version])

  const activeRow = at === undefined ? undefined : session.rowOf(at)
  const active: Cell | undefined = activeRow === undefined ? undefined : { row: activeRow, column }
  const marked = selection.rows(activeRow)
  const offer = useCallback(
    (values: ReadonlyArray<EventValue>, sequence: number, place: MenuPlace) => {
      const json = session.rows.get(sequence)?.json
      setMenu({ items: menuItems(latestActions.current, values, sequence, json), at: place })
    },
    [latestActions, session],
  )
  const valuesUnder = (cell: Cell): ReadonlyArray<EventValue> =>
    valuesOf(session.eventAt(cell.row), columns[cell.column]?.id ?? "")
  const onKey = ({ altKey, key }: KeyboardEvent): boolean => {
    const one = columns[column]
    if (altKey) {
      const step = key === "ArrowLeft" ? -widthStep : key === "ArrowRight" ? widthStep : 0
      if (step !== 0 && one !== undefined) setColumns(resized(columns, one.id, one.width + step))
      return step !== 0
    }
    const [value] = active === undefined ? [] : valuesUnder(active)
    if (value === undefined || !["+", "=", "-"].includes(key)) return false
    actions.add(key === "-" ? "!=" : "=", value)
    return true
  }
  const onActive = (cell: Cell, isExtending: boolean) => {
    const sequence = session.sequenceAt(cell.row)
    if (sequence === undefined) return
    arrive(sequence)
    setColumn(cell.column)
    if (!isExtending) selection.begin(sequence)
    if (sequence !== at) actions.change({ at: String(sequence) })
  }
  return (
    <div className="events">
      <h2 className="unseen">Events</h2>
      <FilterInput applied={filter} apply={apply} seen={seen} input={input} />
      <EventsToolBar
        scene={scene}
        session={session}
        version={version}
        precision={precision}
        setPrecision={(next) => {
          setPrecision(next)
          scene.host.write("events.precision", next)
        }}
        setFollowing={actions.follow}
        setOrder={(next) => actions.change({ order: next === "newest" ? "" : next })}
        showNew={actions.showNew}
        openColumns={() => setDialog("columns")}
        openExport={() => setDialog("export")}
        copyCommand={actions.copyCommand}
        save={() => actions.save(order)}
      />
      <Warnings session={session} />
      <div className="events-table">
        <VirtualTable
          label="Events"
          handle={table}
          columns={columns}
          rows={session.count}
          rowAt={(row) => session.eventAt(row)}
          cell={(value, { id }) => (
            // What `rowAt` gives.
            <CellText row={value as EventRow} column={id} precision={precision} />
          )}
          rowClass={rowClass}
          active={active}
          isMarked={(row) =>
            marked !== undefined && row >= marked.from && row < marked.from + marked.count
          }
          version={version}
          onSeen={onSeen}
          onResize={(id, width) => setColumns(resized(columns, id, width))}
          onActive={onActive}
          onOpen={(row, isBeside) => actions.open(session.sequenceAt(row), isBeside)}
          onMenu={(cell, place) => {
            const sequence = session.sequenceAt(cell.row)
            if (sequence !== undefined) offer(valuesUnder(cell), sequence, place)
          }}
          onKey={onKey}
        />
        <NoEvents session={session} />
      </div>
      <Selected
        actions={latestActions}
        at={at}
        row={at === undefined ? undefined : session.rows.get(at)}
        onValue={offer}
        scene={scene}
      />
      {menu === undefined ? null : (
        <ValueMenu label="What to do with it" items={menu.items} at={menu.at} close={closeMenu} />
      )}
      {dialog === "columns" ? (
        <ColumnsDialog
          columns={columns}
          fields={[...seen.keys()]}
          change={setColumns}
          close={() => setDialog(undefined)}
        />
      ) : null}
      {dialog === "export" ? (
        <Exporting
          actions={actions}
          scene={scene}
          session={session}
          marked={marked}
          close={() => setDialog(undefined)}
        />
      ) : null}
    </div>
  )
}

export default EventsView
