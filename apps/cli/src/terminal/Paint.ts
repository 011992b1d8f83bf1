/** Colour where a person looks: on a terminal, and not with NO_COLOR. */
import { styleText } from "node:util"

type Format = Parameters<typeof styleText>[0]

export interface Paint {
  readonly bold: (text: string) => string
  readonly faint: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly doubtful: (text: string) => string
}

/** `styleText` itself looks at the stream, NO_COLOR and FORCE_COLOR. */
export const paintFor = (stream: NodeJS.WriteStream): Paint => {
  const as = (format: Format) => (text: string) => styleText(format, text, { stream })
  return {
    bold: as("bold"),
    faint: as("dim"),
    good: as("green"),
    bad: as("red"),
    doubtful: as("yellow"),
  }
}
