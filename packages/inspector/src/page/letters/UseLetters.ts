/** What the monitor says of refused records, kept as new as it can be while somebody looks. */
import type { FoundLetter, LettersFound } from "@countersign/monitor/protocol/Letters"
import { useEffect, useMemo, useState } from "react"
import { refusalOf } from "../intent/IntentDialog.tsx"
import { useStore, useStorePart } from "../connection/Store.ts"
import type { Scene } from "../shell/Contribution.ts"
import { useAsking } from "../shell/UseAsking.ts"
import { type Fate, fateOf, keyOf, listedOf } from "./LetterGroups.ts"

export interface LettersState {
  /** `undefined`: the filter has no answer yet, and what another let through is not its answer. */
  readonly found: LettersFound | undefined
  readonly failure: string
  readonly reload: () => void
}

/** Changes with each letter that is added or settled. */
const useOpenCount = (scene: Scene): number =>
  useStorePart(scene.connection.frame, (frame) =>
    (frame?.snapshot.sinks ?? []).reduce((sum, { openLetters }) => sum + openLetters, 0),
  )

/** Units: milliseconds. */
const whileWaitingMillis = 2000

interface Heard {
  /** What was asked. */
  readonly filter: string
  readonly found: LettersFound | undefined
  readonly failure: string
}

const nothingHeard: Heard = { filter: "", found: undefined, failure: "" }

export const useLetters = (
  scene: Scene,
  filter: string,
  isVisible: boolean,
  isWaiting: boolean,
): LettersState => {
  const [heard, setHeard] = useState(nothingHeard)
  const [turn, setTurn] = useState(0)
  const openCount = useOpenCount(scene)
  const about = useStore(scene.connection.about)
  useAsking({
    isAsked: isVisible && about !== undefined,
    ask: (signal) => scene.connection.ask((client) => client.Letters({ filter }), signal),
    answered: (found) => setHeard({ filter, found, failure: "" }),
    failed: (error) =>
      setHeard((last) => ({
        filter,
        found: last.filter === filter ? last.found : undefined,
        failure: refusalOf(error),
      })),
    question: [scene, filter, about],
    news: [turn, openCount],
  })
  useEffect(() => {
    if (!isVisible || !isWaiting) return undefined
    const timer = setInterval(() => setTurn((last) => last + 1), whileWaitingMillis)
    return () => clearInterval(timer)
  }, [isVisible, isWaiting])
  const { failure, found } = heard.filter === filter ? heard : nothingHeard
  return { found, failure, reload: () => setTurn((last) => last + 1) }
}

/** Records that somebody has just decided about. */
export interface Asked {
  readonly act: "replay" | "drop"
  readonly letters: ReadonlyArray<FoundLetter>
  /** Under which they were shown: another one hides some of them. */
  readonly filter: string
}

/** What has become of each, as far as the letters that are open tell it. */
export const useFates = (
  asked: Asked | undefined,
  found: LettersFound | undefined,
): ReadonlyMap<string, Fate> =>
  useMemo(() => {
    const listed = listedOf(found)
    return new Map(
      (asked?.letters ?? []).map((letter) => {
        const key = keyOf(letter)
        return [key, fateOf({ key, refusals: letter.refusals }, listed)]
      }),
    )
  }, [asked, found])
