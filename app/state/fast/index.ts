export { fastCommand, FastMode } from './fastMode.ts';
