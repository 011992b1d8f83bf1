/** What is to be inspected: the files of a trail, or a monitor that runs. */
import * as Announcement from "@countersign/monitor/server/Announcement"
import type { MonitorPlace } from "@countersign/inspector/InspectorRelay"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { UsageError } from "../terminal/Failure.ts"
import { requireTrail } from "../trail/RequireTrail.ts"

export type Target =
  /** Nobody answers beside it. */
  | { readonly _tag: "Files"; readonly directory: string; readonly silent: string | undefined }
  /** Its own address, with the token in the fragment. */
  | { readonly _tag: "Page"; readonly url: string }
  /** A monitor without a page. */
  | { readonly _tag: "Monitor"; readonly find: () => Promise<MonitorPlace | undefined> }

/** An argument would be seen by all who list the machine's processes. */
export const tokenVariable = "COUNTERSIGN_MONITOR_TOKEN"

/** Units: milliseconds. */
const answerMillis = 2000

const httpOf = (place: MonitorPlace): string => {
  const url = new URL("/", place.url)
  url.protocol = url.protocol === "wss:" ? "https:" : "http:"
  return url.href
}

const answers = async (url: string): Promise<Response | undefined> =>
  fetch(url, { signal: AbortSignal.timeout(answerMillis), redirect: "manual" }).catch(
    () => undefined,
  )

const isAlive = async (place: MonitorPlace): Promise<boolean> =>
  (await answers(new URL("/health", httpOf(place)).href)) !== undefined

const hasPage = async (place: MonitorPlace): Promise<boolean> => {
  const response = await answers(httpOf(place))
  return response?.status === 200 && response.headers.get("content-type")?.includes("html") === true
}

const announcedBeside = (directory: string): Promise<MonitorPlace | undefined> =>
  Effect.runPromise(
    Announcement.read(directory).pipe(
      Effect.map(Option.getOrUndefined),
      Effect.provide(NodeDisk.layer),
    ),
  )

const shownBy = async (
  place: MonitorPlace,
  find: () => Promise<MonitorPlace | undefined>,
): Promise<Target> =>
  (await hasPage(place))
    ? { _tag: "Page", url: `${httpOf(place)}#token=${place.token}` }
    : { _tag: "Monitor", find }

const isAddress = (text: string): boolean => /^(?:wss?|https?):\/\//.test(text)

const tokenInEnvironment = () => process.env[tokenVariable]

const ofAddress = Effect.fnUntraced(function* (text: string) {
  const url = URL.parse(text.replace(/^http/, "ws"))
  const token = tokenInEnvironment() ?? new URLSearchParams(url?.hash.slice(1)).get("token")
  if (url === null || token === null || token === "") {
    return yield* new UsageError({
      parameter: "target",
      detail: `an address needs the token in ${tokenVariable}; a trail's directory has both beside it`,
    })
  }
  if (url.pathname === "/") url.pathname = "/monitor"
  url.hash = ""
  const place = { url: url.href, token }
  return yield* Effect.promise(() => shownBy(place, () => Promise.resolve(place)))
})

/** Asks what is there, and opens nothing. */
export const targetOf = Effect.fnUntraced(function* (text: string) {
  if (isAddress(text)) return yield* ofAddress(text)
  const found = yield* Effect.promise(() => announcedBeside(text))
  if (found !== undefined && (yield* Effect.promise(() => isAlive(found)))) {
    return yield* Effect.promise(() => shownBy(found, () => announcedBeside(text)))
  }
  yield* requireTrail(text)
  const files: Target = { _tag: "Files", directory: text, silent: found?.url }
  return files
})
