import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import {
  formatCompressedPath,
  formatTileIndex,
  formatTilePath,
  hashesAtLevel,
  parseTilePath,
  tileLevels,
  tileSpan,
  tilesOf,
  tileWidth,
  widthOf,
} from "./Tile.ts"

const index = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))

describe("Tile", () => {
  // The examples in the text of C2SP tlog-tiles.
  it("names tiles as the specification's examples do", () => {
    assert.strictEqual(formatTileIndex(1_234_067), "x001/x234/067")
    assert.strictEqual(formatTilePath({ level: 0, index: 0, width: 256 }), "tile/0/000")
    assert.strictEqual(
      formatTilePath({ level: "entries", index: 273, width: 112 }),
      "tile/entries/273.p/112",
    )
    assert.strictEqual(formatCompressedPath(1000), "tile/entries/x001/000.gz")
  })

  it("has the tiles that the specification's example of 70,000 entries has", () => {
    assert.strictEqual(tileLevels(70_000), 3)
    assert.deepStrictEqual(tileSpan(70_000, 0), { full: 273, partialWidth: 112 })
    assert.deepStrictEqual(tileSpan(70_000, "entries"), { full: 273, partialWidth: 112 })
    assert.deepStrictEqual(tileSpan(70_000, 1), { full: 1, partialWidth: 17 })
    assert.deepStrictEqual(tileSpan(70_000, 2), { full: 0, partialWidth: 1 })
    assert.strictEqual([...tilesOf(70_000)].length, 274 + 274 + 2 + 1)
    assert.deepStrictEqual(
      [...tilesOf(256)],
      [
        { level: "entries", index: 0, width: 256 },
        { level: 0, index: 0, width: 256 },
        { level: 1, index: 0, width: 1 },
      ],
    )
    assert.isEmpty([...tilesOf(0)])
  })

  it("tells the width of each tile of a level", () => {
    assert.deepStrictEqual(
      [272, 273, 274].map((each) => widthOf(70_000, 0, each)),
      [tileWidth, 112, 0],
    )
    assert.strictEqual(hashesAtLevel(2 ** 52, 6), 16)
  })

  it.prop(
    "reads back every name that it writes",
    {
      index,
      level: Schema.Union([
        Schema.Literal("entries"),
        Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 63 })),
      ]),
      width: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 256 })),
    },
    (address) => {
      assert.deepStrictEqual(parseTilePath(formatTilePath(address)), address)
    },
  )

  it("refuses every other way to write a name", () => {
    for (const path of [
      "tile/0/0",
      "tile/0/x000/000",
      "tile/00/000",
      "tile/64/000",
      "tile/-1/000",
      "tile/0/000.p/0",
      "tile/0/000.p/256",
      "tile/0/000.p/01",
      "tile/0/000.p",
      "tile/0/000.tmp",
      "tile/0/001/000",
      "tile/0/x001",
      "tile/0/../000",
      "tile/entries/000.gz",
      `tile/0/${"x999/".repeat(6)}999`,
      "/tile/0/000",
      "tile/0/000\n",
    ]) {
      assert.isUndefined(parseTilePath(path), path)
    }
  })
})
