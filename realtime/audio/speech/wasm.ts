/** A compiled module; opaque, and can be sent to another thread. */
export type WasmModule = { readonly [Symbol.toStringTag]: 'WebAssembly.Module' };

type WasmInterface = {
  compile(bytes: Uint8Array): Promise<WasmModule>;
  readonly Instance: new (module: WasmModule, imports: object) => object;
};

// The types of WebAssembly come with those of the DOM, which engine code must not have.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- part of every JavaScript engine we run on
const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WasmInterface };

export function compileWasm(bytes: Uint8Array): Promise<WasmModule> {
  return WebAssembly.compile(bytes);
}

/** Blocks the thread for some milliseconds: for workers. */
export function instantiateWasm(module: WasmModule, imports: object): object {
  return new WebAssembly.Instance(module, imports);
}
