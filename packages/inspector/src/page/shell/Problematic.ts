/** The problems as they are now, for whatever shows them. */
import { useMemo } from "react"
import { useStore } from "../connection/Store.ts"
import type { Scene } from "./Contribution.ts"
import { type Calm, type Problem, calmOf, problemsOf } from "./Problems.ts"

/** Always of now, whichever moment views show. */
export const useProblems = ({ connection, workbench }: Scene): ReadonlyArray<Problem> => {
  const state = useStore(connection.state)
  const about = useStore(connection.about)
  const frame = useStore(connection.frame)
  const found = useStore(workbench.problems)
  return useMemo(() => problemsOf({ state, about, frame, found }), [state, about, frame, found])
}

/** What is said where there are none. */
export const useCalm = ({ connection }: Scene): Calm => {
  const about = useStore(connection.about)
  const frame = useStore(connection.frame)
  return calmOf({ about, frame })
}

export const useProblemsBadge = (scene: Scene): string | undefined => {
  const { length } = useProblems(scene)
  return length === 0 ? undefined : String(length)
}
