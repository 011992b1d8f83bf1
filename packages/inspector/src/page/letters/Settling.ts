/** Deciding about more letters than one request may name: request by request. */
import type { LettersSettled } from "@countersign/monitor/protocol/Letters"
import type { LetterRequest } from "./LetterGroups.ts"

export type SettledPart = LettersSettled & { readonly sink: string }

export interface Settled {
  /** Those that the server has answered. */
  readonly parts: ReadonlyArray<SettledPart>
  /** Why it went no further; `undefined`: all were answered. */
  readonly failure: { readonly error: unknown } | undefined
}

/** One after another; what was decided before one failed is decided, and has to be said. */
export const settleEach = async (
  requests: ReadonlyArray<LetterRequest>,
  ask: (request: LetterRequest) => Promise<LettersSettled>,
): Promise<Settled> => {
  const parts: Array<SettledPart> = []
  for (const request of requests) {
    try {
      parts.push({ sink: request.sink, ...(await ask(request)) })
    } catch (error) {
      return { parts, failure: { error } }
    }
  }
  return { parts, failure: undefined }
}

/** What a dry run has said, as the requests that do it: nothing else is asked for. */
export const requestsOfPlan = (plan: ReadonlyArray<SettledPart>): ReadonlyArray<LetterRequest> =>
  plan
    .map(({ sequences, sink }) => ({ sink, sequences }))
    .filter(({ sequences }) => sequences.length > 0)

export const recordsIn = (parts: ReadonlyArray<LetterRequest>): number =>
  parts.reduce((sum, { sequences }) => sum + sequences.length, 0)
