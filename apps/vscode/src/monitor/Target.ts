/** What the extension looks at. */
import * as path from "node:path"

export type Target =
  /** A trail's directory; with an engine or without. */
  | { readonly _tag: "Trail"; readonly directory: string }
  /** A monitor that a user has named; its token is in the editor's store of secrets. */
  | { readonly _tag: "Address"; readonly url: string }

const loopback = new Set(["127.0.0.1", "localhost", "[::1]"])
const textMax = 8192

/** Whether only this machine answers there. */
export const isLoopback = (url: string): boolean => {
  const parsed = URL.parse(url)
  return parsed?.protocol === "ws:" && loopback.has(parsed.hostname)
}

/** `undefined`: there can be a monitor; otherwise why there can be none. */
export const addressProblem = (url: string): string | undefined => {
  const parsed = URL.parse(url)
  if (parsed === null || !/^wss?:$/.test(parsed.protocol)) {
    return "An address such as ws://127.0.0.1:4100/monitor is needed"
  }
  if (
    parsed.username !== "" ||
    parsed.password !== "" ||
    parsed.search !== "" ||
    parsed.hash !== ""
  )
    return "An address holds no secret: the token is asked for afterwards"
  return isLoopback(url) || parsed.protocol === "wss:"
    ? undefined
    : "Another machine is spoken to over wss: alone, since the token would be read on the way"
}

/** One text for one target; it holds no secret. */
export const keyOf = (target: Target): string =>
  target._tag === "Trail" ? `trail:${target.directory}` : `address:${target.url}`

/** `undefined`: it is the key of none. */
export const targetOf = (key: unknown): Target | undefined => {
  if (typeof key !== "string" || key.length > textMax) return undefined
  const [, kind, rest = ""] = /^(trail|address):(.+)$/s.exec(key) ?? []
  if (kind === "trail") {
    return path.isAbsolute(rest) ? { _tag: "Trail", directory: path.normalize(rest) } : undefined
  }
  return kind === "address" && addressProblem(rest) === undefined
    ? { _tag: "Address", url: rest }
    : undefined
}

export const nameOf = (target: Target): string =>
  target._tag === "Trail" ? path.basename(target.directory) : (URL.parse(target.url)?.host ?? "")
