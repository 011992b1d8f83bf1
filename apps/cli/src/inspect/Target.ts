/** What is to be inspected: the files of a trail, or a monitor that runs. */
import * as Announcement from "@countersign/monitor/server/Announcement"
import type { MonitorPlace } from "@countersign/inspector/InspectorRelay"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { isToken, keptSecret, leadsHere, tokenVariable } from "../monitor/MonitorAddress.ts"
import { UsageError } from "../terminal/Failure.ts"
import { requireTrail } from "../trail/RequireTrail.ts"

export type Target =
  /** Nobody answers beside it; `why`, where somebody had said that he would. */
  | { readonly _tag: "Files"; readonly directory: string; readonly why: string | undefined }
  /** Its own address, with the token in the fragment. */
  | { readonly _tag: "Page"; readonly url: string }
  /** A monitor without a page. */
  | { readonly _tag: "Monitor"; readonly find: () => Promise<MonitorPlace | undefined> }

/** Units: milliseconds. */
const answerMillis = 2000

const httpOf = (place: MonitorPlace): string => {
  const url = new URL("/", place.url)
  url.protocol = url.protocol === "wss:" ? "https:" : "http:"
  return url.href
}

const answers = async (
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response | undefined> =>
  fetch(url, { headers, signal: AbortSignal.timeout(answerMillis), redirect: "manual" }).catch(
    () => undefined,
  )

/** How a monitor answers a plain request to where WebSockets are, with a token that it takes. */
const upgradeRequired = 426

/** Whether it is that monitor which listens there, and not whoever has had the port since. */
const isAlive = async ({ token, url }: MonitorPlace): Promise<boolean> => {
  const response = await answers(url.replace(/^ws/, "http"), { authorization: `Bearer ${token}` })
  return response?.status === upgradeRequired
}

const hasPage = async (place: MonitorPlace): Promise<boolean> => {
  const response = await answers(httpOf(place))
  return response?.status === 200 && response.headers.get("content-type")?.includes("html") === true
}

type Announced =
  | { readonly _tag: "None" }
  | { readonly _tag: "Place"; readonly place: MonitorPlace }
  | { readonly _tag: "Useless"; readonly why: string }

const announcedBeside = (directory: string): Promise<Announced> =>
  Effect.runPromise(
    Announcement.read(directory).pipe(
      Effect.match({
        onFailure: ({ message }): Announced => ({ _tag: "Useless", why: message }),
        onSuccess: (found): Announced => {
          if (Option.isNone(found)) return { _tag: "None" }
          const { token, url } = found.value
          return leadsHere(found.value)
            ? { _tag: "Place", place: { url, token } }
            : {
                _tag: "Useless",
                why: `${Announcement.fileOf(directory)} leads elsewhere than to this machine`,
              }
        },
      }),
      Effect.provide(NodeDisk.layer),
    ),
  )

const placeBeside = async (directory: string): Promise<MonitorPlace | undefined> => {
  const announced = await announcedBeside(directory)
  return announced._tag === "Place" ? announced.place : undefined
}

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
  if (url === null || token === null || !isToken(token)) {
    return yield* new UsageError({
      parameter: "target",
      detail: `an address needs the token in ${tokenVariable}; a trail's directory has both beside it`,
    })
  }
  yield* keptSecret(url)
  if (url.pathname === "/") url.pathname = "/monitor"
  url.hash = ""
  const place = { url: url.href, token }
  return yield* Effect.promise(() => shownBy(place, () => Promise.resolve(place)))
})

const whyOf = (found: Announced): string | undefined => {
  if (found._tag === "None") return undefined
  return found._tag === "Place" ? `nobody answers at ${found.place.url}` : found.why
}

/** Asks what is there, and opens nothing. */
export const targetOf = Effect.fnUntraced(function* (text: string) {
  if (isAddress(text)) return yield* ofAddress(text)
  const found = yield* Effect.promise(() => announcedBeside(text))
  if (found._tag === "Place" && (yield* Effect.promise(() => isAlive(found.place)))) {
    return yield* Effect.promise(() => shownBy(found.place, () => placeBeside(text)))
  }
  yield* requireTrail(text)
  const files: Target = { _tag: "Files", directory: text, why: whyOf(found) }
  return files
})
