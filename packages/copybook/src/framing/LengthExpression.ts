/**
 * Whole-number arithmetic over a record's fields, such as `LEN * 2 + 4`.
 *
 * The text is parsed, never run: whole numbers, field names, `+ - * /` (rounded towards zero, as
 * COBOL's integers are) and brackets. A minus between letters belongs to a name, as in COBOL, so
 * a subtraction has a blank before its minus.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { FramingInvalid } from "./FramingInvalid.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface LengthExpression {
  /** The fields it names, each once. */
  readonly fields: ReadonlyArray<string>
  /**
   * Its value, given those of `fields` in their order; `NaN` where it divides by zero.
   */
  readonly evaluate: (values: ReadonlyArray<number>) => number
}

type Token =
  | { readonly kind: "number"; readonly value: number; readonly at: number }
  | { readonly kind: "name"; readonly text: string; readonly at: number }
  | { readonly kind: "sign"; readonly text: string; readonly at: number }

type Evaluate = LengthExpression["evaluate"]

/** So that brackets can't fill the stack. */
const lengthMax = 1000
const depthMax = 50

const lexeme = /\s*(?:(\d+)(?![\w-])|([A-Za-z_@#$\d][\w@#$.-]*(?:\(\d+\))?)|([-+*/()]))/y

const tokensOf = (text: string): ReadonlyArray<Token> | number => {
  const tokens: Array<Token> = []
  const end = text.trimEnd().length
  lexeme.lastIndex = 0
  while (lexeme.lastIndex < end) {
    const from = lexeme.lastIndex
    const match = lexeme.exec(text)
    if (match === null) return from
    const [whole, number, name, sign] = match
    const at = from + whole.length - whole.trimStart().length
    if (number !== undefined) tokens.push({ kind: "number", value: Number(number), at })
    else if (name !== undefined) tokens.push({ kind: "name", text: name, at })
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign, at })
  }
  return tokens
}

const operations: Readonly<Record<string, (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => (right === 0 ? Number.NaN : Math.trunc(left / right)),
}

/** Recursive descent; the first thing that can't be is kept, and ends it. */
class Parser {
  readonly fields: Array<string> = []
  trouble: string | undefined
  readonly #tokens: ReadonlyArray<Token>
  #next = 0
  #depth = 0

  constructor(tokens: ReadonlyArray<Token>) {
    this.#tokens = tokens
  }

  whole(): Evaluate {
    const evaluate = this.#sum()
    const rest = this.#tokens[this.#next]
    if (rest !== undefined) this.#wrong(`has something left over at character ${rest.at + 1}`)
    return evaluate
  }

  #wrong(detail: string): Evaluate {
    this.trouble ??= detail
    this.#next = this.#tokens.length
    return () => Number.NaN
  }

  #sign(signs: string): string | undefined {
    const token = this.#tokens[this.#next]
    if (token?.kind !== "sign" || !signs.includes(token.text)) return undefined
    this.#next += 1
    return token.text
  }

  #chain(signs: string, part: () => Evaluate): Evaluate {
    let left = part()
    for (let sign = this.#sign(signs); sign !== undefined; sign = this.#sign(signs)) {
      const [first, second, operation] = [left, part(), operations[sign]]
      if (operation === undefined) break
      left = (values) => operation(first(values), second(values))
    }
    return left
  }

  #sum(): Evaluate {
    return this.#chain("+-", () => this.#chain("*/", () => this.#factor()))
  }

  #factor(): Evaluate {
    this.#depth += 1
    if (this.#depth > depthMax) return this.#wrong("has too many brackets")
    const evaluate = this.#operand()
    this.#depth -= 1
    return evaluate
  }

  #operand(): Evaluate {
    if (this.#sign("-") !== undefined) {
      const operand = this.#factor()
      return (values) => -operand(values)
    }
    if (this.#sign("(") !== undefined) {
      const inner = this.#sum()
      return this.#sign(")") === undefined ? this.#wrong("has a bracket without its end") : inner
    }
    const token = this.#tokens[this.#next]
    this.#next += 1
    if (token?.kind === "number") return () => token.value
    if (token?.kind !== "name") {
      return this.#wrong(
        token === undefined
          ? "ends where a number or a field is due"
          : `has "${token.text}" at character ${token.at + 1}, where a number or a field is due`,
      )
    }
    const known = this.fields.indexOf(token.text)
    const place = known >= 0 ? known : this.fields.push(token.text) - 1
    return (values) => values[place] ?? Number.NaN
  }
}

/**
 * Parses an expression; what it names is not looked up.
 *
 * @category parsing
 * @since 0.1.0
 */
export const parseLengthExpression = (
  text: string,
): Result.Result<LengthExpression, FramingInvalid> => {
  const fail = (detail: string): Result.Result<never, FramingInvalid> =>
    Result.fail(new FramingInvalid({ option: "expression", detail: `${detail}: ${text}` }))
  if (text.length > lengthMax) {
    return Result.fail(
      new FramingInvalid({
        option: "expression",
        detail: `is longer than ${lengthMax} characters`,
      }),
    )
  }
  const tokens = tokensOf(text)
  if (typeof tokens === "number") return fail(`can't be read from character ${tokens + 1} on`)
  const parser = new Parser(tokens)
  const evaluate = parser.whole()
  return parser.trouble === undefined
    ? Result.succeed({ fields: parser.fields, evaluate })
    : fail(parser.trouble)
}
