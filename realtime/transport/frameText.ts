/** The text of a WebSocket message as the library hands it over; bytes that are no UTF-8 are replaced. */
export function frameText(data: Buffer | ArrayBuffer | readonly Buffer[]): string {
  if (data instanceof ArrayBuffer) return Buffer.from(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.concat(data).toString('utf8');
}
