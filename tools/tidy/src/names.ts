/** File names, file sizes, and words that mean "not finished". */
import type { Finding, Source, Workspace } from "./Workspace.ts"

/** Names that say nothing, so that everything ends up behind them. */
const emptyNames = new Set([
  "common",
  "helper",
  "helpers",
  "manager",
  "misc",
  "shared",
  "types",
  "util",
  "utils",
])

const linesMax = 450

const stemOf = (source: Source): string =>
  (source.path.split("/").at(-1) ?? "").replace(/(?:\.test|\.e2e)?\.tsx?$/, "")

const where = (
  workspace: Workspace,
  isWrong: (source: Source) => boolean,
  message: (source: Source) => string,
): ReadonlyArray<Finding> =>
  workspace.sources
    .filter(isWrong)
    .map((source) => ({ path: source.path, message: message(source) }))

/** A file is named after the one noun in it. */
export const emptyFileNames = (workspace: Workspace): ReadonlyArray<Finding> =>
  where(
    workspace,
    (source) => emptyNames.has(stemOf(source).toLowerCase()),
    (source) => `"${stemOf(source)}" says nothing: name the noun that is in it`,
  )

/**
 * In a package every module is `PascalCase.ts`; callers import it under that name. A test may
 * say which side of the module it is about: `Verifier.reading.test.ts`.
 */
export const wrongCase = (workspace: Workspace): ReadonlyArray<Finding> =>
  where(
    workspace,
    (source) =>
      source.owner.kind === "package" &&
      source.path !== `${source.owner.directory}/src/index.ts` &&
      !(source.isTest ? /^[A-Z][A-Za-z0-9]*(?:\.[a-z]+)?$/ : /^[A-Z][A-Za-z0-9]*$/).test(
        stemOf(source),
      ),
    () => "a module of a package has a PascalCase name",
  )

const lengthOf = (source: Source): number => source.text.trimEnd().split("\n").length

/** What does not fit here is two nouns. */
export const longFiles = (workspace: Workspace): ReadonlyArray<Finding> =>
  where(
    workspace,
    (source) => lengthOf(source) >= linesMax,
    (source) => `has ${lengthOf(source)} lines, ${linesMax} are too many: take a noun out of it`,
  )

// Written so that this file does not hold the words it looks for.
const unfinished = /\b(?:TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b/
const unrun = /\b(?:it|test|describe)(?:\.\w+)*\.(?:skip|only|todo|fails)\b/

/** Nothing is left for later, and no test is left out. */
export const forbiddenWords = (workspace: Workspace): ReadonlyArray<Finding> => {
  const texts = [
    ...workspace.sources.map((source) => [source.path, source.text, source.isTest] as const),
    ...[...workspace.documents].map(([file, text]) => [file, text, false] as const),
  ]
  return texts.flatMap(([file, text, isTest]) =>
    text.split("\n").flatMap((line, index) => {
      const word = unfinished.exec(line)?.[0] ?? (isTest ? unrun.exec(line)?.[0] : undefined)
      return word === undefined
        ? []
        : [{ path: file, line: index + 1, message: `${word}: finish it, or write down why not` }]
    }),
  )
}
