/** Copybooks that another tool refuses: ours must say something of the lines that it names. */
import * as Result from "effect/Result"
import { layoutOf } from "@countersign/copybook/layout/LayoutBuilder"
import type { Diagnostic } from "@countersign/copybook/source/Diagnostic"
import { parseCopybook } from "@countersign/copybook/syntax/CopybookParser"
import type { Findings } from "./Finding.ts"
import { isObject, type Json } from "./Manifest.ts"

const diagnosticsOf = (text: string): ReadonlyArray<Diagnostic> => {
  const copybook = parseCopybook(text)
  if (Result.isFailure(copybook)) return copybook.failure.diagnostics
  const layout = layoutOf(copybook.success)
  if (Result.isFailure(layout)) return [...copybook.success.warnings, ...layout.failure.diagnostics]
  return [...copybook.success.warnings, ...(layout.success.warnings ?? [])]
}

const messagesOf = (expected: Json | undefined): ReadonlyArray<string> =>
  Object.values(isObject(expected) ? expected : {}).flatMap((each) =>
    Array.isArray(each) ? each.filter((message) => typeof message === "string") : [],
  )

/** Where the other tool says that it does not support what it read, nothing need be wrong with it. */
export const parseErrorFindings = (text: string, expected: Json | undefined): Findings => {
  const lines = new Set(diagnosticsOf(text).map(({ span }) => span.line))
  const different: Array<string> = []
  const explained: Array<string> = []
  for (const message of messagesOf(expected)) {
    const line = Number(/\bline (\d+)/.exec(message)?.[1] ?? 0)
    if (lines.has(line)) continue
    const isLimit = /is not supported/.test(message)
    if (isLimit)
      explained.push(`nothing wrong in line ${line}, and the other tool says: ${message}`)
    else different.push(`nothing found in line ${line}: ${message}`)
  }
  return { different, explained }
}
