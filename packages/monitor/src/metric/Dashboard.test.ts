import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { promtool } from "../testing/Promtool.ts"
import { instruments } from "./Instruments.ts"

const file = path.join(import.meta.dirname, "../../dashboards/countersign.json")

// Grafana's dashboard of schema version 38, as far as this one uses it.
const DataSource = Schema.Struct({
  type: Schema.Literal("prometheus"),
  uid: Schema.Literal("${DS_PROMETHEUS}"),
})
const GridPos = Schema.Struct({
  h: Schema.Int.check(Schema.isGreaterThan(0)),
  w: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 24 })),
  x: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 23 })),
  y: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
})
const Target = Schema.Struct({
  datasource: DataSource,
  editorMode: Schema.Literals(["code", "builder"]),
  expr: Schema.NonEmptyString,
  legendFormat: Schema.String,
  range: Schema.Boolean,
  refId: Schema.NonEmptyString,
})
const RowPanel = Schema.Struct({
  id: Schema.Int,
  type: Schema.Literal("row"),
  title: Schema.NonEmptyString,
  collapsed: Schema.Literal(false),
  gridPos: GridPos,
  panels: Schema.Tuple([]),
})
const FiguresPanel = Schema.Struct({
  id: Schema.Int,
  type: Schema.Literals(["timeseries", "stat"]),
  title: Schema.NonEmptyString,
  description: Schema.NonEmptyString,
  datasource: DataSource,
  gridPos: GridPos,
  fieldConfig: Schema.Struct({
    defaults: Schema.Record(Schema.String, Schema.Unknown),
    overrides: Schema.Array(Schema.Unknown),
  }),
  options: Schema.Record(Schema.String, Schema.Unknown),
  targets: Schema.NonEmptyArray(Target),
})
const Dashboard = Schema.Struct({
  __inputs: Schema.Array(
    Schema.Struct({
      name: Schema.Literal("DS_PROMETHEUS"),
      label: Schema.String,
      description: Schema.String,
      type: Schema.Literal("datasource"),
      pluginId: Schema.String,
      pluginName: Schema.String,
    }),
  ),
  // A number would be that of a dashboard in somebody's Grafana.
  id: Schema.Null,
  uid: Schema.NonEmptyString,
  title: Schema.NonEmptyString,
  schemaVersion: Schema.Literal(38),
  templating: Schema.Struct({
    list: Schema.Array(Schema.Struct({ name: Schema.String, definition: Schema.String })),
  }),
  panels: Schema.Array(Schema.Union([RowPanel, FiguresPanel])),
})

const dashboard = Schema.decodeUnknownSync(Schema.fromJsonString(Dashboard))(
  fs.readFileSync(file, "utf8"),
)

const figures = dashboard.panels.filter((panel) => panel.type !== "row")
const expressions = figures.flatMap(({ targets }) => targets.map(({ expr }) => expr))

/** The metrics that an expression names, without what a summary's parts are called after it. */
const namesIn = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/countersign_\w+/g)].map(([name]) =>
    instruments.has(name) ? name : name.replace(/_(?:count|sum)$/, ""),
  )

describe("the dashboard for Grafana", () => {
  it("names metrics of the table alone", () => {
    const definitions = dashboard.templating.list.map(({ definition }) => definition)
    const names = [...expressions, ...definitions].flatMap(namesIn)
    assert.isAbove(names.length, 30)
    for (const name of names) assert.isTrue(instruments.has(name), name)
  })

  it("groups by labels that the metrics have", () => {
    for (const expr of expressions) {
      const labels = namesIn(expr).flatMap((name) => instruments.get(name)?.labels ?? [])
      const isSummary = namesIn(expr).some((name) => instruments.get(name)?.kind === "summary")
      const known = new Set([...labels, "job", "instance", ...(isSummary ? ["quantile"] : [])])
      const used = [
        ...[...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, by = ""]) => by.split(", ")),
        ...[...expr.matchAll(/(\w+)=~?"/g)].map(([, label = ""]) => label),
      ]
      for (const label of used) assert.isTrue(known.has(label), `${label} in ${expr}`)
    }
  })

  it("takes rates of what only grows, and of nothing else", () => {
    for (const expr of expressions) {
      for (const [, name = ""] of expr.matchAll(/(?:rate|increase)\((\w+)/g)) {
        assert.match(name, /_(?:total|count|sum)$/, expr)
      }
    }
  })

  it("has panels that lie beside each other", () => {
    const ids = dashboard.panels.map(({ id }) => id)
    assert.strictEqual(new Set(ids).size, ids.length)
    const taken = new Set<string>()
    for (const { gridPos, title } of dashboard.panels) {
      assert.isAtMost(gridPos.x + gridPos.w, 24, title)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          assert.isFalse(taken.has(`${x} ${y}`), title)
          taken.add(`${x} ${y}`)
        }
      }
    }
    for (const { targets, title } of figures) {
      assert.strictEqual(new Set(targets.map(({ refId }) => refId)).size, targets.length, title)
    }
  })

  it.live("asks in a language that Prometheus understands", () =>
    Effect.scoped(
      Effect.gen(function* () {
        // As rules, since that is the form in which Prometheus' checker reads expressions.
        const rules = expressions.map((expr, index) => ({
          record: `panel_${index}`,
          expr: expr.replaceAll("$__rate_interval", "5m"),
        }))
        const rulesFile = path.join(yield* temporaryDirectory, "rules.json")
        fs.writeFileSync(rulesFile, JSON.stringify({ groups: [{ name: "panels", rules }] }))
        const said = execFileSync(promtool(), ["check", "rules", rulesFile], { encoding: "utf8" })
        assert.include(said, `SUCCESS: ${expressions.length} rules found`)
      }),
    ),
  )
})
