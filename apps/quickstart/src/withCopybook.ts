import { planFile } from "@countersign/copybook/file/FilePlan"
import * as RecordCodec from "@countersign/copybook/record/RecordCodec"
import * as Result from "effect/Result"

const copybook = `
       01  ACCOUNT.
           05  OWNER     PIC X(8).
           05  BALANCE   PIC S9(5)V99 COMP-3.
`
const { codec, layout } = Result.getOrThrow(planFile(copybook, { codePage: "cp037" }))
const { decoder, encoder } = Result.getOrThrow(RecordCodec.make(layout, codec))

const bytes = Result.getOrThrow(encoder.encode({ OWNER: "MILLER", BALANCE: -123.45 }))
console.log(Buffer.from(bytes).toString("hex"))

const { faults, value } = decoder.decode(bytes)
console.log(value, faults.length)

// Each fault has its code, field, place and bytes.
bytes[11] = 0xfa
console.log(decoder.decode(bytes).faults[0]?.message)
