import type { WaveformColumn, WaveformTimeline } from '../../media/index.ts';

export type WaveformColours = {
  readonly you: string;
  readonly parley: string;
  readonly work: string;
  readonly line: string;
  readonly marker: string;
};

type Pen = CanvasRenderingContext2D;

const STEP_PX = 5;
const BAR_PX = 2.6;
const DOT_EVERY = 8;
const FUTURE_SHARE = 0.14;

/** The moving time line. */
export function drawWaveform(
  pen: Pen,
  width: number,
  height: number,
  { past, future }: Pick<WaveformTimeline, 'past' | 'future'>,
  colours: WaveformColours,
): void {
  const middle = height / 2;
  const reach = middle - 5;
  const marker = Math.round(width * (1 - FUTURE_SHARE));
  line(pen, colours.line, 1.5, 0, middle, width, middle);

  const shown = Math.min(past.length, Math.ceil(marker / STEP_PX));
  for (let back = 0; back < shown; back += 1) {
    const column = past[past.length - 1 - back];
    if (column === undefined) continue;
    const x = marker - STEP_PX * (back + 1) + STEP_PX / 2;
    // The past pales towards the left edge, so that the eye stays at the marker.
    pen.globalAlpha = Math.min(1, Math.max(0.25, (x / marker) * 1.6));
    bar(pen, colours.you, x, middle - 1.5, -column.you * reach);
    bar(pen, colours.parley, x, middle + 1.5, column.parley * reach);
    if (column.work && (past.length - back) % DOT_EVERY === 0) dot(pen, colours.work, x, middle);
  }
  pen.globalAlpha = 0.38;
  const room = Math.floor((width - marker) / STEP_PX);
  for (const [index, level] of future.slice(0, room).entries())
    bar(pen, colours.parley, marker + STEP_PX * index + STEP_PX, middle + 1.5, level * reach);
  pen.globalAlpha = 1;
  line(pen, colours.marker, 1, marker, 5, marker, height - 5);
}

/** The same without motion: two levels and whether work runs. */
export function drawMeter(
  pen: Pen,
  width: number,
  height: number,
  { now, future }: { readonly now: WaveformColumn; readonly future: readonly number[] },
  colours: WaveformColours,
): void {
  const middle = height / 2;
  const top = middle - 9;
  const bottom = middle + 9;
  line(pen, colours.line, 6, 4, top, width - 4, top);
  line(pen, colours.line, 6, 4, bottom, width - 4, bottom);
  if (now.you > 0.02) line(pen, colours.you, 6, 4, top, 4 + (width - 8) * now.you, top);
  const parley = Math.max(now.parley, future.length > 0 ? 0.05 : 0);
  if (parley > 0.02) line(pen, colours.parley, 6, 4, bottom, 4 + (width - 8) * parley, bottom);
  if (now.work) dot(pen, colours.work, 4, middle);
}

function line(
  pen: Pen,
  colour: string,
  thick: number,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
): void {
  pen.strokeStyle = colour;
  pen.lineWidth = thick;
  pen.lineCap = 'round';
  pen.beginPath();
  pen.moveTo(x1, y1);
  pen.lineTo(x2, y2);
  pen.stroke();
}

function bar(pen: Pen, colour: string, x: number, y: number, length: number): void {
  if (Math.abs(length) < 0.6) return;
  line(pen, colour, BAR_PX, x, y, x, y + length);
}

function dot(pen: Pen, colour: string, x: number, y: number): void {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.arc(x, y, 2.6, 0, 2 * Math.PI);
  pen.fill();
}
