export { grammars } from './grammars.ts';
export { unsayableWords } from './unsayable.ts';
