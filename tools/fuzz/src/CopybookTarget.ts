import { fingerprintOf } from "@countersign/copybook/layout/LayoutFingerprint"
import { layoutOf } from "@countersign/copybook/layout/LayoutBuilder"
import { everyField, formatLayout } from "@countersign/copybook/layout/LayoutTree"
import { jsonSchemaOf } from "@countersign/copybook/schema/JsonSchema"
import { typeScriptOf } from "@countersign/copybook/schema/TypeScriptTypes"
import { parseCopybook } from "@countersign/copybook/syntax/CopybookParser"
import * as Result from "effect/Result"
import { sampleCopybooks } from "./CopybookSeeds.ts"
import { insist, type Target } from "./Fuzzer.ts"

const words =
  "01 |05 |10 |49 |50 |66 |77 |78 |88 |FILLER|A-B |PIC |PICTURE IS |X(4)|9(5)V99|S9(9)|SV9(3)PP|Z,ZZ9.99-|$$9.99CR|N(3)|G(2)|X(999999999)|9(38)|9(39)|9(|COMP|COMP-1|COMP-2|COMP-3|COMP-5|COMP-6|COMP-X|BINARY|DISPLAY|POINTER|USAGE |OCCURS 3|OCCURS 0 TO 5 TIMES |OCCURS 2147483647|DEPENDING ON A|INDEXED BY I|ASCENDING KEY A|REDEFINES A|RENAMES A THRU B|SIGN LEADING SEPARATE|SYNC|JUST RIGHT|BLANK WHEN ZERO|VALUE |'A'|ALL 'x'|X'0G'|ZEROS|SPACES|THRU |COPY A.|COPY A REPLACING ==X== BY ==Y==.|REPLACE ==A== BY ==B==.|==|.|,|;| \n|       |      *|      -    'rest'|      D|>>SOURCE FREE|>>|*>|EXEC SQL|END-EXEC|DATA DIVISION.|FD F.|WORKING-STORAGE SECTION.|PROCEDURE DIVISION.|\u0000|\u001a|\t|é|𝕏|\"".split(
    "|",
  )

/** Placed members, one of which copies itself. */
const members: ReadonlyMap<string, string> = new Map([
  ["A", "           05 X PIC X.\n"],
  ["B", "           COPY B.\n"],
])

export const copybookTarget: Target = {
  name: "copybook",
  tokens: words,
  seeds: sampleCopybooks.map((text) => Buffer.from(text)),
  run: (input) => {
    const text = input.toString("utf8")
    const parsed = parseCopybook(text, { resolve: (name) => members.get(name.toUpperCase()) })
    if (Result.isFailure(parsed)) {
      for (const { span } of parsed.failure.diagnostics) {
        insist(span.line >= 1 && span.column >= 1 && span.offset >= 0, "a finding has a place")
      }
      return "refused"
    }
    const layout = layoutOf(parsed.success, { recordSizeMax: 1 << 20, placesMax: 10_000 })
    if (Result.isFailure(layout)) {
      insist(layout.failure.findings !== "", "a refusal names an error")
      return "refused"
    }
    const { aliases, dialect, fingerprint, lengthMax, lengthMin, root } = layout.success
    insist(lengthMin <= lengthMax && lengthMax <= 1 << 20, "lengths are in their bounds")
    insist(fingerprint === fingerprintOf({ aliases, dialect, root }), "the fingerprint is its own")
    const paths = everyField(layout.success).map(({ path }) => path)
    insist(new Set(paths.slice(1)).size === paths.length - 1, "paths are unique")
    formatLayout(layout.success)
    JSON.stringify(jsonSchemaOf(layout.success))
    typeScriptOf(layout.success)
    return "accepted"
  },
}
