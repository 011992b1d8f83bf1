import type { FoundPart } from "@countersign/monitor/protocol/FoundEvents"
import * as Runs from "@countersign/monitor/protocol/Runs"
import { assert, describe, it } from "@effect/vitest"
import type { Client, Connection } from "../connection/Connection.ts"
import { EventsSession } from "./EventsSession.ts"

/** Hears what the test says, and remembers how often it was asked and stopped. */
const made = () => {
  let say: (part: FoundPart) => void = () => undefined
  const counts = { listened: 0, stopped: 0 }
  const asked: Array<ReadonlyArray<number>> = []
  const Entries = (places: { readonly sequences: ReadonlyArray<number> }) => {
    asked.push(places.sequences)
  }
  const connection: Pick<Connection, "ask" | "listen"> = {
    ask: (request) => {
      // The one request that a session makes is for entries.
      void request({ Entries } as unknown as Client)
      return new Promise(() => undefined)
    },
    listen: (_stream, each) => {
      counts.listened += 1
      // The one stream that a session listens to is of parts.
      say = each as (part: unknown) => void
      return () => {
        counts.stopped += 1
      }
    },
  }
  // Of a connection a session uses these two alone.
  const session = new EventsSession(connection as Connection)
  const part = (from: number, to: number, places: ReadonlyArray<number>, size: number): void =>
    say({ from, to, runs: Runs.encode(from, Runs.runsOf(places)), size, isAnew: false, damage: [] })
  return { asked, counts, part, session }
}

const sequences = (session: EventsSession): ReadonlyArray<number | undefined> =>
  Array.from({ length: session.count }, (_, row) => session.sequenceAt(row))

describe("EventsSession", () => {
  it("has the newest in its first row, and each event in the row that it says", () => {
    const { part, session } = made()
    session.search("outcome=denied", "newest")
    part(50, 100, [60, 70], 100)
    part(0, 50, [3, 40], 100)
    assert.deepStrictEqual(sequences(session), [70, 60, 40, 3])
    assert.strictEqual(session.rowOf(40), 2)
    assert.isUndefined(session.rowOf(41))
    assert.isTrue(session.isComplete)
  })

  it("moves no row for events that come, until somebody wants to see them", () => {
    const { part, session } = made()
    session.search("", "newest")
    part(0, 10, [7, 8, 9], 10)
    part(10, 12, [10, 11], 12)
    assert.deepStrictEqual(sequences(session), [9, 8, 7])
    assert.strictEqual(session.newCount, 2)
    assert.isUndefined(session.rowOf(11))
    session.showNew()
    assert.deepStrictEqual(sequences(session), [11, 10, 9, 8, 7])
    assert.strictEqual(session.newCount, 0)
  })

  it("shows what comes at once while somebody follows", () => {
    const { part, session } = made()
    session.search("", "oldest")
    part(0, 2, [0, 1], 2)
    session.follow(true)
    part(2, 3, [2], 3)
    assert.deepStrictEqual(sequences(session), [0, 1, 2])
  })

  it("exports the rows of the moment, though events come and are found meanwhile", () => {
    const { part, session } = made()
    session.search("", "newest")
    part(5, 8, [5, 6, 7], 8)
    const placeOf = session.placesFrom(0)
    session.follow(true)
    part(8, 10, [8, 9], 10)
    // A search from the newest on finds older ones, which come before all of these.
    part(0, 5, [1, 2], 10)
    assert.deepStrictEqual([0, 1, 2, 3].map(placeOf), [7, 6, 5, undefined])
  })

  it("asks for the event that is selected, though its row is not seen or not found", () => {
    const { asked, part, session } = made()
    session.search("", "oldest")
    part(0, 3, [0, 1, 2], 1000)
    session.selected = 700
    session.see(0, 2, 1)
    assert.deepStrictEqual(asked, [[0, 1, 700, 2]])
  })

  it("asks nobody for what is no filter", () => {
    const { counts, session } = made()
    session.search("outcome==x", "newest")
    assert.include(session.failure ?? "", "Column 9")
    assert.strictEqual(counts.listened, 0)
    session.search("outcome=x", "newest")
    assert.isUndefined(session.failure)
    assert.strictEqual(counts.listened, 1)
  })

  it("asks for nothing while nobody sees it, and keeps what it knows", () => {
    const { counts, part, session } = made()
    session.search("", "newest")
    part(0, 3, [0, 1, 2], 3)
    session.rest()
    assert.deepStrictEqual(counts, { listened: 1, stopped: 1 })
    session.search("", "newest")
    assert.strictEqual(session.count, 3)
    session.search("type=a.b", "newest")
    assert.strictEqual(session.count, 0)
    session.rest()
  })
})
