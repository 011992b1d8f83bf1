/** A process that reads a page of metrics each second, as Prometheus does, until it is told to end. */
import * as http from "node:http"

const read = (url: string): void => {
  http
    .get(url, { agent: false }, (response) => {
      response.resume()
      response.on("end", () => process.send?.(response.statusCode))
    })
    .on("error", () => process.send?.(0))
}

process.on("message", ({ url }: { readonly url: string }) => {
  read(url)
  setInterval(() => read(url), 1000)
})
process.on("disconnect", () => process.exit(0))
