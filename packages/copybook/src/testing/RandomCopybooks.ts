/** Test kit: copybooks of any storages, groups, tables, counters and views, the same in every run. */
import type { Numbers } from "./Numbers.ts"

const edited = [
  "ZZZ9.99-",
  "$$,$$9.99CR",
  "+++,++9",
  "**,**9.99-",
  "Z(5)9.9(2)DB",
  "ZZZZ.ZZ",
  "-(5)",
  "9(3)/99",
  "$ZZ9.99",
  "--,---.--",
  "+9.9(5)E+99",
] as const

const numeric = (numbers: Numbers, digits: number, scale: string): string => {
  const sign = numbers.below(2) === 0 ? "" : "S"
  const place = numbers.pick(["", " LEADING", " TRAILING"] as const)
  const separate = numbers.pick(["", " SEPARATE"] as const)
  switch (numbers.below(6)) {
    case 0:
      return `${sign}9(${digits})${scale}${sign === "" || place === "" ? "" : ` SIGN${place}${separate}`}`
    case 1:
      return `9(${digits})${scale} BLANK WHEN ZERO`
    case 2:
      return `${sign}9(${digits})${scale} COMP-3`
    case 3:
      return `9(${digits})${scale} COMP-6`
    case 4:
      return `${sign}9(${Math.min(digits, 18)}) ${numbers.pick(["COMP", "COMP-5", "COMP SYNC"] as const)}`
    default:
      return `${sign}9(${Math.min(digits, 10)}) NATIONAL${sign === "" ? "" : " SIGN LEADING SEPARATE"}`
  }
}

const elementary = (numbers: Numbers): string => {
  const digits = 1 + numbers.below(numbers.pick([4, 9, 18, 31] as const))
  const scale = numbers.pick(["", "", `V9(${1 + numbers.below(6)})`, `P(${1 + numbers.below(3)})`])
  switch (numbers.below(10)) {
    case 0:
    case 1:
      return `PIC X(${1 + numbers.below(12)})${numbers.pick(["", "", " JUST"] as const)}`
    case 2:
      return `PIC ${numbers.pick(edited)}`
    case 3:
      return `PIC N(${1 + numbers.below(5)}) NATIONAL`
    case 4:
      return `PIC G(${1 + numbers.below(4)}) USAGE DISPLAY-1`
    case 5:
      return numbers.pick(["COMP-1", "COMP-2", "POINTER", "PIC XX/XX", "PIC X(3)0X"] as const)
    default:
      return `PIC ${numeric(numbers, digits, scale)}`
  }
}

class Writer {
  readonly lines: Array<string> = ["01 R."]
  private readonly numbers: Numbers
  private count = 0

  constructor(numbers: Numbers) {
    this.numbers = numbers
  }

  items(level: number, count: number): void {
    let base = ""
    for (let index = 0; index < count; index++) base = this.item(level, base)
  }

  /** A group with items below it, or one item; gives what may be redefined next. */
  private body(level: number, head: string): void {
    const isGroup = level < 20 && this.numbers.below(2) === 0
    this.lines.push(isGroup ? `${head}.` : `${head} ${elementary(this.numbers)}.`)
    if (isGroup) this.items(level + 5, 1 + this.numbers.below(3))
  }

  private item(level: number, base: string): string {
    const { numbers } = this
    const name = numbers.below(8) === 0 ? "FILLER" : `F${++this.count}`
    const kind = numbers.below(10)
    if (kind === 0 && base !== "") {
      this.body(level, `${level} ${name} REDEFINES ${base}`)
      return base
    }
    if (kind === 1) {
      const counter = `N${++this.count}`
      const picture = numbers.pick(["9", "9(2)", "9 COMP-3", "S9(4) COMP", "X"] as const)
      const bounds = `${numbers.below(2)} TO ${1 + numbers.below(4)}`
      this.lines.push(`${level} ${counter} PIC ${picture}.`)
      this.body(level, `${level} T${counter} OCCURS ${bounds} DEPENDING ON ${counter}`)
      return ""
    }
    const times = numbers.below(5) === 0 ? ` OCCURS ${1 + numbers.below(3)}` : ""
    if (kind < 4) this.body(level, `${level} ${name}${times}`)
    else this.lines.push(`${level} ${name}${times} ${elementary(numbers)}.`)
    return name === "FILLER" || times !== "" ? "" : name
  }
}

/** One copybook, in free format; not all of them are right. */
export const randomCopybook = (numbers: Numbers): string => {
  const writer = new Writer(numbers)
  writer.items(5, 1 + numbers.below(6))
  return writer.lines.join("\n")
}
