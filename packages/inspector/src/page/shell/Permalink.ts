/** A tab as the fragment of an address: `events?filter=type%3Dlogin`. */
import type { Parameters } from "./Contribution.ts"

export interface Link {
  readonly kind: string
  readonly parameters: Parameters
}

const kindPattern = /^[a-z][a-z-]*$/
/** A link that somebody sent may not fill the page's memory. */
const linkLengthMax = 16_384

export const toLink = ({ kind, parameters }: Link): string => {
  const given = Object.entries(parameters).filter(([, value]) => value !== "")
  const query = new URLSearchParams(given.toSorted(([a], [b]) => (a < b ? -1 : 1))).toString()
  return query === "" ? kind : `${kind}?${query}`
}

/** `undefined`: it names no tab. */
export const fromLink = (text: string): Link | undefined => {
  if (text.length > linkLengthMax) return undefined
  const [kind = "", query = ""] = text.split("?", 2)
  return kindPattern.test(kind)
    ? { kind, parameters: Object.fromEntries(new URLSearchParams(query)) }
    : undefined
}
