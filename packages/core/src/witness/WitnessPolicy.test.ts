import { generateKeyPairSync, type KeyObject, sign } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { noteOf, verifierKeyText } from "../testing/TrailFixture.ts"
import { treeOf } from "../testing/WitnessFixture.ts"
import { formatSignature, parse as parseNote, publicKeyOf } from "../trail/SignedNote.ts"
import { cosignatureOf, formatWitnessKey, messageOf } from "./Cosignature.ts"
import { isQuorum, judge, parse, policyBytesMax, skewSecondsMax } from "./WitnessPolicy.ts"

const text = treeOf("a").textAt(9)
const witnesses = new Map(
  ["X1", "X2", "X3", "Y1", "Y2"].map((name): [string, KeyObject] => [
    name,
    generateKeyPairSync("ed25519").privateKey,
  ]),
)
const keyOf = (name: string): KeyObject =>
  witnesses.get(name) ?? assert.fail(`there is no witness ${name}`)
const vkeyOf = (name: string) => formatWitnessKey(`w.example/${name}`, publicKeyOf(keyOf(name)))
const lineOf = (name: string, of = text, time = 1000) =>
  formatSignature(
    cosignatureOf(
      `w.example/${name}`,
      publicKeyOf(keyOf(name)),
      time,
      sign(null, messageOf(of, time), keyOf(name)),
    ),
  )

const whole = `# two levels, as in the specification
log ${verifierKeyText()}

witness X1 ${vkeyOf("X1")} https://w.example/x1
witness X2 ${vkeyOf("X2")} http://127.0.0.1:8080
  witness\tX3  ${vkeyOf("X3")}
group X-witnesses 2 X1 X2 X3

witness Y1 ${vkeyOf("Y1")}
witness Y2 ${vkeyOf("Y2")}
group Y-witnesses any Y1 Y2
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`
const parsed = (policy: string) => parse(Buffer.from(policy))
const policyOf = (policy: string) => Result.getOrThrow(parsed(policy))

const judged = (policy: string, lines: ReadonlyArray<string>, nowSeconds = 1000) =>
  judge(
    policyOf(policy),
    Result.getOrThrow(parseNote(Buffer.from(`${noteOf(text)}${lines.join("")}`))),
    nowSeconds,
  )

describe("WitnessPolicy", () => {
  it("refuses a URL with a password, and does not repeat it", () => {
    for (const line of [
      `log ${verifierKeyText()} https://alice:s3cret@log.example`,
      `witness X1 ${vkeyOf("X1")} https://alice:s3cret@w.example`,
    ]) {
      const refused = parsed(`${line}\nquorum none\n`)
      assert.isTrue(Result.isFailure(refused))
      if (Result.isSuccess(refused)) continue
      assert.include(refused.failure.message, "a user name or a password")
      assert.notInclude(refused.failure.message, "s3cret")
    }
  })

  it("reads the specification's form", () => {
    const { logs, quorum, witnesses: read } = policyOf(whole)
    assert.strictEqual(logs.length, 1)
    assert.strictEqual(quorum, "X-and-Y")
    assert.deepStrictEqual(
      read.map(({ name, url }) => [name, url]),
      [
        ["X1", "https://w.example/x1"],
        ["X2", "http://127.0.0.1:8080"],
        ["X3", undefined],
        ["Y1", undefined],
        ["Y2", undefined],
      ],
    )
  })

  it("counts exactly the quorums: two of three, and one of two", () => {
    const policy = policyOf(whole)
    const names = [...witnesses.keys()]
    for (let bits = 0; bits < 2 ** names.length; bits += 1) {
      const some = names.filter((_, index) => (bits & (1 << index)) !== 0)
      const expected =
        some.filter((name) => name.startsWith("X")).length >= 2 &&
        some.some((name) => name.startsWith("Y"))
      assert.strictEqual(isQuorum(policy, new Set(some)), expected, some.join(" "))
      assert.strictEqual(
        judged(
          whole,
          some.map((name) => lineOf(name)),
        ).isMet,
        expected,
      )
    }
  })

  it("counts no cosignature over another text, of another key, of the future, or twice", () => {
    const policy = `witness a ${vkeyOf("X1")}\nwitness b ${vkeyOf("X2")}\ngroup g all a b\nquorum g\n`
    const good = [lineOf("X1"), lineOf("X2")]
    assert.deepStrictEqual(judged(policy, good), {
      isMet: true,
      by: ["a", "b"],
      missing: [],
      timeSeconds: 1000,
    })
    const bad: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
      [[lineOf("X1")], "b has not cosigned it"],
      [[lineOf("X1"), lineOf("X1")], "b has not cosigned it"],
      [[lineOf("X1"), lineOf("X3")], "b has not cosigned it"],
      [[lineOf("X1"), lineOf("X2", treeOf("a").textAt(8))], "b's cosignature is not over this"],
      [[...good, lineOf("X2", treeOf("b").textAt(9))], "b's cosignature is not over this"],
      [
        [lineOf("X1"), lineOf("X2", text, 1001 + skewSecondsMax)],
        "b's cosignature is from the future",
      ],
    ]
    for (const [lines, why] of bad) {
      const { by, isMet, missing } = judged(policy, lines)
      assert.isFalse(isMet, why)
      assert.deepStrictEqual(by, ["a"])
      assert.include(missing.join(), why)
    }
  })

  it("fails closed on every line that it does not know or that contradicts another", () => {
    const quorum = `witness X1 ${vkeyOf("X1")}\nquorum X1\n`
    assert.isTrue(Result.isSuccess(parsed(quorum)))
    const two = `witness X1 ${vkeyOf("X1")}\nwitness X2 ${vkeyOf("X2")}\n`
    const wrong: ReadonlyArray<readonly [string, number]> = [
      ["", 0],
      ["quorum none\n", 1],
      ["quorum X1\n", 1],
      [`witness X1 ${vkeyOf("X1")}\n`, 0],
      [quorum.slice(0, -1), 2],
      [`${quorum}unless X1\n`, 3],
      [`${quorum}quorum X1\n`, 3],
      [`${quorum}group g 2 X1\n`, 3],
      [`${quorum}group g 0 X1\n`, 3],
      [`${quorum}group g any\n`, 3],
      [`${quorum}group g most X1\n`, 3],
      [`${quorum}group none any X1\n`, 3],
      [`${quorum}group X1 any X1\n`, 3],
      [`${quorum}witness X1 ${vkeyOf("X2")}\n`, 3],
      [`${quorum}witness again ${vkeyOf("X1")}\n`, 3],
      [`${quorum}witness none ${vkeyOf("X2")}\n`, 3],
      [`${quorum}witness X2 ${verifierKeyText()}\n`, 3],
      [`${quorum}witness X2\n`, 3],
      [`${quorum}witness X2 ${vkeyOf("X2")} ftp://x\n`, 3],
      [`${quorum}log ${vkeyOf("X2")}\n`, 3],
      [`${quorum}log ${verifierKeyText()} https://x y\n`, 3],
      [`${quorum}log ${verifierKeyText()}\nlog ${verifierKeyText()}\n`, 4],
      [`${two}group g any X1\ngroup h any X1 X2\nquorum h\n`, 4],
      [`${two}group h any g X1\ngroup g any X2\nquorum h\n`, 3],
      [`${two}group g any X1 X1\nquorum g\n`, 3],
      [`quorum X1\n${two}`, 1],
      [`${quorum}\u0000\n`, 3],
      [quorum.replace("\n", "\r\n"), 1],
      [`${quorum}#${"x".repeat(policyBytesMax)}\n`, 0],
    ]
    for (const [policy, line] of wrong) {
      const result = parsed(policy)
      if (Result.isSuccess(result)) assert.fail(`was taken: ${policy}`)
      assert.strictEqual(result.failure.line, line, `${result.failure.message}\n${policy}`)
    }
    assert.isTrue(Result.isFailure(parse(Buffer.from([0xff, 0x0a]))))
  })
})
