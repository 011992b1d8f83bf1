/**
 * A case of conformance: a directory with a `manifest.json` that says which copybook reads which
 * data, how, and what another tool made of it.
 *
 * `record_format` and `code_page` say how the data lies there; `peer_options` are options in the
 * words of the tool that the expectation comes from; `expected` names files with what it gave.
 */
import * as fs from "node:fs"
import * as path from "node:path"

export type Json = null | boolean | number | string | ReadonlyArray<Json> | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

export interface Expectation {
  readonly file: string
  readonly kind: string
}

export interface Manifest {
  readonly directory: string
  readonly id: string
  readonly peer: string
  readonly copybooks: ReadonlyArray<string>
  readonly data: ReadonlyArray<string>
  readonly recordFormat: JsonObject
  readonly codePage: string
  readonly peerOptions: JsonObject
  readonly expected: ReadonlyArray<Expectation>
  /** What is known of the other tool's output, and of errors in it. */
  readonly notes: string
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** A member as text; empty where there is none. */
export const textAt = (object: JsonObject, name: string): string => {
  const value = object[name]
  if (typeof value === "string") return value
  return typeof value === "number" || typeof value === "boolean" ? String(value) : ""
}

const textsOf = (value: Json | undefined): ReadonlyArray<string> =>
  (Array.isArray(value) ? value : [value]).filter((each) => typeof each === "string")

export const readManifest = (directory: string): Manifest => {
  // Of JSON's own types by what JSON is.
  const manifest = JSON.parse(
    fs.readFileSync(path.join(directory, "manifest.json"), "utf8"),
  ) as JsonObject
  const expected = manifest["expected"]
  return {
    directory,
    id: textAt(manifest, "id"),
    peer: textAt(manifest, "peer"),
    copybooks: textsOf(manifest["copybook"]),
    data: textsOf(manifest["data"]),
    recordFormat: isObject(manifest["record_format"]) ? manifest["record_format"] : {},
    codePage: textAt(manifest, "code_page"),
    peerOptions: isObject(manifest["peer_options"]) ? manifest["peer_options"] : {},
    expected: (Array.isArray(expected) ? expected : []).filter(isObject).map((each) => ({
      file: textAt(each, "file"),
      kind: textAt(each, "kind"),
    })),
    notes: textAt(manifest, "notes"),
  }
}

/** Every directory below one that has a manifest. */
export const casesBelow = (directory: string): ReadonlyArray<string> =>
  fs
    .readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((file) => path.basename(file) === "manifest.json")
    .map((file) => path.join(directory, path.dirname(file)))
    .sort()

/** One value a line, one array, or one value. */
export const readExpected = (manifest: Manifest, file: string): ReadonlyArray<Json> => {
  const text = fs.readFileSync(path.join(manifest.directory, file), "utf8")
  const isLines = /\.(jsonl|ndjson)$/.test(file)
  const lossless = (part: string): Json =>
    // Decimals as texts: a double would round them before they are compared.
    JSON.parse(
      part.replaceAll(
        /("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g,
        (all, quoted: string | undefined) => (quoted === undefined ? `{"#":"${all}"}` : all),
      ),
    ) as Json
  if (isLines) {
    return text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map(lossless)
  }
  const value = lossless(text)
  return Array.isArray(value) ? value : [value]
}
