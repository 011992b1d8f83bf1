/** Copybooks with every storage, tables, counters and views. */
import type { Layout } from "@countersign/copybook/layout/Layout"
import { layoutOf } from "@countersign/copybook/layout/LayoutBuilder"
import { parseCopybook } from "@countersign/copybook/syntax/CopybookParser"
import * as Result from "effect/Result"

export const sampleCopybooks: ReadonlyArray<string> = [
  `       01  ACCOUNT.
           05  KIND          PIC X.
           05  HEADER-PART.
               10  RUN-DATE  PIC 9(8).
               10  FILLER    PIC X(10).
           05  DETAIL-PART REDEFINES HEADER-PART.
               10  NAME      PIC X(10).
               10  BALANCE   PIC S9(9)V99 COMP-3.
               10  FILLER    PIC X(2).
`,
  `       01  ORDER-REC.
           05  LINES-COUNT   PIC 9(2).
           05  LINE-ITEM     OCCURS 0 TO 5
                             DEPENDING ON LINES-COUNT.
               10  PRICE     PIC S9(5)V99 SIGN LEADING SEPARATE.
               10  TAGS      PIC X(2) OCCURS 2.
           05  TOTAL         PIC Z,ZZ9.99-.
`,
  `       01  NUMBERS.
           05  A             PIC S9(4) COMP.
           05  B             PIC 9(18) COMP-5.
           05  C             COMP-1.
           05  D             COMP-2.
           05  E             PIC 9(5) COMP-6.
           05  F             PIC S9(38).
           05  G             PIC N(3).
           05  H             PIC SPPP9(3) COMP-3.
           05  I             POINTER.
           05  J             PIC 9(3) BLANK WHEN ZERO.
`,
]

export const sampleLayouts: ReadonlyArray<Layout> = sampleCopybooks.map((text) =>
  Result.getOrThrow(layoutOf(Result.getOrThrow(parseCopybook(text)))),
)
