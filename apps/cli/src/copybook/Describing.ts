/** What a copybook says: findings, layout, types and schemas. */
import { FileSettings } from "@countersign/copybook/file/FileSettings"
import { elementaryFields } from "@countersign/copybook/layout/LayoutTree"
import { arrowSchemaOf } from "@countersign/copybook/schema/ArrowSchema"
import { jsonSchemaOf } from "@countersign/copybook/schema/JsonSchema"
import { typeScriptOf } from "@countersign/copybook/schema/TypeScriptTypes"
import { formatDiagnostic } from "@countersign/copybook/syntax/CopybookInvalid"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { LayoutFlags } from "./CopybookFlags.ts"
import type { Paint } from "../terminal/Paint.ts"
import { layoutFrom } from "./Copybooks.ts"
import { layoutTable } from "./LayoutTable.ts"

type Files = ReadonlyArray<string>

const shapeOf = ({ codec = {} }: FileSettings) => ({
  ...(codec.numbers === undefined ? {} : { numbers: codec.numbers }),
  ...(codec.names === undefined ? {} : { names: codec.names }),
  ...(codec.hasFillers === undefined ? {} : { hasFillers: codec.hasFillers }),
  ...(codec.bytes === undefined ? {} : { bytes: codec.bytes }),
})

const printed = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`

export const checkCopybooks = Effect.fnUntraced(function* (files: Files, flags: LayoutFlags) {
  const { layout } = yield* layoutFrom(files, flags)
  const findings = (layout.warnings ?? []).map((one) => ({ ...one, text: formatDiagnostic(one) }))
  return { layout, findings, fields: elementaryFields(layout).length }
})

export const describeLayout = Effect.fnUntraced(function* (
  files: Files,
  flags: LayoutFlags,
  columns: number | undefined,
  paint: Paint,
) {
  const { layout } = yield* layoutFrom(files, flags)
  return { document: layout, table: layoutTable(layout, columns, paint) }
})

export const writeTypes = Effect.fnUntraced(function* (files: Files, flags: LayoutFlags) {
  const { layout, settings } = yield* layoutFrom(files, flags)
  return typeScriptOf(layout, shapeOf(settings))
})

export const writeSchema = Effect.fnUntraced(function* (
  files: Files,
  flags: LayoutFlags,
  of: "json" | "arrow",
) {
  const { layout, settings } = yield* layoutFrom(files, flags)
  const shape = shapeOf(settings)
  if (of === "json") return printed(jsonSchemaOf(layout, shape))
  // That of the files that `decode` writes.
  return printed(arrowSchemaOf(layout, { ...shape, form: "columns" }))
})

export const optionsSchema = (): string => {
  const { definitions, schema } = Schema.toJsonSchemaDocument(FileSettings, {
    onExcessProperty: "error",
  })
  const $schema = "https://json-schema.org/draft/2020-12/schema"
  return printed({ $schema, ...schema, $defs: definitions })
}
