const TIME = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });

/** 3:42 PM, or as people write it where this runs. */
export const timeOfDay = (atMs: number): string => TIME.format(atMs);
