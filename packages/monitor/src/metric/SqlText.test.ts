import { assert, describe, it } from "@effect/vitest"
import { operationOf, withoutValues } from "./SqlText.ts"

const cases: ReadonlyArray<readonly [statement: string, shown: string]> = [
  ["select * from patient where id = 42", "select * from patient where id = ?"],
  ["select 1.5e-3, .5, 0x1F, 1_000", "select ?"],
  ["select * from patient where name = 'O''Neill'", "select * from patient where name = ?"],
  [String.raw`select E'it\'s', 1`, "select ?"],
  ["select $$secret$$, $tag$se$cret$tag$, 2", "select ?"],
  ["insert into a (b, c) values ($1, $2), ($3, $4)", "insert into a (b, c) values (?)"],
  ["select * from a where b in (1, 2, 3)", "select * from a where b in (?)"],
  ["select /* of /* Mr */ Smith */ 1 -- and Jones\n from a", "select ? from a"],
  ['select "column 7" from "a""b"', 'select "column 7" from "a""b"'],
  ["update  a\n\tset b=:name where c=@id", "update a set b=? where c=?"],
  ["select $1::text, '1'::int[], a::date", "select ?::text, ?::int[], a::date"],
  ["select x1, t2.y3 from t2", "select x1, t2.y3 from t2"],
  ["select 'Smith", "select ?"],
  ["select $a$ Smith", "select ?"],
  ["select 1 /* Smith", "select ?"],
  ['select 1 as "Smith', "select ? as ?"],
  ["select u&'Smith', n'Smith', b'0101', x'1F'", "select ?"],
  ["select 12abc, 'a' 'b'", "select ? ?"],
]

describe("a statement without its values", () => {
  for (const [statement, shown] of cases) {
    it(`shows ${JSON.stringify(statement)} as ${shown}`, () => {
      assert.strictEqual(withoutValues(statement), shown)
    })
  }

  it("is the same for whatever values, and shows none", () => {
    const secrets = ["Smith", "O'Neill", "a\nb", "--", "/*", "$$", "1; drop table a", "ü"]
    const shown = secrets.map((secret) =>
      withoutValues(`select * from a where b = '${secret.replaceAll("'", "''")}' and c > 7`),
    )
    assert.strictEqual(new Set(shown).size, 1)
    assert.strictEqual(shown[0], "select * from a where b = ? and c > ?")
  })

  it("is short, however long the statement, and in no more time", () => {
    const shown = withoutValues(`select ${"'x' || ".repeat(100_000)}1`)
    assert.isAtMost(shown.length, 500)
    for (const bad of ["'", "/*", "$a$", '"', "$", "("]) {
      assert.isAtMost(withoutValues(bad.repeat(50_000)).length, 500)
    }
  })
})

describe("the operation of a statement", () => {
  it("is its first word", () => {
    assert.strictEqual(operationOf("  SELECT 1"), "select")
    assert.strictEqual(operationOf("/* a */ -- b\n (with a as (select 1) select 2)"), "with")
    assert.strictEqual(operationOf("Smith"), "other")
    assert.strictEqual(operationOf(""), "other")
    assert.strictEqual(operationOf("/* a * b **/ select 1"), "select")
  })

  it("is found at once behind any number of comments", { timeout: 2000 }, () => {
    assert.strictEqual(operationOf(`${"/**/".repeat(400)}1`), "other")
  })
})
