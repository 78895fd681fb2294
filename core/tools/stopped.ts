/** What the model is told of a call whose turn was stopped. */
export const STOPPED_OUTPUT = 'Stopped by the user before it finished.';
