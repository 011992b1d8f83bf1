/** The address of a read-only document: what of which event, and where from. */
import { keyOf, type Target, targetOf } from "../monitor/Target.ts"

export const scheme = "countersign"

export type DocumentKind = "event" | "canonical" | "proof" | "copy"

export interface DocumentAddress {
  readonly target: Target
  readonly sequence: number
  readonly kind: DocumentKind
  /** Of a copy: which store's. */
  readonly store?: string
}

interface Parts {
  readonly path: string
  readonly query: string
}

const endings: Readonly<Record<DocumentKind, string>> = {
  event: "json",
  canonical: "canonical.json",
  proof: "proof.txt",
  copy: "copy.json",
}

const kindOf = (ending: string): DocumentKind | undefined =>
  (["event", "canonical", "proof", "copy"] as const).find((kind) => endings[kind] === ending)

export const partsOf = ({ kind, sequence, store, target }: DocumentAddress): Parts => ({
  path: `/event-${sequence}.${endings[kind]}`,
  query: new URLSearchParams({
    target: keyOf(target),
    ...(store === undefined ? {} : { store }),
  }).toString(),
})

/** `undefined`: it names nothing. */
export const addressOf = ({ path, query }: Parts): DocumentAddress | undefined => {
  const [, digits = "", ending = ""] = /^\/event-(\d{1,16})\.([a-z.]+)$/.exec(path) ?? []
  const kind = kindOf(ending)
  const parameters = new URLSearchParams(query)
  const target = targetOf(parameters.get("target"))
  const sequence = Number(digits)
  if (kind === undefined || target === undefined || !Number.isSafeInteger(sequence))
    return undefined
  const store = parameters.get("store")
  return { target, sequence, kind, ...(store === null ? {} : { store }) }
}
