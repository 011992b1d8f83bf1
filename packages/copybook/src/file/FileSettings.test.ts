import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { CodePageOptions } from "../charset/CodePages.ts"
import type { FramerOptions, Framing } from "../framing/Framing.ts"
import type { SegmentOptions } from "../framing/Segments.ts"
import type { DialectRules } from "../layout/Dialect.ts"
import type { LayoutOptions } from "../layout/LayoutBuilder.ts"
import type { CodecOptions, FieldOverride } from "../record/CodecOptions.ts"
import type { ParseOptions } from "../syntax/CopybookParser.ts"
import { FileSettings, parseSettings, withSettings } from "./FileSettings.ts"

type Part<Name extends keyof FileSettings> = NonNullable<FileSettings[Name]>

/** Members of a module's options that no settings have; each is here for a reason. */
type Missing<Options, Name extends keyof FileSettings> = Exclude<keyof Options, keyof Part<Name>>

/** Options with a few words to choose from, all of which settings have. */
type Chosen =
  | "binaryRange"
  | "digits"
  | "fillerGroups"
  | "floats"
  | "groups"
  | "missing"
  | "names"
  | "physicalSize"
  | "redefines"
  | "rounding"
  | "signRule"
  | "trim"
  | "zonedSigns"

const nothingIsMissing: [
  // A file says it itself, by name.
  Missing<CodecOptions, "codec"> extends "codePage" ? true : false,
  Exclude<keyof FieldOverride, keyof NonNullable<Part<"codec">["fields"]>[string]> extends never
    ? true
    : false,
  Missing<LayoutOptions, "layout"> extends never ? true : false,
  // A change says what it changes.
  Exclude<
    keyof DialectRules,
    keyof Exclude<Part<"layout">["dialect"], string | undefined>
  > extends "dialect"
    ? true
    : false,
  Pick<Required<CodecOptions>, Chosen> extends Pick<Required<Part<"codec">>, Chosen> ? true : false,
  // Limits that protect a process, and a function.
  Missing<ParseOptions, "copybook"> extends "resolve" | "textMax" | "wordsMax" | "itemsMax"
    ? true
    : false,
  // Whoever reads the file says how strict it is, and how large batches are.
  Missing<FramerOptions, "framer"> extends "mode" | "batchRecordsMax" ? true : false,
  Missing<SegmentOptions, "segments"> extends never ? true : false,
  Framing["kind"] extends Part<"framing">["kind"] ? true : false,
  keyof CodePageOptions extends keyof FileSettings ? true : false,
] = [true, true, true, true, true, true, true, true, true, true]

describe("settings of a file", () => {
  it("have every option that the modules have", () => {
    assert.isTrue(nothingIsMissing.every((each) => each))
  })

  it("come from what JSON and YAML hold", () => {
    const settings = {
      codePage: "cp1047",
      layout: { dialect: { base: "gnucobol", pointerBytes: 4 } },
      framing: { kind: "length-map", field: "KIND", lengths: { A: 10 }, otherwise: 20 },
      codec: {
        policies: { blank: "null", "low-values": "zero" },
        fields: { NAME: { codePage: "cp273", trim: "none" } },
        viewRules: [
          { view: "A", when: { and: [{ field: "K", in: ["1", 2, null] }] } },
          {
            view: "B",
            when: {
              or: [
                { field: "K", from: 1, to: 2.5 },
                { field: "K", to: 0 },
              ],
            },
          },
          { view: "C", when: { field: "K", startsWith: "A" } },
        ],
      },
    }
    assert.deepStrictEqual<unknown>(
      Result.getOrThrow(parseSettings(settings, "settings.yaml")),
      settings,
    )
    assert.deepStrictEqual(Result.getOrThrow(parseSettings(null, "empty.yaml")), {})
  })

  it("refuse what is not known, all at once, by the file's name", () => {
    const refused = parseSettings(
      { codec: { polices: {}, trim: "middle" }, framing: { kind: "vsam" } },
      "settings.yaml",
    )
    assert.isTrue(Result.isFailure(refused))
    if (!Result.isFailure(refused)) return
    const { message } = refused.failure
    for (const part of ["AUD-5070", "settings.yaml", "polices", "trim"]) {
      assert.include(message, part)
    }
  })

  it("are laid over others member by member, and a framing of another kind whole", () => {
    const base: FileSettings = {
      framing: { kind: "fixed", length: 80 },
      codec: { trim: "none", policies: { blank: "null" } },
    }
    const over: FileSettings = {
      framing: { kind: "rdw" },
      codec: { policies: { sign: "raw" } },
    }
    assert.deepStrictEqual(withSettings(base, over), {
      framing: { kind: "rdw" },
      codec: { trim: "none", policies: { blank: "null", sign: "raw" } },
    })
  })

  it("have a JSON Schema for editors", () => {
    const { definitions } = Schema.toJsonSchemaDocument(FileSettings, {
      onExcessProperty: "error",
    })
    assert.deepNestedInclude(definitions["CopybookOptions"], {
      "properties.codePage.type": "string",
      additionalProperties: false,
    })
  })
})
