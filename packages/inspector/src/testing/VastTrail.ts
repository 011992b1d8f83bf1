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

const partOf = (from: number, to: number, size: number) => ({
  from,
  to,
  runs: Buffer.from(encode(from, [{ from, to }])).toString("base64"),
  size,
  isAnew: false,
  damage: [],
})

/** `undefined`: the monitor itself answers. */
const answerTo = ({ id, payload, tag }: Asked, size: number, from: number): object | undefined => {
  if (tag === "Entries") {
    const value = { events: (payload.sequences ?? []).map(rowOf), damage: [], next: null }
    return { _tag: "Exit", requestId: id, exit: { _tag: "Success", value } }
  }
  return tag === "Find" && payload.filter === ""
    ? { _tag: "Chunk", requestId: id, values: [partOf(from, size, size)] }
    : undefined
}

/**
 * Stands between the page and its monitor; call it before the page is opened.
 *
 * @param size how many entries the page is told of
 * @param from those before it are not found until the function that it gives is called
 * @category running
 * @since 0.1.0
 */
export const makeVast = async (page: Page, size: number, from = 0): Promise<() => void> => {
  const searches: Array<() => void> = []
  await page.routeWebSocket(/\/monitor$/, (route: WebSocketRoute) => {
    const monitor = route.connectToServer()
    const made = new Set<string>()
    route.onMessage((message) => {
      // What the page sends is JSON of this form, one message or several.
      const parsed = JSON.parse(String(message)) as Asked | ReadonlyArray<Asked>
      const asked = Array.isArray(parsed) ? parsed : [parsed]
      for (const one of asked as ReadonlyArray<Asked & { readonly requestId?: string }>) {
        const answer = one._tag === "Request" ? answerTo(one, size, from) : undefined
        if (answer !== undefined) {
          made.add(one.id)
          route.send(JSON.stringify(answer))
          const rest = { _tag: "Chunk", requestId: one.id, values: [partOf(0, from, size)] }
          if (one.tag === "Find") searches.push(() => route.send(JSON.stringify(rest)))
        } else if (one.requestId === undefined || !made.has(one.requestId)) {
          monitor.send(JSON.stringify(one))
        }
      }
    })
    monitor.onMessage((message) => route.send(message))
  })
  return () => {
    for (const goOn of searches) goOn()
  }
}
