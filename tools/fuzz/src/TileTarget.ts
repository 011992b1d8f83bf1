import * as Tile from "@countersign/core/trail/Tile"
import * as TileFile from "@countersign/core/trail/TileFile"
import { insist, type Target } from "./Fuzzer.ts"

export const tileTarget: Target = {
  name: "tile",
  tokens: [
    "tile/",
    "entries/",
    "x000/",
    "x999/",
    "999",
    ".p/",
    ".gz",
    "0",
    "63",
    "255",
    "256",
    "/",
  ],
  seeds: ["tile/0/000", "tile/entries/x001/x234/067.p/8", "tile/63/999"].map((text) =>
    Buffer.from(text),
  ),
  run: (input) => {
    const text = input.toString("utf8")
    TileFile.parseName("entries", text)
    TileFile.parseName(0, text)
    const address = Tile.parseTilePath(text)
    if (address === undefined) return "refused"
    insist(Tile.formatTilePath(address) === text, "a tile has one path")
    // Whatever lies in the file, its content is bytes or a described problem.
    const found = TileFile.findForm(address, () => input)
    insist(found !== undefined, "a tile that exists is found")
    for (const form of TileFile.formsOf(address)) TileFile.contentOf(form, input)
    return "accepted"
  },
}
