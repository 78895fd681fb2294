// The library's door is CommonJS whose names Node cannot see; its two halves are modules, which it describes
// nowhere.
declare module 'alawmulaw/lib/alaw.js' {
  export function decode(samples: Uint8Array): Int16Array<ArrayBuffer>;
  export function encode(samples: Int16Array): Uint8Array<ArrayBuffer>;
}
declare module 'alawmulaw/lib/mulaw.js' {
  export function decode(samples: Uint8Array): Int16Array<ArrayBuffer>;
  export function encode(samples: Int16Array): Uint8Array<ArrayBuffer>;
}
