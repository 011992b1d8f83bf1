import { assert, describe, it } from "@effect/vitest"
import { memorySource } from "./ByteSource.ts"
import { understand } from "./Codec.ts"
import { fieldsAt, ownersOf, readRecord } from "./FieldTree.ts"
import { makeIndex } from "./RecordIndex.ts"
import { samples } from "./Sample.ts"

const [sample] = samples
if (sample === undefined) throw new Error("there is no sample")
const { codec } = understand(sample.text, sample.settings)
if (codec === undefined) throw new Error("the sample is refused")

const indexed = async (name: string) => {
  const made = sample.data.find((one) => one.name === name)?.make() ?? new Uint8Array(0)
  const index = makeIndex(codec, memorySource(name, made))
  while (index.state.get().state === "running") await new Promise((done) => setTimeout(done, 1))
  return index
}

const treeOf = async (record: number) => {
  const index = await indexed("monday.dat")
  const bytes = await index.read(record)
  if (bytes === undefined) throw new Error(`there is no record ${record}`)
  return { tree: readRecord(codec, bytes), bytes }
}

const copybook = (text: string, settings = {}) => {
  const understood = understand(text, { codePage: "ascii", ...settings })
  if (understood.codec === undefined) throw new Error(JSON.stringify(understood))
  return understood.codec
}

const ascii = (text: string) => ({
  number: 0,
  fileOffset: 0,
  bytes: new TextEncoder().encode(text),
})

describe("a record's fields", () => {
  it("stand where they lie, with what they say", async () => {
    const { bytes, tree } = await treeOf(0)
    assert.strictEqual(tree.segment, "H")
    assert.strictEqual(tree.view, "HEADER-RECORD")
    assert.strictEqual(bytes.bytes.length, 41)
    const name = tree.byId.get("HEADER-RECORD.BANK-NAME")
    assert.deepInclude(name, { offset: 1, length: 30, value: "Banque Générale d'Exemple" })
    assert.deepInclude(tree.byId.get("HEADER-RECORD.RUN-NUMBER"), { offset: 39, value: "61" })
    assert.isFalse(tree.byId.get("ACCOUNT-RECORD")?.isRead)
    assert.isTrue(tree.byId.get("HEADER-RECORD")?.isRead)
  })

  it("move with the counters before them", async () => {
    const text = `
       01 R.
          05 N PIC 9.
          05 T OCCURS 0 TO 5 DEPENDING ON N.
             10 A PIC XX.
          05 B PIC X(3).
`
    const tree = readRecord(copybook(text), ascii("2aabbend"))
    assert.deepInclude(tree.byId.get("T"), { kind: "table", offset: 1, length: 4, value: "2 of 5" })
    assert.deepInclude(tree.byId.get("T[1].A"), { offset: 3, length: 2, value: "bb" })
    assert.isUndefined(tree.byId.get("T[2].A"))
    assert.deepInclude(tree.byId.get("B"), { offset: 5, value: "end", isWhole: true })
    const longer = readRecord(copybook(text, { codec: { physicalSize: "maximum" } }), ascii("1aa"))
    assert.deepInclude(longer.byId.get("B"), { offset: 11, isWhole: false, problem: "CPY-4013" })
  })

  it("have the names that level 88 gives, and the view that rules choose", async () => {
    const { tree } = await treeOf(2)
    assert.deepEqual(tree.byId.get("TRANSACTION-RECORD.TRANSACTION-TYPE")?.names, [
      "IS-CARD-PAYMENT",
    ])
    assert.isTrue(tree.byId.get("TRANSACTION-RECORD.CARD-PAYMENT")?.isRead)
    assert.isFalse(tree.byId.get("TRANSACTION-RECORD.TRANSFER")?.isRead)
  })

  it("that are faulty have their code, place and bytes", async () => {
    const index = await indexed("monday.dat")
    const trees = await Promise.all(
      Array.from({ length: index.state.get().records }, async (_, number) => {
        const bytes = await index.read(number)
        return bytes === undefined ? undefined : readRecord(codec, bytes)
      }),
    )
    const faulty = trees.filter((tree) => (tree?.faults.length ?? 0) > 0)
    assert.lengthOf(faulty, 1)
    const amount = faulty[0]?.byId.get("TRANSACTION-RECORD.POSTING.AMOUNT")
    assert.strictEqual(amount?.problem, "CPY-4003")
    assert.strictEqual(amount?.fault?.path, amount?.id)
    assert.isUndefined(amount?.value)
  })

  it("are found by their bytes, the view that is read first", async () => {
    const { bytes, tree } = await treeOf(2)
    const merchant = tree.byId.get("TRANSACTION-RECORD.CARD-PAYMENT.MERCHANT")
    const found = fieldsAt(tree, merchant?.offset ?? -1)
    assert.strictEqual(found[0]?.id, merchant?.id)
    assert.include(
      found.map(({ id }) => id),
      "TRANSACTION-RECORD.TRANSFER.REMITTANCE",
    )
    const owners = ownersOf(tree, bytes.bytes.length)
    assert.strictEqual(tree.leaves[owners[merchant?.offset ?? 0] ?? -1]?.id, merchant?.id)
  })

  it("of any bytes are read without an exception", () => {
    for (const length of [0, 1, 40, 400]) {
      for (const byte of [0x00, 0x40, 0xc1, 0xff]) {
        const bytes = new Uint8Array(length).fill(byte)
        assert.isDefined(readRecord(codec, { number: 0, fileOffset: 0, bytes }).root)
      }
    }
  })
})
