/**
 * A trail that is larger than one can be made for a test: what the page is told of its size, and the
 * rows that it asks for, are made up between the page and its monitor. Nothing else is.
 *
 * @since 0.1.0
 */
import { encode } from "@countersign/monitor/protocol/Runs"
import type { Page, WebSocketRoute } from "playwright-core"

/** A request, as far as it is looked at. */
interface Asked {
  readonly _tag: string
  readonly id: string
  readonly tag: string
  readonly payload: { readonly sequences?: ReadonlyArray<number>; readonly filter?: string }
}

const rowOf = (sequence: number) => ({
  sequence,
  json: JSON.stringify({
    id: `made-up-${sequence}`,
    time: new Date(Date.UTC(2026, 0, 1) + sequence * 1000).toISOString(),
    type: "patient.record.read",
    class: "standard",
    actor: { id: `u-${sequence % 97}`, type: "user" },
    outcome: sequence % 10 === 3 ? "denied" : "success",
    classification: "INTERNAL",
    target: [{ id: `p-${sequence % 1009}`, type: "Patient" }],
  }),
})

const partOf = (size: number) => ({
  from: 0,
  to: size,
  runs: Buffer.from(encode(0, [{ from: 0, to: size }])).toString("base64"),
  size,
  isAnew: false,
  damage: [],
})

/** `undefined`: the monitor itself answers. */
const answerTo = ({ id, payload, tag }: Asked, size: number): object | undefined => {
  if (tag === "Entries") {
    const value = { events: (payload.sequences ?? []).map(rowOf), damage: [], next: null }
    return { _tag: "Exit", requestId: id, exit: { _tag: "Success", value } }
  }
  return tag === "Find" && payload.filter === ""
    ? { _tag: "Chunk", requestId: id, values: [partOf(size)] }
    : undefined
}

/**
 * Stands between the page and its monitor; call it before the page is opened.
 *
 * @param size how many entries the page is told of
 * @category running
 * @since 0.1.0
 */
export const makeVast = (page: Page, size: number): Promise<void> =>
  page.routeWebSocket(/\/monitor$/, (route: WebSocketRoute) => {
    const monitor = route.connectToServer()
    const made = new Set<string>()
    route.onMessage((message) => {
      // What the page sends is JSON of this form, one message or several.
      const parsed = JSON.parse(String(message)) as Asked | ReadonlyArray<Asked>
      const asked = Array.isArray(parsed) ? parsed : [parsed]
      for (const one of asked as ReadonlyArray<Asked & { readonly requestId?: string }>) {
        const answer = one._tag === "Request" ? answerTo(one, size) : undefined
        if (answer !== undefined) {
          made.add(one.id)
          route.send(JSON.stringify(answer))
        } else if (one.requestId === undefined || !made.has(one.requestId)) {
          monitor.send(JSON.stringify(one))
        }
      }
    })
    monitor.onMessage((message) => route.send(message))
  })
