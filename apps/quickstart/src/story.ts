/** The quickstart's output: what happened, in lines for a person. */
import type { VerifyReport } from "@countersign/core/trail/VerifyReport"
import { styleText } from "node:util"
import type { Fact } from "./fileEvent.ts"

/** Gives a text a look; without colours, gives it back. */
export interface Paint {
  readonly title: (text: string) => string
  readonly quiet: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
}

type Style = Parameters<typeof styleText>[0]

/** @param isColoured colours belong on a terminal, and not where NO_COLOR is set */
export const paintOf = (isColoured: boolean): Paint => {
  const painted = (style: Style) => (text: string) =>
    // Whether there may be colours was decided by the caller, so the stream is not asked again.
    isColoured ? styleText(style, text, { validateStream: false }) : text
  return {
    title: painted("bold"),
    quiet: painted("dim"),
    good: painted("green"),
    bad: painted("red"),
  }
}

const labelWidth = 9
const changeWidth = 9
const pathWidth = 46

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 })

/** `1 event`, `2,300 events`. */
const many = (count: number, one: string, more = `${one}s`): string =>
  `${whole.format(count)} ${count === 1 ? one : more}`

const millisText = (millis: number): string =>
  millis < 10 ? `${millis.toFixed(1)} ms` : `${whole.format(millis)} ms`

// Names come from a repository: what would move the cursor or turn the text must not.
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/gu

/** A foreign text, safe for a terminal. */
const printable = (text: string): string => text.replaceAll(unprintable, "�")

/** A person's name without the address that some put into it. */
const personOf = (who: string): string => printable(who).replaceAll(/@\S*/g, "@…")

/** Keeps the beginning and the end, which say most of a path. */
const fitted = (text: string, width: number): string => {
  const characters = Array.from(text)
  if (characters.length <= width) return text + " ".repeat(width - characters.length)
  const head = Math.ceil((width - 1) / 3)
  return `${characters.slice(0, head).join("")}…${characters.slice(head + 1 - width).join("")}`
}

const minuteOf = (time: string): string => time.slice(0, 16).replace("T", " ")

const row = (label: string, text: string, paint: Paint): string =>
  `  ${paint.title(label.padEnd(labelWidth))} ${text}`.trimEnd()

const indented = (text: string): string => row("", text, paintOf(false))

const factRow = ({ change, path, time, who }: Fact, paint: Paint): string =>
  indented(
    `${paint.quiet(minuteOf(time))}  ${change.padEnd(changeWidth)} ${fitted(printable(path), pathWidth)}  ${paint.quiet(personOf(who))}`,
  )

/** The first lines. */
export const opening = (paint: Paint): ReadonlyArray<string> => [
  "",
  `  ${paint.title("Countersign")}${paint.quiet(" keeps an audit trail that anyone can verify.")}`,
  "",
]

/** Where the events come from. */
export interface Source {
  /** For a person: `this repository`, or a path. */
  readonly place: string
  readonly events: number
  /** `reason` says why there is no history, so the files of the tree stand in for it. */
  readonly kind:
    | { readonly _tag: "History"; readonly commits: number; readonly authors: number }
    | { readonly _tag: "Tree"; readonly reason: string }
  readonly isShallow: boolean
  readonly isCut: boolean
}

/** What was found to record. */
export const found = (source: Source, paint: Paint): ReadonlyArray<string> => {
  const { events, isCut, isShallow, kind, place } = source
  const where = printable(place)
  const lines =
    kind._tag === "History"
      ? [
          row("History", `${where}: who changed which file, when`, paint),
          indented(
            `${many(kind.commits, "commit")} by ${many(kind.authors, "person", "people")}, ${many(events, "changed file")}`,
          ),
        ]
      : [
          row("Files", `${where}: which files there are, and since when`, paint),
          indented(`${many(events, "file")}; there is no history: ${printable(kind.reason)}`),
        ]
  if (isShallow) {
    lines.push(
      indented(paint.quiet("a shallow clone: what its oldest commits show may be older than they")),
    )
  }
  if (isCut) lines.push(indented(paint.quiet("there is more; this is where the quickstart stops")))
  return [...lines, ""]
}

/** What became of the events. */
export interface Recording {
  readonly events: number
  readonly millis: number
  readonly refused: number
  readonly receipt: { readonly level: string; readonly sequence: number | undefined }
}

/** The events in the trail, the newest of them as they were read back. */
export const recorded = (
  { events, millis, receipt, refused }: Recording,
  newest: ReadonlyArray<Fact>,
  paint: Paint,
): ReadonlyArray<string> => [
  row(
    "Record",
    `${many(events, "event")} on the disk in ${millisText(millis)}: ${whole.format((events * 1000) / millis)} events/s`,
    paint,
  ),
  indented(`the last one's receipt: ${receipt.level}, entry ${receipt.sequence ?? "?"}`),
  ...(refused === 0 ? [] : [indented(paint.bad(`${many(refused, "event")} refused`))]),
  "",
  ...newest.map((fact) => factRow(fact, paint)),
  "",
]

/** The trail as it was closed. */
export const signed = (
  trail: { readonly bytes: number; readonly files: number; readonly checkpoint: string },
  paint: Paint,
): ReadonlyArray<string> => {
  const [origin = "", size = "", root = "", , signature = ""] = trail.checkpoint.split("\n")
  return [
    row(
      "Sign",
      `${many(trail.bytes, "byte")} in ${many(trail.files, "file")}, one checkpoint over all:`,
      paint,
    ),
    "",
    indented(`${origin.padEnd(pathWidth)}  ${paint.quiet("the trail")}`),
    indented(`${size.padEnd(pathWidth)}  ${paint.quiet("entries, the engine's own among them")}`),
    indented(`${root.padEnd(pathWidth)}  ${paint.quiet("root hash")}`),
    indented(`${fitted(signature, pathWidth)}  ${paint.quiet("Ed25519 signature")}`),
    "",
  ]
}

/** The verdict over the untouched trail. */
export const verified = (
  report: VerifyReport,
  millis: number,
  paint: Paint,
): ReadonlyArray<string> => [
  row(
    "Verify",
    `${report.verdict === "verified" ? paint.good(report.verdict) : paint.bad(report.verdict)}: ${many(report.entries, "entry", "entries")} hashed again, ${many(report.tiles, "tile")} and the signature compared, ${millisText(millis)}`,
    paint,
  ),
  "",
]

/** The proof of one event. */
export const proven = (
  proof: { readonly index: number; readonly bytes: number; readonly hashes: number },
  fact: Fact,
  paint: Paint,
): ReadonlyArray<string> => [
  row(
    "Prove",
    `entry ${proof.index} ${paint.good("is in the trail")}: ${many(proof.hashes, "hash", "hashes")}, ${many(proof.bytes, "byte")}, checked without the trail`,
    paint,
  ),
  factRow(fact, paint),
  "",
]

/** What was altered, and what the verifier said to it. */
export const tampered = (
  altered: { readonly sequence: number; readonly offset: number; readonly file: string },
  before: Fact,
  after: string,
  report: VerifyReport,
  paint: Paint,
): ReadonlyArray<string> => [
  row(
    "Tamper",
    `in a copy, one byte of entry ${altered.sequence} is altered: byte ${whole.format(altered.offset)} of ${altered.file}`,
    paint,
  ),
  factRow(before, paint),
  factRow({ ...before, time: after }, paint),
  "",
  row(
    "Verify",
    `${paint.bad(report.verdict)}${
      report.verdict === "tampered"
        ? `: ${report.firstBad.kind} ${report.firstBad.index ?? ""} in ${report.firstBad.path}`
        : ""
    }`,
    paint,
  ),
  ...(report.verdict === "tampered" ? [indented(paint.quiet(report.firstBad.detail))] : []),
  "",
]

/** The commands to try on what lies on the disk now. */
export const next = (
  places: { readonly trail: string; readonly tampered: string },
  id: string,
  paint: Paint,
): ReadonlyArray<string> => {
  const tries = [
    ["see the events", `query ${places.trail} 'target.id~*.md'`],
    ["see the numbers", `stats ${places.trail}`],
    ["prove it yourself", `prove ${places.trail} ${id}`],
    ["find the forgery", `verify ${places.tampered}`],
  ] as const
  return [
    row("Next", "what to try now:", paint),
    "",
    ...tries.map(([what, command]) =>
      indented(`${paint.quiet(what.padEnd(18))} npm run countersign -- ${command}`),
    ),
    "",
  ]
}
