import { assert, describe, it } from "@effect/vitest"
import { Quorum } from "./Quorum.ts"

const setup = (size: number, names = ["a", "b", "c"]) => {
  const positions = new Map(names.map((name) => [name, 0]))
  const quorum = new Quorum(
    names.map((name) => ({ name, position: () => positions.get(name) ?? 0 })),
    size,
  )
  const ends: Array<string> = []
  return {
    quorum,
    ends,
    follow: (sequence: number) =>
      quorum.follow(sequence, (outcome) => ends.push(`${sequence} ${outcome._tag}`)),
    move: (name: string, to: number) => {
      positions.set(name, to)
      quorum.moved()
    },
  }
}

describe("Quorum", () => {
  it("is all required sinks unless it says fewer", () => {
    assert.strictEqual(setup(0).quorum.size, 3)
    assert.strictEqual(setup(2).quorum.size, 2)
    assert.strictEqual(setup(9).quorum.size, 3)
  })

  it("is reached when so many sinks have passed the record, whichever they are", () => {
    const { ends, follow, move, quorum } = setup(2)
    const { lacking } = follow(5)
    move("a", 6)
    move("b", 5)
    assert.deepStrictEqual(ends, [])
    assert.deepStrictEqual(lacking(), ["b", "c"])
    move("c", 7)
    assert.deepStrictEqual(ends, ["5 Reached"])
    assert.strictEqual(quorum.waiting, 0)
  })

  it("is reached by each record in whatever order they are followed", () => {
    const { ends, follow, move } = setup(1)
    for (const sequence of [7, 2, 5, 3]) follow(sequence)
    move("a", 4)
    assert.deepStrictEqual(ends, ["2 Reached", "3 Reached"])
    move("b", 8)
    assert.deepStrictEqual(ends.slice(2), ["7 Reached", "5 Reached"])
    for (const sequence of [8, 9]) follow(sequence)
    move("c", 9)
    assert.deepStrictEqual(ends.slice(4), ["8 Reached"])
  })

  it("asks no sink again for each wait that the positions have not passed", () => {
    const looks: Array<number> = []
    const quorum = new Quorum([{ name: "a", position: () => looks.push(1) && 2 }], 1)
    for (let sequence = 0; sequence < 1000; sequence++) quorum.follow(sequence, () => undefined)
    quorum.moved()
    assert.strictEqual(quorum.waiting, 998)
    assert.isAtMost(looks.length, 4)
  })

  it("takes no sink for one that has the record when it has refused it", () => {
    const { ends, follow, move, quorum } = setup(2)
    follow(5)
    quorum.refused("a", 5)
    move("a", 9)
    move("b", 9)
    assert.deepStrictEqual(ends, [])
    move("c", 9)
    assert.deepStrictEqual(ends, ["5 Reached"])
  })

  it("says of a sink that refused the record that it lacks it, though its position passed it", () => {
    const { follow, move, quorum } = setup(2)
    const { lacking } = follow(5)
    quorum.refused("a", 5)
    move("a", 9)
    assert.deepStrictEqual(lacking(), ["a", "b", "c"])
  })

  it("ends at once where too many have refused the record, and says who", () => {
    const { ends, follow, quorum } = setup(2)
    follow(5)
    follow(6)
    quorum.refused("a", 5)
    assert.deepStrictEqual(ends, [])
    quorum.refused("c", 5)
    assert.deepStrictEqual(ends, ["5 Refused"])
    assert.strictEqual(quorum.waiting, 1)
  })

  it("forgets who waits no more, and ends all with the engine", () => {
    const { ends, follow, move, quorum } = setup(1)
    const { giveUp } = follow(1)
    giveUp()
    move("a", 2)
    assert.deepStrictEqual(ends, [])
    follow(3)
    quorum.close()
    follow(4)
    assert.deepStrictEqual(ends, ["3 Closed", "4 Closed"])
    assert.strictEqual(quorum.waiting, 0)
  })
})
