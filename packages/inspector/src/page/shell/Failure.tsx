/** Keeps what goes wrong in one view from taking the page with it. */
import { Component, type ReactNode } from "react"
import { visible } from "../text/HostileText.ts"
import { isUnloaded } from "./Unloaded.ts"

interface State {
  readonly message: string | undefined
}

export class Failure extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { message: undefined }

  static getDerivedStateFromError(error: unknown): State {
    return { message: error instanceof Error ? error.message : String(error) }
  }

  override render(): ReactNode {
    const { message } = this.state
    if (message === undefined) return this.props.children
    return (
      <div className="failure" role="alert">
        <p>This view has failed: {visible(message, 400)}</p>
        {isUnloaded(message) ? (
          // What failed to load stays failed for as long as the page lives.
          <button type="button" onClick={() => location.reload()}>
            Load the page again
          </button>
        ) : (
          <button type="button" onClick={() => this.setState({ message: undefined })}>
            Try again
          </button>
        )}
      </div>
    )
  }
}
