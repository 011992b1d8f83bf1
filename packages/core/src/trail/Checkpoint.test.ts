import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Checkpoint from "./Checkpoint.ts"

// The example in the text of C2SP tlog-checkpoint.
const published = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
`
const root = Buffer.from("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=", "base64")

describe("Checkpoint", () => {
  it("reads the specification's example", () => {
    const { checkpoint, note } = Result.getOrThrow(
      Checkpoint.parseSigned(Buffer.from(published, "utf8")),
    )
    assert.deepStrictEqual(checkpoint, {
      origin: "example.com/behind-the-sofa",
      size: 20_852_163,
      root,
      extensions: [],
    })
    assert.deepInclude(note.signatures[0], { name: checkpoint.origin, keyId: 0x033d_e0ae })
    assert.strictEqual(Checkpoint.format(checkpoint), note.text)
  })

  it.prop(
    "reads back what it writes",
    {
      origin: Schema.String.check(Schema.isPattern(/^[a-z/.]+$/)),
      size: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 ** 53 - 1 })),
      extensions: Schema.Array(Schema.String.check(Schema.isPattern(/^[ -~]+$/))),
    },
    (given) => {
      const checkpoint = { ...given, root }
      const text = Checkpoint.format(checkpoint)
      assert.deepStrictEqual(Result.getOrThrow(Checkpoint.parse(text)), checkpoint)
    },
  )

  it("refuses every other way to write it, naming the line", () => {
    const hash = root.toString("base64")
    const cases: ReadonlyArray<readonly [string, number]> = [
      ["", 1],
      [`o\n1\n${hash}`, 3],
      ["o\n1\n", 3],
      [`\n1\n${hash}\n`, 1],
      [`o\n01\n${hash}\n`, 2],
      [`o\n+1\n${hash}\n`, 2],
      [`o\n1e3\n${hash}\n`, 2],
      [`o\n-1\n${hash}\n`, 2],
      [`o\n 1\n${hash}\n`, 2],
      [`o\n9007199254740992\n${hash}\n`, 2],
      [`o\n1\n${hash.slice(0, -1)}\n`, 3],
      [`o\n1\n${hash.slice(0, -4)}\n`, 3],
      [`o\n1\n${hash.replace("I=", "J=")}\n`, 3],
      [`o\n1\n${hash}\n\n`, 4],
    ]
    for (const [text, line] of cases) {
      const result = Checkpoint.parse(text)
      if (Result.isSuccess(result)) assert.fail(`accepted ${JSON.stringify(text)}`)
      assert.strictEqual(result.failure.line, line, JSON.stringify(text))
    }
  })
})
