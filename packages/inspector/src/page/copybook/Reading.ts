/** How a file is read: what the address of a tab says, as settings of the codec, and back. */
import {
  parseSettings,
  type FileSettings,
  withSettings,
} from "@countersign/copybook/file/FileSettings"
import { formatFraming, parseFraming } from "@countersign/copybook/file/FramingText"
import * as Result from "effect/Result"
import type { Parameters } from "../shell/Contribution.ts"

export type FramingSetting = NonNullable<FileSettings["framing"]>

export const dialectNames = ["ibm", "gnucobol", "micro-focus"] as const
export const endianNames = ["big", "little"] as const
export const sizeNames = ["maximum", "actual", "actual-padded"] as const
export const sourceFormats = ["auto", "fixed", "free"] as const

/** What stands in the address for one framing; a form of the command line where there is one. */
export const framingText = (framing: FramingSetting): string =>
  formatFraming(framing) ?? JSON.stringify(framing)

const framingOf = (text: string): FramingSetting | undefined => {
  const parsed = parseFraming(text)
  if (parsed !== undefined || !text.startsWith("{")) return parsed
  try {
    const made = parseSettings({ framing: JSON.parse(text) }, "the address")
    return Result.isSuccess(made) ? made.success.framing : undefined
  } catch {
    return undefined
  }
}

/** `KIND; HEADER=H; DETAIL=D,E`: the field that tells segments apart, and each view's ids. */
const segmentsOf = (text: string): FileSettings["segments"] => {
  const [first = "", ...rest] = text.split(";").map((part) => part.trim())
  const fields = first.split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()]))
  const views = rest.flatMap((part) => {
    const at = part.indexOf("=")
    return at <= 0 ? [] : [[part.slice(0, at).trim(), part.slice(at + 1).split(",")] as const]
  })
  return fields.length === 0 ? undefined : { fields, views: Object.fromEntries(views) }
}

export const segmentsText = ({ segments }: FileSettings): string =>
  segments === undefined
    ? ""
    : [
        segments.fields.join(","),
        ...Object.entries(segments.views).map(([view, ids]) => `${view}=${ids.join(",")}`),
      ].join("; ")

const oneOf = <A extends string>(
  names: ReadonlyArray<A>,
  text: string | undefined,
): A | undefined => names.find((name) => name === text)

const layoutPart = ({ dialect, endian, record }: Parameters): FileSettings["layout"] => {
  const named = oneOf(dialectNames, dialect)
  const order = oneOf(endianNames, endian)
  if (named === undefined && order === undefined && record === undefined) return undefined
  return {
    ...(record === undefined || record === "" ? {} : { record }),
    ...(order === undefined
      ? named === undefined
        ? {}
        : { dialect: named }
      : { dialect: { base: named ?? "ibm", binaryEndian: order, nativeEndian: order } }),
  }
}

export interface Reading {
  readonly settings: FileSettings
  /** Parts of the address that say nothing that could be. */
  readonly problems: ReadonlyArray<string>
}

/** What the address says, over what the copybook's source brings. */
export const readingOf = (base: FileSettings, parameters: Parameters): Reading => {
  const { codepage = "", format, framing: form = "", odo, segments: kinds = "" } = parameters
  const framing = form === "" ? undefined : framingOf(form)
  const layout = layoutPart({
    ...(parameters["dialect"] === undefined ? {} : { dialect: parameters["dialect"] }),
    ...(parameters["endian"] === undefined ? {} : { endian: parameters["endian"] }),
    ...(parameters["of"] === undefined ? {} : { record: parameters["of"] }),
  })
  const source = oneOf(sourceFormats, format)
  const size = oneOf(sizeNames, odo)
  const segments = segmentsOf(kinds)
  const over: FileSettings = {
    ...(framing === undefined ? {} : { framing }),
    ...(layout === undefined ? {} : { layout }),
    ...(codepage === "" ? {} : { codePage: codepage }),
    ...(source === undefined ? {} : { copybook: { format: source } }),
    ...(size === undefined ? {} : { codec: { physicalSize: size } }),
  }
  const merged = withSettings(base, over)
  return {
    // Views that were named before and are no more must not stay.
    settings: segments === undefined ? merged : { ...merged, segments },
    problems:
      form !== "" && framing === undefined ? [`${form.slice(0, 80)} is no form of framing`] : [],
  }
}
