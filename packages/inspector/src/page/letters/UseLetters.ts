/** What the monitor says of refused records, kept as new as it can be while somebody looks. */
import type { FoundLetter, LettersFound } from "@countersign/monitor/protocol/Letters"
import { useEffect, useMemo, useState } from "react"
import { refusalOf } from "../intent/IntentDialog.tsx"
import { useStore, useStorePart } from "../connection/Store.ts"
import type { Scene } from "../shell/Contribution.ts"
import { type Fate, fateOf, keyOf } from "./LetterGroups.ts"

export interface LettersState {
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

export const useLetters = (
  scene: Scene,
  filter: string,
  isVisible: boolean,
  isWaiting: boolean,
): LettersState => {
  const [found, setFound] = useState<LettersFound | undefined>(undefined)
  const [failure, setFailure] = useState("")
  const [turn, setTurn] = useState(0)
  const openCount = useOpenCount(scene)
  const about = useStore(scene.connection.about)
  useEffect(() => {
    if (!isVisible || about === undefined) return undefined
    const abort = new AbortController()
    scene.connection
      .ask((client) => client.Letters({ filter }), abort.signal)
      .then(
        (answer) => {
          setFound(answer)
          setFailure("")
        },
        (error: unknown) => {
          if (!abort.signal.aborted) setFailure(refusalOf(error))
        },
      )
    return () => abort.abort()
  }, [scene, filter, isVisible, turn, openCount, about])
  useEffect(() => {
    if (!isVisible || !isWaiting) return undefined
    const timer = setInterval(() => setTurn((last) => last + 1), whileWaitingMillis)
    return () => clearInterval(timer)
  }, [isVisible, isWaiting])
  return { found, failure, reload: () => setTurn(turn + 1) }
}

/** Records that somebody has just decided about. */
export interface Asked {
  readonly act: "replay" | "drop"
  readonly letters: ReadonlyArray<FoundLetter>
}

/** What has become of each, as far as the letters that are open tell it. */
export const useFates = (
  asked: Asked | undefined,
  found: LettersFound | undefined,
): ReadonlyMap<string, Fate> =>
  useMemo(() => {
    const open = new Map((found?.letters ?? []).map((letter) => [keyOf(letter), letter]))
    return new Map(
      (asked?.letters ?? []).map((letter) => {
        const key = keyOf(letter)
        return [key, fateOf({ key, refusals: letter.refusals }, open)]
      }),
    )
  }, [asked, found])
