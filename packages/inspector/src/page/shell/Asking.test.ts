import { assert, describe, it } from "@effect/vitest"
import { makeAsking } from "./Asking.ts"

/** Questions that are answered when the test says so. */
const questions = () => {
  const open: Array<PromiseWithResolvers<string>> = []
  const heard: Array<string> = []
  const asking = makeAsking(
    () => {
      const question = Promise.withResolvers<string>()
      open.push(question)
      return question.promise
    },
    (answer) => heard.push(answer),
    (error) => heard.push(`failed: ${String(error)}`),
  )
  const settled = () => new Promise((done) => setImmediate(done))
  return { asking, heard, open, settled }
}

describe("asking about what changes", () => {
  it("hears the answer however much news comes before it, and asks once more for all of it", async () => {
    const { asking, heard, open, settled } = questions()
    for (let news = 0; news < 10; news += 1) asking.again()
    assert.lengthOf(open, 1)
    open[0]?.resolve("first")
    await settled()
    assert.deepStrictEqual(heard, ["first"])
    assert.lengthOf(open, 2)
    open[1]?.resolve("second")
    await settled()
    assert.deepStrictEqual(heard, ["first", "second"])
    assert.lengthOf(open, 2)
    asking.again()
    assert.lengthOf(open, 3)
  })

  it("goes on after a question that failed", async () => {
    const { asking, heard, open, settled } = questions()
    asking.again()
    open[0]?.reject("away")
    await settled()
    asking.again()
    open[1]?.resolve("back")
    await settled()
    assert.deepStrictEqual(heard, ["failed: away", "back"])
  })

  it("hears nothing once it has stopped", async () => {
    const { asking, heard, open, settled } = questions()
    asking.again()
    asking.again()
    asking.stop()
    open[0]?.resolve("late")
    await settled()
    assert.deepStrictEqual(heard, [])
    assert.lengthOf(open, 1)
  })
})
