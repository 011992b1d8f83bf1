/**
 * The configuration that a YAML file gives, as settings with their places.
 *
 * YAML 1.2 with its core schema: `yes` is a text, not a flag. Anchors, aliases, tags and several
 * documents are refused, so that what a file says is what stands in it.
 *
 * @since 0.1.0
 */
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml"
import {
  isField,
  isSection,
  notASection,
  type Origin,
  type Setting,
  type Settings,
  unknownField,
} from "./ConfigSetting.ts"
import type { ConfigProblem } from "./InvalidConfig.ts"

/**
 * Largest file that is read. Units: bytes.
 *
 * @category constants
 * @since 0.1.0
 */
export const fileBytesMax = 262_144

/** One broken line often breaks all after it. */
const syntaxProblemsMax = 5

interface Reading {
  readonly lines: LineCounter
  readonly file: string
  readonly byPath: Map<string, Setting>
  readonly problems: Array<ConfigProblem>
}

const originAt = ({ file, lines }: Reading, offset: number): Origin => {
  const { col, line } = lines.linePos(offset)
  // Before the first line end the counter knows no line.
  return { source: "file", file, line: Math.max(1, line), column: Math.max(1, col) }
}

const offsetOf = (node: unknown): number | undefined => {
  if (typeof node !== "object" || node === null || !("range" in node)) return undefined
  const [start]: ReadonlyArray<unknown> = Array.isArray(node.range) ? node.range : []
  return typeof start === "number" ? start : undefined
}

/** The value as a message or the schema sees it; a list or a map is never a field's value. */
const plainOf = (node: unknown): unknown => {
  if (isScalar(node)) return node.value
  if (isSeq(node)) return []
  return node === null || node === undefined ? null : {}
}

const isDecorated = (node: unknown): boolean =>
  typeof node === "object" &&
  node !== null &&
  (("anchor" in node && node.anchor !== undefined) ||
    ("tag" in node && node.tag !== undefined) ||
    ("source" in node && !isScalar(node)))

const readMap = (map: unknown, prefix: string, reading: Reading): void => {
  if (!isMap(map)) return
  for (const { key, value } of map.items) {
    const keyOffset = offsetOf(key) ?? 0
    const name = isScalar(key) ? String(key.value) : "?"
    const path = `${prefix}${name}`
    const origin = originAt(reading, offsetOf(value) ?? keyOffset)
    if (isDecorated(value) || isDecorated(key)) {
      reading.problems.push({
        ...origin,
        path,
        actual: "has an anchor, an alias or a tag",
        expected: "the value itself",
      })
    } else if (isField(path)) reading.byPath.set(path, { value: plainOf(value), origin })
    else if (!isSection(path)) {
      reading.problems.push(unknownField(path, originAt(reading, keyOffset)))
    } else if (isMap(value)) readMap(value, `${path}.`, reading)
    else if (plainOf(value) !== null) {
      reading.problems.push(notASection(path, plainOf(value), origin))
    }
  }
}

/**
 * Reads a file's text.
 *
 * @param text what is in it
 * @param file its name, for messages
 * @category encoding
 * @since 0.1.0
 */
export const fromYaml = (text: string, file: string): Settings => {
  const lines = new LineCounter()
  const reading: Reading = { lines, file, byPath: new Map(), problems: [] }
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    schema: "core",
  })
  for (const { message, pos } of [...document.errors, ...document.warnings].slice(
    0,
    syntaxProblemsMax,
  )) {
    reading.problems.push({
      ...originAt(reading, pos[0]),
      path: "",
      actual: message,
      expected: "YAML 1.2",
    })
  }
  if (reading.problems.length > 0) return { byPath: new Map(), problems: reading.problems }
  const { contents } = document
  if (isMap(contents) && !isDecorated(contents)) {
    readMap(contents, "", reading)
    return reading
  }
  if (plainOf(contents) === null) return reading
  reading.problems.push({
    ...originAt(reading, offsetOf(contents) ?? 0),
    path: "",
    actual: shownRoot(contents),
    expected: "sections and their fields, such as `sampling:`",
  })
  return reading
}

const shownRoot = (contents: unknown): string => {
  if (isDecorated(contents)) return "has an anchor, an alias or a tag"
  return isSeq(contents) ? "is a list" : "is a text"
}
