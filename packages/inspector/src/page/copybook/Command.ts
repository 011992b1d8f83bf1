/** What the view shows, as a command for a shell. */
import type { FileSettings } from "@countersign/copybook/file/FileSettings"
import { formatFraming } from "@countersign/copybook/file/FramingText"
import { shellArgument } from "../events/ShellCommand.ts"

const flag = (name: string, value: string | undefined): ReadonlyArray<string> =>
  value === undefined ? [] : [`--${name}`, shellArgument(value)]

const layoutFlags = ({ copybook, layout }: FileSettings): ReadonlyArray<string> => {
  const { dialect } = layout ?? {}
  const name = typeof dialect === "object" ? dialect.base : dialect
  const format = copybook?.format
  return [
    ...flag("source", format === "auto" ? undefined : format),
    ...flag("dialect", name === "ibm" ? undefined : name),
    ...flag("record", layout?.record),
    ...flag("records", layout?.records),
  ]
}

const recordFlags = (settings: FileSettings): ReadonlyArray<string> => {
  const { codec, codePage, framing, segments } = settings
  const sizes = codec?.physicalSize
  return [
    ...flag("framing", framing === undefined ? undefined : formatFraming(framing)),
    ...flag("codepage", codePage),
    ...flag("physical-size", sizes),
    ...(segments?.fields ?? []).flatMap((field) => flag("segment-field", field)),
    ...Object.entries(segments?.views ?? {}).flatMap(([view, ids]) =>
      flag("segment", `${view}=${ids.join(",")}`),
    ),
  ]
}

/** Settings that no flag says, and that an options file would have to. */
export const unsaid = ({ codec, framing, layout }: FileSettings): ReadonlyArray<string> => [
  ...(framing !== undefined && formatFraming(framing) === undefined ? ["framing"] : []),
  ...(typeof layout?.dialect === "object" ? ["byte order"] : []),
  ...(codec?.viewRules === undefined ? [] : ["rules of views"]),
]

export const inspectCommand = (copybook: string, settings: FileSettings): string =>
  ["countersign copybook inspect", shellArgument(copybook), ...layoutFlags(settings)].join(" ")

export const decodeCommand = (copybook: string, data: string, settings: FileSettings): string =>
  [
    "countersign copybook decode",
    shellArgument(data),
    "--copybook",
    shellArgument(copybook),
    ...layoutFlags(settings),
    ...recordFlags(settings),
  ].join(" ")
