/** What a view asks of the monitor, and asks again when there is news. */
import { type DependencyList, useEffect, useRef } from "react"
import { type Asking, makeAsking } from "./Asking.ts"

export interface AskingOptions<A> {
  /** What is hidden asks for nothing. */
  readonly isAsked: boolean
  readonly ask: (signal: AbortSignal) => Promise<A>
  readonly answered: (answer: A) => void
  readonly failed: (error: unknown) => void
  /** With another of these it is another question: the answer to the one before is not wanted. */
  readonly question: DependencyList
  /** With another of these the answer may be another one; as many as there were at first. */
  readonly news: DependencyList
}

export const useAsking = <A>(options: AskingOptions<A>): void => {
  const { answered, ask, failed, isAsked, news, question } = options
  const asking = useRef<Asking | undefined>(undefined)
  useEffect(() => {
    if (!isAsked) return undefined
    const made = makeAsking(ask, answered, failed)
    asking.current = made
    return () => {
      asking.current = undefined
      made.stop()
    }
  }, [isAsked, ...question])
  useEffect(() => asking.current?.again(), [isAsked, ...question, ...news])
}
