/** A rectangle on the desktop, in device-independent pixels. */
export type Rectangle = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

export type WindowPlacement = {
  readonly width: number;
  readonly height: number;
  readonly x?: number;
  readonly y?: number;
};

export const MINIMUM_SIZE = { width: 360, height: 480 };
const FIRST_SIZE = { width: 1120, height: 760 };
/** As much of a window must be on a screen that its title bar can be caught. */
const VISIBLE_PX = 80;

/**
 * Where the window opens: where it was, if that is still on a screen, no larger than the screen it is
 * on; else centred by the system. Reads what was saved without trusting it.
 */
export function placeWindow(saved: unknown, workAreas: readonly Rectangle[]): WindowPlacement {
  const bounds = readRectangle(saved);
  const home = bounds === undefined ? undefined : workAreas.find((area) => touches(bounds, area));
  if (bounds === undefined || home === undefined) return fit(FIRST_SIZE, workAreas[0]);
  return { ...fit(bounds, home), x: bounds.x, y: Math.max(bounds.y, home.y) };
}

function readRectangle(value: unknown): Rectangle | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const read = (name: keyof Rectangle): number => {
    const number: unknown = name in value ? Reflect.get(value, name) : undefined;
    return typeof number === 'number' && Number.isFinite(number) ? Math.round(number) : Number.NaN;
  };
  const bounds = { x: read('x'), y: read('y'), width: read('width'), height: read('height') };
  return Object.values(bounds).some((number) => Number.isNaN(number)) ? undefined : bounds;
}

function touches(bounds: Rectangle, area: Rectangle): boolean {
  return (
    bounds.x + bounds.width - VISIBLE_PX >= area.x &&
    bounds.x + VISIBLE_PX <= area.x + area.width &&
    bounds.y >= area.y - VISIBLE_PX &&
    bounds.y + VISIBLE_PX <= area.y + area.height
  );
}

const clamp = (value: number, least: number, most: number): number =>
  Math.max(least, Math.min(value, most));

function fit(
  size: { readonly width: number; readonly height: number },
  area: Rectangle | undefined,
): { width: number; height: number } {
  return {
    width: clamp(size.width, MINIMUM_SIZE.width, area?.width ?? size.width),
    height: clamp(size.height, MINIMUM_SIZE.height, area?.height ?? size.height),
  };
}
