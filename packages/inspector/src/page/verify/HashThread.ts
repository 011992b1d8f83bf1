/** The thread in which a trail is hashed, so that the page stays at hand meanwhile. */
import type { FromThread, ToThread } from "./HashMessages.ts"
import { TrailHasher } from "./TrailHasher.ts"

let hasher = new TrailHasher(0)

const reply = (message: FromThread): void => postMessage(message)

// A thread of the page's own gets messages from the page that started it alone.
addEventListener("message", ({ data }: MessageEvent<ToThread>) => {
  switch (data._tag) {
    case "Start":
      hasher = new TrailHasher(data.size, data.expected)
      break
    case "Pieces":
      reply({ _tag: "Hashed", hashed: hasher.add(data.pieces) })
      break
    case "Finish":
      reply({ _tag: "Finished", trail: hasher.finish(data.root) })
  }
})
