import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { type Ended, run } from "../testing/CommandLine.ts"

const cardCopybook = `
       01  PAYMENT.
           05  CARD-NUMBER   PIC 9(16).
           05  AMOUNT        PIC S9(5)V99 COMP-3.
`
/** The third digit of the card's number is none. */
const badCard = Buffer.from("4111111111111111").map((byte) => byte + 0xc0)
badCard[2] = 0x7a
const good = Buffer.concat([
  Buffer.from("4111111111111111").map((byte) => byte + 0xc0),
  Buffer.from("0012345c", "hex"),
])
const bad = Buffer.concat([badCard, Buffer.from("0012345c", "hex")])

let cwd = ""
const copybookRun = (...args: ReadonlyArray<string>): Promise<Ended> =>
  run(["copybook", ...args], { cwd })
const decode = (line: string): Promise<Ended> => copybookRun("decode", ...line.split(" "))
const file = (name: string): string => path.join(cwd, name)
const textOf = (name: string): string => readFileSync(file(name), "utf8")

describe("rejects of countersign copybook decode", () => {
  beforeAll(() => {
    cwd = mkdtempSync(path.join(tmpdir(), "countersign-rejects-"))
    writeFileSync(file("card.cpy"), cardCopybook)
    writeFileSync(file("card.dat"), Buffer.concat([good, bad, good]))
    writeFileSync(file("line.cpy"), "       01 R.\n           05 A PIC X(2).\n")
    writeFileSync(file("lines.yaml"), "framing: { kind: lines, empty: fault }\ncodePage: ascii\n")
  })
  afterAll(() => rmSync(cwd, { recursive: true, force: true }))

  it("keep the record's bytes, in a file for its owner alone", async () => {
    const { code } = await decode(
      "card.dat -c card.cpy --lenient --rejects raw.ndjson -o raw.out.ndjson",
    )
    assert.strictEqual(code, 1)
    assert.strictEqual(statSync(file("raw.ndjson")).mode & 0o777, 0o600)
    assert.deepInclude(JSON.parse(textOf("raw.ndjson")), {
      record: 1,
      fileOffset: 20,
      bytes: bad.toString("base64"),
    })
  })

  it("have nothing of sensitive fields where they are masked, nor has what is said", async () => {
    const line = "card.dat -c card.cpy --lenient --mask-rejects --rejects masked.ndjson"
    const { stderr } = await decode(line)
    const text = textOf("masked.ndjson")
    const reject: unknown = JSON.parse(text)
    assert.deepInclude(reject, { record: 1, fileOffset: 20, length: 20, bytes: "" })
    assert.deepNestedInclude(reject, { "faults[0].path": "CARD-NUMBER" })
    const strict = await decode("card.dat -c card.cpy --mask-rejects")
    for (const each of [text, stderr, strict.stderr]) {
      assert.include(each, "CPY-4003")
      assert.notMatch(each, /F4F1|f4f1/)
    }
    // Without the switch the message shows them, so that what is looked for could be there.
    assert.match((await decode("card.dat -c card.cpy")).stderr, /F4F1/)
  })

  it("have nothing of bytes that are framed wrongly where they are masked", async () => {
    const { code, stderr } = await decode("card.dat -c card.cpy --framing rdw --mask-rejects")
    assert.strictEqual(code, 1)
    assert.include(stderr, "CPY-3006")
    assert.notInclude(stderr, "F4F1F1F1")
    writeFileSync(file("cut.dat"), good.subarray(0, 8))
    const cut = await decode("cut.dat -c card.cpy --framing rdw --lenient --mask-rejects")
    assert.strictEqual(cut.code, 1)
    assert.notInclude(cut.stderr.toUpperCase(), "F4F1F1F1")
  })

  it("can't go where the records go", async () => {
    for (const places of ["--rejects -", "-o x.ndjson --rejects ./x.ndjson"]) {
      const { code, stderr, stdout } = await decode(`card.dat -c card.cpy --lenient ${places}`)
      assert.strictEqual(code, 64)
      assert.include(stderr, "--rejects")
      assert.strictEqual(stdout, "")
    }
    const apart = await decode("card.dat -c card.cpy --lenient --rejects - -o apart.ndjson")
    assert.deepInclude(JSON.parse(apart.stdout), { record: 1 })
  })

  it("are capped while no good record comes", async () => {
    writeFileSync(file("empty.dat"), `${"\n".repeat(3_000_000)}ab\n`)
    const line = "--options lines.yaml -c line.cpy --max-errors 3 --rejects"
    const { code, stderr, stdout } = await decode(`empty.dat ${line} capped.ndjson`)
    assert.strictEqual(code, 1)
    assert.include(stderr, "4 records have faults, 3 are allowed")
    assert.strictEqual(stdout, "")
    assert.lengthOf(textOf("capped.ndjson").trim().split("\n"), 4)
  })

  it("that are framing's end the file behind the records before them", async () => {
    writeFileSync(file("some.dat"), "ab\nbc\n\ncd\n\nde\nef\n")
    const { code, stdout } = await decode(
      "some.dat --options lines.yaml -c line.cpy --max-errors 1",
    )
    assert.strictEqual(code, 1)
    assert.deepStrictEqual(stdout, '{"A":"ab"}\n{"A":"bc"}\n{"A":"cd"}\n')
  })

  it("are the same for any number of threads, as are the lines", async () => {
    const records = Array.from({ length: 250_000 }, (_, index) => (index === 249_000 ? bad : good))
    // The last one is cut, which framing finds out.
    writeFileSync(file("many.dat"), Buffer.concat([...records, good.subarray(0, 7)]))
    const ended: Array<readonly [Ended, string]> = []
    for (const workers of [1, 3]) {
      for (const mode of ["--lenient", "--max-errors 1", "--max-errors 0"]) {
        const name = `many-${workers}${mode.replaceAll(" ", "")}`
        const ran = await decode(
          `many.dat -c card.cpy ${mode} --workers ${workers} --rejects ${name}.rejects -o ${name}`,
        )
        ended.push([ran, textOf(name) + textOf(`${name}.rejects`)])
      }
    }
    for (const [index, [ran, written]] of ended.slice(0, 3).entries()) {
      const [pooled, alike] = ended[index + 3] ?? assert.fail("no run")
      assert.strictEqual(ran.code, 1)
      assert.strictEqual(pooled.code, 1)
      assert.isTrue(written === alike, `${index}: ${written.length}, ${alike.length}`)
    }
    // Faults of framing count before those of the records in the same piece of the file.
    const lengths = ended.map(([, written]) => written.split("\n").length)
    assert.deepStrictEqual(lengths.slice(0, 3), [250_002, 249_003, 249_002])
  })

  it("show no bytes in the trail, in no event", async () => {
    await decode("card.dat -c card.cpy --trail trail")
    writeFileSync(file("long.ndjson"), '{"CARD-NUMBER":"4111111111111111X","AMOUNT":1}\n')
    const long = "encode long.ndjson -c card.cpy -o long.dat --trail trail"
    assert.strictEqual((await copybookRun(...long.split(" "))).code, 1)
    await copybookRun(...long.split(" "), "--max-errors", "1")
    const { stdout } = await run(["query", "trail", "type~copybook.*", "--json"], { cwd })
    assert.include(stdout, "AUD-5033: 1 records have faults, 0 are allowed")
    assert.include(stdout, "AUD-6111: line 1 was not encoded")
    assert.notMatch(stdout, /F4F1|4111/)
  })
})
