/** Trails as rows, with what verifying them said. */
import { visible } from "@countersign/inspector/page/text/HostileText"
import type { Verdict } from "../command/Verdict.ts"
import { verdictWords } from "../command/VerdictWords.ts"
import { keyOf, nameOf, type Target } from "../monitor/Target.ts"
import type { Trail } from "../trail/Trails.ts"
import { count, type Row } from "./Row.ts"

export interface TrailRowsOptions {
  readonly trails: ReadonlyArray<Trail>
  readonly current: Target | undefined
  readonly verdicts: ReadonlyMap<string, Verdict>
}

const looks = {
  verified: { icon: "pass", colour: "testing.iconPassed" },
  tampered: { icon: "error", colour: "testing.iconFailed" },
  incomplete: { icon: "warning", colour: "list.warningForeground" },
  unverifiable: { icon: "question", colour: "list.warningForeground" },
} as const

const rowOf = (
  target: Target,
  size: number | undefined,
  facts: ReadonlyArray<string>,
  label: string,
  tooltip: string,
  { current, verdicts }: TrailRowsOptions,
): Row => {
  const id = keyOf(target)
  const verdict = verdicts.get(id)
  const isCurrent = current !== undefined && keyOf(current) === id
  const all = [
    ...facts,
    ...(verdict === undefined ? [] : [verdictWords(verdict, size)]),
    ...(isCurrent ? ["looked at"] : []),
  ]
  return {
    id,
    label,
    description: all.join(" · "),
    ...(verdict === undefined ? { icon: isCurrent ? "eye" : "shield" } : looks[verdict.verdict]),
    tooltip: [tooltip, ...all].join("\n"),
    spoken: [label, ...all].join(", "),
    context: target._tag === "Trail" ? "trail" : "address",
    children: [],
    command: { id: "countersign.openInspector", title: "Open the inspector", argument: id },
  }
}

/** The trails of the folders, and the monitor elsewhere that is looked at. */
export const trailRows = (options: TrailRowsOptions): ReadonlyArray<Row> => {
  const { current, trails } = options
  const rows = trails.map(({ directory, isAnnounced, name, origin, size }) =>
    rowOf(
      { _tag: "Trail", directory },
      size,
      [
        size === 1 ? "1 entry" : `${count(size)} entries`,
        ...(isAnnounced ? ["engine announced"] : []),
      ],
      visible(name, 200),
      `${visible(origin, 300)}\n${visible(directory, 1000)}`,
      options,
    ),
  )
  const isElsewhere = current !== undefined && !rows.some(({ id }) => id === keyOf(current))
  return isElsewhere
    ? [
        ...rows,
        rowOf(current, undefined, [], visible(nameOf(current), 200), keyOf(current), options),
      ]
    : rows
}
