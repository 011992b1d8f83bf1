/** Refused records as they are looked at: which of them, and which belong together. */
import type { FoundLetter, LettersFound } from "@countersign/monitor/protocol/Letters"

export interface LetterChoice {
  /** Empty: any. */
  readonly sink: string
  readonly cause: string
  /** Part of the cause, the type, or the sequence; case does not matter. */
  readonly text: string
  /** Refused within so long; `undefined`: whenever. Units: milliseconds. */
  readonly withinMillis: number | undefined
}

/** One letter among those of all sinks. */
export const keyOf = ({ sequence, sink }: Pick<FoundLetter, "sequence" | "sink">): string =>
  `${sink} ${sequence}`

/** What varies from one record to another within the same cause, as one sign. */
export const patternOf = (cause: string): string =>
  cause
    .replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, "…")
    .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, "…")
    .replaceAll(/(?<![\w-])[-+]?\d[\d.,:TZ+-]*/g, "…")
    .replaceAll(/(?:…[\s,]*)+…/g, "…")
    .trim()

export const isChosen = (
  letter: FoundLetter,
  { cause, sink, text, withinMillis }: LetterChoice,
  nowMillis: number,
): boolean => {
  if (sink !== "" && letter.sink !== sink) return false
  if (cause !== "" && patternOf(letter.cause) !== cause) return false
  if (withinMillis !== undefined && !(nowMillis - Date.parse(letter.time) <= withinMillis)) {
    return false
  }
  const wanted = text.trim().toLowerCase()
  if (wanted === "") return true
  return [letter.cause, letter.type, String(letter.sequence), letter.sink].some((part) =>
    part.toLowerCase().includes(wanted),
  )
}

export interface LetterGroup {
  /** The cause, without what varies. */
  readonly cause: string
  readonly letters: ReadonlyArray<FoundLetter>
}

/** By cause, the largest first. */
export const groupsOf = (letters: ReadonlyArray<FoundLetter>): ReadonlyArray<LetterGroup> =>
  [...Map.groupBy(letters, ({ cause }) => patternOf(cause))]
    .map(([cause, members]) => ({ cause, letters: members }))
    .toSorted((one, other) => other.letters.length - one.letters.length)

export interface SinkCount {
  readonly sink: string
  readonly count: number
  /** Units: bytes. */
  readonly bytes: number
}

/** How much of it is of which sink. */
export const countsOf = (letters: ReadonlyArray<FoundLetter>): ReadonlyArray<SinkCount> =>
  [...Map.groupBy(letters, ({ sink }) => sink)].map(([sink, members]) => ({
    sink,
    count: members.length,
    bytes: members.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
  }))

export interface LetterRequest {
  readonly sink: string
  readonly sequences: ReadonlyArray<number>
}

/** The same as requests, none of them larger than one may be. */
export const requestsOf = (
  letters: ReadonlyArray<Pick<FoundLetter, "sequence" | "sink">>,
  sizeMax: number,
): ReadonlyArray<LetterRequest> =>
  [...Map.groupBy(letters, ({ sink }) => sink)].flatMap(([sink, members]) => {
    const sequences = members.map(({ sequence }) => sequence)
    return Array.from({ length: Math.ceil(sequences.length / sizeMax) }, (_, at) => ({
      sink,
      sequences: sequences.slice(at * sizeMax, (at + 1) * sizeMax),
    }))
  })

/** `unknown`: the monitor did not look at all letters, so one that it does not list may be open. */
export type Fate = "waits" | "refused again" | "settled" | "unknown"

export interface Listed {
  readonly open: ReadonlyMap<string, FoundLetter>
  /** What is not among them is not open. */
  readonly isWhole: boolean
}

/** `undefined`: nothing was listed yet. */
export const listedOf = (found: LettersFound | undefined): Listed | undefined =>
  found === undefined
    ? undefined
    : {
        open: new Map(found.letters.map((letter) => [keyOf(letter), letter])),
        isWhole: found.leftOut === 0 && found.unjudged === 0,
      }

/** What has become of a record that was to be delivered again. */
export const fateOf = (
  asked: { readonly key: string; readonly refusals: number },
  listed: Listed | undefined,
): Fate => {
  if (listed === undefined) return "waits"
  const letter = listed.open.get(asked.key)
  if (letter === undefined) return listed.isWhole ? "settled" : "unknown"
  return !letter.isRequested && letter.refusals > asked.refusals ? "refused again" : "waits"
}
