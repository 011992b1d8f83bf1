/**
 * A layout as a text, which is the same where bytes are read the same.
 *
 * It has one line a field, an alias or a table, each a JSON array, in
 * the order of the text. It holds names, paths, levels of nesting, offsets, lengths, storage,
 * tables with their counters, and redefinitions. It holds nothing of what only people read:
 * comments, spacing, level numbers, spans, conditions, initial values.
 *
 * @since 0.1.0
 */
import type { Field, Layout, Storage } from "./Layout.ts"

const pictureOf = (storage: Storage): ReadonlyArray<unknown> =>
  storage.kind === "edited"
    ? [
        storage.picture.category,
        storage.picture.symbols.map(({ count, symbol }) => [symbol, count]),
        storage.picture.digits,
        storage.picture.scale,
        storage.picture.isSigned,
        storage.picture.decimalPoint ?? ".",
        storage.picture.currencySign ?? null,
      ]
    : []

const storageOf = (storage: Storage): ReadonlyArray<unknown> => {
  switch (storage.kind) {
    case "text":
      return ["text", storage.isAlphabetic]
    case "national":
      return storage.decimal === undefined
        ? ["national"]
        : ["national", ...storageOf(storage.decimal)]
    case "zoned":
      return [
        "zoned",
        storage.digits,
        storage.scale,
        storage.isSigned,
        storage.signPosition,
        storage.isSignSeparate,
      ]
    case "packed":
      return ["packed", storage.digits, storage.scale, storage.isSigned, storage.hasSignNibble]
    case "binary":
      return [
        "binary",
        storage.digits,
        storage.scale,
        storage.isSigned,
        storage.bytes,
        storage.endian,
        storage.isFullRange,
      ]
    case "float":
      return ["float", storage.bytes]
    case "edited":
      return ["edited", storage.isNumeric, ...pictureOf(storage)]
    case "dbcs":
    case "opaque":
      return [storage.kind]
  }
}

const linesOf = (field: Field): ReadonlyArray<ReadonlyArray<unknown>> => {
  const { table } = field
  const own = [
    field.kind,
    field.path,
    field.isFiller,
    field.offset,
    field.length,
    field.lengthMin,
    table === undefined ? null : [table.min, table.max, table.stride, table.counter ?? null],
    field.redefines ?? null,
  ]
  if (field.kind === "group") return [own, ...field.fields.flatMap(linesOf)]
  const { isBlankWhenZero, isJustified, storage } = field
  return [[...own, storageOf(storage), isJustified, isBlankWhenZero]]
}

/**
 * The text whose SHA-256 is the fingerprint.
 *
 * @category encoding
 * @since 0.1.0
 */
export const describeLayout = ({
  aliases,
  dialect,
  root,
}: Pick<Layout, "aliases" | "dialect" | "root">): string =>
  [
    ["countersign-layout", 1, dialect],
    ...linesOf(root),
    ...aliases.map(({ length, name, offset }) => ["alias", name, offset, length]),
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("")
