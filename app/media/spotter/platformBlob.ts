/** Stands in for a polyfill that soundswallower imports, which looks for a document and workers have none. */
export const { Blob } = globalThis;
