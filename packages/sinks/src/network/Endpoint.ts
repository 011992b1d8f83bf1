/**
 * The URL of a sink, checked.
 *
 * @since 0.1.0
 */
import { isHttpUrl } from "@countersign/core/platform/HttpPost"
import * as Result from "effect/Result"
import { InvalidNetworkSink } from "./InvalidNetworkSink.ts"

/**
 * A URL that can be asked, or why it can't. It is not repeated in the error: a user name and a
 * password in it would stand in logs.
 *
 * @category decoding
 * @since 0.1.0
 */
export const endpointOf = (sink: string, url: string): Result.Result<URL, InvalidNetworkSink> =>
  url !== "" && isHttpUrl(url)
    ? Result.succeed(new URL(url))
    : Result.fail(
        new InvalidNetworkSink({
          sink,
          detail: "its URL is no http or https URL, or has a user name and a password",
        }),
      )
