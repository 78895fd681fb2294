/** One thing the upstream does with a request it was sent; steps run in order. */
export type UpstreamStep =
  /** Sends status and headers; without it the first body step sends 200 and an event stream. */
  | { readonly head: { readonly status: number; readonly headers?: Record<string, string> } }
  /** Sends each as one SSE event, named and framed as the real server does. */
  | { readonly events: readonly UpstreamEvent[] }
  /** Sends exactly these bytes. */
  | { readonly bytes: string | Uint8Array }
  /** Waits until the test opens the gate of this name. */
  | { readonly until: string }
  /** Ends the answer properly; also what happens after the last step. */
  | { readonly end: true }
  /** Cuts the connection. */
  | { readonly cut: true }
  /** Does nothing more and keeps the connection open. */
  | { readonly stall: true };

export type UpstreamEvent = { readonly type: string; readonly [field: string]: unknown };
