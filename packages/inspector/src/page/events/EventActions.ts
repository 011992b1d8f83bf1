/** What somebody can do in the tab of events. */
import type { RefObject } from "react"
import type { ViewProps } from "../shell/Contribution.ts"
import type { TableColumn } from "../table/TableColumns.ts"
import type { TableHandle } from "../table/VirtualTable.tsx"
import { visible } from "../text/HostileText.ts"
import { writeColumns } from "./EventColumns.ts"
import type { EventsSession, Order } from "./EventsSession.ts"
import type { EventValue } from "./EventTree.ts"
import { type ExportFormat, type Exported, exportEvents } from "./Export.ts"
import { term, withTerm } from "./FilterEdit.ts"
import { rememberFilter, saveView } from "./SavedFilters.ts"
import { queryCommand } from "./ShellCommand.ts"
import type { MenuItem } from "./ValueMenu.tsx"

const shownValueMax = 40
const nameLengthMax = 60

export interface ExportScopeRows {
  readonly from: number
  readonly count: number
}

/** Where the newest are. */
export const newestRow = (session: EventsSession): number =>
  session.order === "newest" ? 0 : Math.max(0, session.count - 1)

export const useEventActions = (
  { parameters, scene, setParameters }: ViewProps,
  session: EventsSession,
  table: RefObject<TableHandle | null>,
  columns: ReadonlyArray<TableColumn>,
) => {
  const { connection, host, workbench } = scene
  const filter = parameters["filter"] ?? ""
  const change = (more: Readonly<Record<string, string>>) =>
    setParameters({ ...parameters, ...more })
  const apply = (next: string, more: Readonly<Record<string, string>> = {}) => {
    rememberFilter(host, next)
    change({ filter: next, ...more })
  }
  const copy = (text: string, said: string) =>
    void host.copy(text).then(
      () => workbench.notify(said),
      () => workbench.notify("The clipboard is not to be had here", "warning"),
    )
  const showNewest = () => table.current?.reveal(newestRow(session))
  return {
    change,
    apply,
    copy,
    add: (operator: "=" | "!=", { path, value }: EventValue) =>
      apply(withTerm(filter, term(path, operator, value))),
    open: (sequence: number | undefined, isBeside: boolean) => {
      if (sequence !== undefined)
        workbench.open("event", { sequence: String(sequence) }, { isBeside })
    },
    around: (sequence: number) => change({ filter: "", at: String(sequence), live: "" }),
    copyCommand: () =>
      copy(queryCommand(connection.about.get()?.directory ?? ".", filter), "Copied the command"),
    follow: (isFollowing: boolean) => {
      session.follow(isFollowing)
      change({ live: isFollowing ? "1" : "" })
      if (isFollowing) showNewest()
    },
    showNew: () => {
      session.showNew()
      showNewest()
    },
    save: (order: Order) => {
      const name = filter === "" ? "All events" : filter.slice(0, nameLengthMax)
      saveView(host, { name, filter, order, columns: writeColumns(columns) })
      workbench.notify(`Saved as ${visible(name, nameLengthMax)}, in the side bar`)
    },
    saveFile: async (
      { count, from }: ExportScopeRows,
      format: ExportFormat,
      signal: AbortSignal,
      progress: (done: number) => void,
    ): Promise<Exported> => {
      // Rows move as events come: those of this moment are meant.
      const sequenceAt = session.placesFrom(from)
      const exported = await exportEvents({
        format,
        columns,
        count,
        sequenceAt,
        ask: (sequences, stop) => connection.ask((client) => client.Entries({ sequences }), stop),
        signal,
        progress,
      })
      const type = format === "csv" ? "text/csv" : "application/x-ndjson"
      host.save(`events.${format}`, type, exported.text)
      return exported
    },
  }
}

export type EventActions = ReturnType<typeof useEventActions>

/** What the menu of some values offers; with a row, what can be done with its event too. */
export const menuItems = (
  actions: EventActions,
  values: ReadonlyArray<EventValue>,
  sequence: number,
  json: string | undefined,
): ReadonlyArray<MenuItem> => [
  ...values.flatMap((value): ReadonlyArray<MenuItem> => {
    const text = visible(term(value.path, "=", value.value), shownValueMax)
    return [
      { label: `Only ${text}`, icon: "add", keys: "+", run: () => actions.add("=", value) },
      { label: `Without ${text}`, icon: "remove", keys: "-", run: () => actions.add("!=", value) },
      {
        label: `Copy ${visible(String(value.value), shownValueMax)}`,
        icon: "copy",
        run: () => actions.copy(String(value.value), "Copied the value"),
      },
    ]
  }),
  {
    label: "Open",
    icon: "go-to-file",
    keys: "Enter",
    run: () => actions.open(sequence, false),
  },
  {
    label: "Open beside",
    icon: "split-horizontal",
    keys: "Ctrl+Enter",
    run: () => actions.open(sequence, true),
  },
  {
    label: "Show around, without a filter",
    icon: "list-selection",
    run: () => actions.around(sequence),
  },
  ...(json === undefined
    ? []
    : [
        {
          label: "Copy as JSON",
          icon: "json",
          run: () => actions.copy(json, "Copied the event"),
        },
      ]),
]
