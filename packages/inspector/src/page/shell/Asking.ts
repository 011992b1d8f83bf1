/** Asking again and again about something that changes, without losing the answers. */

export interface Asking {
  /** Asks; where a question is under way, once more after its answer. */
  readonly again: () => void
  readonly stop: () => void
}

/**
 * One question at a time. Whoever dropped a question for each piece of news would never hear an
 * answer that takes longer than the next piece, and the server would work for nobody.
 *
 * @param ask rejects with what `failed` is told; nobody is told anything after `stop`
 */
export const makeAsking = <A>(
  ask: (signal: AbortSignal) => Promise<A>,
  answered: (answer: A) => void,
  failed: (error: unknown) => void,
): Asking => {
  const over = new AbortController()
  const { signal } = over
  let isUnderWay = false
  let isWanted = false
  const run = async (): Promise<void> => {
    isUnderWay = true
    while (isWanted && !signal.aborted) {
      isWanted = false
      try {
        const answer = await ask(signal)
        if (!signal.aborted) answered(answer)
      } catch (error) {
        if (!signal.aborted) failed(error)
      }
    }
    isUnderWay = false
  }
  return {
    again: () => {
      isWanted = true
      if (!isUnderWay) void run()
    },
    stop: () => over.abort(),
  }
}
